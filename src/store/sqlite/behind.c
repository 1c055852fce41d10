#include "store/sqlite/behind.h"

#include <pthread.h>
#include <string.h>

#include "store/sqlite/behind_queue.h"

struct behind_file {
	sqlite3_file base;
	struct behind *queue;
	/* The real one follows. */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs behind;
static bool registered;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return (sqlite3_file *)((struct behind_file *)file + 1);
}

static struct behind *
queue_of(sqlite3_file *file)
{
	return ((struct behind_file *)file)->queue;
}

static int
put(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	const char *from = data;
	size_t done = 0, n, all = (size_t)len;
	int rc = SQLITE_OK;

	for (; rc == SQLITE_OK && done < all; done += n) {
		n = all - done < BEHIND_BLOCK ? all - done : BEHIND_BLOCK;
		rc = behind_put(queue_of(file), from + done, n,
			at + (sqlite3_int64)done);
	}
	return rc;
}

static int
get(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	sqlite3_file *real = real_of(file);
	int rc = SQLITE_OK;

	if (behind_has(queue_of(file), (size_t)len, at))
		rc = behind_wait(queue_of(file));
	return rc == SQLITE_OK ? real->pMethods->xRead(real, data, len, at)
			       : rc;
}

static int
cut(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = real_of(file);
	int rc = behind_wait(queue_of(file));

	return rc == SQLITE_OK ? real->pMethods->xTruncate(real, size) : rc;
}

static int
flush(sqlite3_file *file, int flags)
{
	sqlite3_file *real = real_of(file);
	int rc = behind_wait(queue_of(file));

	return rc == SQLITE_OK ? real->pMethods->xSync(real, flags) : rc;
}

static int
size_of(sqlite3_file *file, sqlite3_int64 *size)
{
	sqlite3_file *real = real_of(file);
	int rc = behind_wait(queue_of(file));

	return rc == SQLITE_OK ? real->pMethods->xFileSize(real, size) : rc;
}

static int
control(sqlite3_file *file, int op, void *arg)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xFileControl(real, op, arg);
}

/* Ours last: with it the locks of the whole process on the file are gone. */
static int
close_file(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	int rc = behind_wait(queue_of(file)),
	    closed = real->pMethods->xClose(real);

	behind_free(queue_of(file));
	return rc == SQLITE_OK ? closed : rc;
}

static int
take_lock(sqlite3_file *file, int kind)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xLock(real, kind);
}

/* Others read what they find. */
static int
drop_lock(sqlite3_file *file, int kind)
{
	sqlite3_file *real = real_of(file);
	int rc = behind_wait(queue_of(file)),
	    dropped = real->pMethods->xUnlock(real, kind);

	return rc == SQLITE_OK ? dropped : rc;
}

static int
ask_lock(sqlite3_file *file, int *held)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xCheckReservedLock(real, held);
}

static int
sector(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xSectorSize(real);
}

static int
traits(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xDeviceCharacteristics(real);
}

/* ---- with a log, as it is shared at the end ----------------------------- */

static int
shm_map(sqlite3_file *file, int page, int size, int extend,
	void volatile **memory)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xShmMap(real, page, size, extend, memory);
}

static int
shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xShmLock(real, offset, n, flags);
}

static void
shm_barrier(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	real->pMethods->xShmBarrier(real);
}

static int
shm_unmap(sqlite3_file *file, int remove)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xShmUnmap(real, remove);
}

/* Version 2: no mapping of the file itself. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = close_file,
	.xRead = get,
	.xWrite = put,
	.xTruncate = cut,
	.xSync = flush,
	.xFileSize = size_of,
	.xLock = take_lock,
	.xUnlock = drop_lock,
	.xCheckReservedLock = ask_lock,
	.xFileControl = control,
	.xSectorSize = sector,
	.xDeviceCharacteristics = traits,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
	int *out_flags)
{
	struct behind_file *f = (struct behind_file *)file;
	int rc;

	(void)vfs;
	if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
		return real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
	memset(f, 0, sizeof(*f));
	rc = real_vfs->xOpen(real_vfs, name, real_of(file), flags, out_flags);
	if (rc != SQLITE_OK)
		return rc;
	f->queue = behind_new(name);
	if (f->queue != NULL) {
		f->base.pMethods = &methods;
		return SQLITE_OK;
	}
	(void)real_of(file)->pMethods->xClose(real_of(file));
	return SQLITE_CANTOPEN;
}

static void
register_vfs(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	if (real_vfs == NULL)
		return;
	behind = *real_vfs;
	behind.szOsFile += (int)sizeof(struct behind_file);
	behind.zName = "keypost-behind";
	behind.xOpen = open_file;
	registered = sqlite3_vfs_register(&behind, 0) == SQLITE_OK;
}

const char *
behind_vfs(void)
{
	(void)pthread_once(&once, register_vfs);
	return registered ? behind.zName : NULL;
}
