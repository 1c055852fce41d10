#include "faulty_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

struct faulty_file {
	sqlite3_file base;
	sqlite3_io_methods methods; /* its own: versions differ by file */
	sqlite3_file *real;
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs vfs;

static struct {
	bool armed;
	enum fault_kind kind;
	int left;
	bool for_good;
	bool fired;
} fault;

static bool
fails(enum fault_kind kind)
{
	if (!fault.armed || fault.kind != kind)
		return false;
	if (fault.left > 0)
		fault.left--;
	if (fault.left > 0 || (fault.fired && !fault.for_good))
		return false;
	fault.fired = true;
	return true;
}

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct faulty_file *)f)->real;
}

static int
f_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int
f_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	if (fails(FAULT_READ))
		return SQLITE_IOERR_READ;
	return real(f)->pMethods->xRead(real(f), out, n, at);
}

static int
f_write(sqlite3_file *f, const void *in, int n, sqlite3_int64 at)
{
	if (fails(FAULT_FULL))
		return SQLITE_FULL;
	if (fails(FAULT_WRITE)) {
		/* Half of it got there: a torn write. */
		(void)real(f)->pMethods->xWrite(real(f), in, n / 2, at);
		return SQLITE_IOERR_WRITE;
	}
	return real(f)->pMethods->xWrite(real(f), in, n, at);
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (fails(FAULT_WRITE))
		return SQLITE_IOERR_TRUNCATE;
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int
f_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return fails(FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
f_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int
f_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int
f_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int
f_check(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
f_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
f_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
f_traits(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, p);
}

static int
f_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void
f_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
f_shm_unmap(sqlite3_file *f, int remove)
{
	return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {2, f_close, f_read, f_write,
	f_truncate, f_sync, f_size, f_lock, f_unlock, f_check, f_control,
	f_sector, f_traits, f_shm_map, f_shm_lock, f_shm_barrier, f_shm_unmap,
	NULL, NULL};

static int
v_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags,
	int *out)
{
	struct faulty_file *f = (struct faulty_file *)file;
	int rc;

	(void)v;
	memset(f, 0, sizeof(*f));
	f->real = (sqlite3_file *)(f + 1);
	rc = real_vfs->xOpen(real_vfs, name, f->real, flags, out);
	if (f->real->pMethods == NULL)
		return rc;
	f->methods = methods;
	f->base.pMethods = &f->methods;
	return rc;
}

void
faulty_vfs_register(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	assert(real_vfs != NULL && real_vfs != &vfs);
	vfs = *real_vfs;
	vfs.pNext = NULL;
	vfs.zName = "faulty";
	vfs.szOsFile += (int)sizeof(struct faulty_file);
	vfs.xOpen = v_open;
	assert(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

void
faulty_vfs_arm(enum fault_kind kind, int n, bool for_good)
{
	fault.kind = kind;
	fault.left = n;
	fault.for_good = for_good;
	fault.fired = false;
	fault.armed = true;
}

void
faulty_vfs_disarm(void)
{
	fault.armed = false;
}

bool
faulty_vfs_fired(void)
{
	return fault.fired;
}
