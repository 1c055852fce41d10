#include "store/sqlite/logfile.h"

#include <pthread.h>
#include <string.h>

enum { LOGFILE_BUFFER = 64 * 1024 };

struct logfile {
	sqlite3_file base;
	sqlite3_int64 at; /* where in the file the buffer belongs */
	int len;
	int room; /* of the buffer; 0: everything is passed on at once */
	uint8_t buffer[LOGFILE_BUFFER];
	/* The real one follows. */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs joining_vfs;
static bool registered;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return (sqlite3_file *)((struct logfile *)file + 1);
}

/* After a failure nobody builds on what was lost: SQLite starts over. */
static int
pass_on(sqlite3_file *file)
{
	struct logfile *f = (struct logfile *)file;
	sqlite3_file *real = real_of(file);
	int len = f->len;

	f->len = 0;
	if (len == 0)
		return SQLITE_OK;
	return real->pMethods->xWrite(real, f->buffer, len, f->at);
}

static int
log_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	struct logfile *f = (struct logfile *)file;
	sqlite3_file *real = real_of(file);
	int rc = SQLITE_OK;

	if (at != f->at + f->len || len > f->room - f->len)
		rc = pass_on(file);
	if (rc != SQLITE_OK)
		return rc;
	if (len > f->room)
		return real->pMethods->xWrite(real, data, len, at);
	if (f->len == 0)
		f->at = at;
	memcpy(f->buffer + f->len, data, (size_t)len);
	f->len += len;
	return SQLITE_OK;
}

static int
log_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file);

	return rc == SQLITE_OK ? real->pMethods->xRead(real, data, len, at)
			       : rc;
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file);

	return rc == SQLITE_OK ? real->pMethods->xTruncate(real, size) : rc;
}

static int
log_sync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file);

	return rc == SQLITE_OK ? real->pMethods->xSync(real, flags) : rc;
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *size)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file);

	return rc == SQLITE_OK ? real->pMethods->xFileSize(real, size) : rc;
}

static int
log_control(sqlite3_file *file, int op, void *arg)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file);

	return rc == SQLITE_OK ? real->pMethods->xFileControl(real, op, arg)
			       : rc;
}

static int
log_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	int rc = pass_on(file), closed = real->pMethods->xClose(real);

	return rc == SQLITE_OK ? closed : rc;
}

static int
log_sector(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xSectorSize(real);
}

static int
log_traits(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);

	return real->pMethods->xDeviceCharacteristics(real);
}

/* Version 1: no shared memory and no mapping, which a log has not. */
static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_traits,
};

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
	int *out_flags)
{
	struct logfile *f = (struct logfile *)file;
	int rc;

	(void)vfs;
	if ((flags & SQLITE_OPEN_WAL) == 0)
		return real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
	memset(f, 0, sizeof(*f));
	rc = real_vfs->xOpen(real_vfs, name, real_of(file), flags, out_flags);
	if (real_of(file)->pMethods == NULL)
		return rc;
	f->base.pMethods = &log_methods;
	/* Else SQLite fills up the sector after the flush, and the buffer
	 * would keep from others what they may read. */
	if ((log_traits(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0)
		f->room = LOGFILE_BUFFER;
	return rc;
}

static void
register_vfs(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	if (real_vfs == NULL)
		return;
	joining_vfs = *real_vfs;
	joining_vfs.szOsFile += (int)sizeof(struct logfile);
	joining_vfs.zName = "keypost-log";
	joining_vfs.xOpen = open_file;
	registered = sqlite3_vfs_register(&joining_vfs, 0) == SQLITE_OK;
}

const char *
logfile_vfs(void)
{
	(void)pthread_once(&once, register_vfs);
	return registered ? joining_vfs.zName : NULL;
}
