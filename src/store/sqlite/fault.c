#include "store/sqlite/fault.h"

#include <errno.h>

#include "store/sqlite/db.h"

static enum status
disk_full(const struct sqlite_store *store, struct err *err)
{
	err_set(err,
		"no room left to write %s: free space there, raise the quota "
		"or file size limit",
		store->path);
	return STATUS_IO;
}

static bool
errno_is_full(int e)
{
	return e == ENOSPC || e == EDQUOT || e == EFBIG;
}

enum status
fault_damage(struct sqlite_store *store, const char *what, struct err *err)
{
	atomic_store(&store->damaged, true);
	err_set(err,
		"%s is damaged (%s): stop keypostd; keypost db check says "
		"what is lost, and what its --repair makes anew",
		store->path, what);
	return STATUS_IO;
}

enum status
fault_may_write(struct sqlite_store *store, struct err *err)
{
	if (!atomic_load(&store->damaged))
		return STATUS_OK;
	return fault_damage(store, "found earlier, writing has stopped", err);
}

enum status
fault_status(struct sqlite_session *s, int rc, struct err *err)
{
	int seen = errno;
	int e = s->db != NULL ? sqlite3_system_errno(s->db) : 0;

	/* SQLite does not keep it when a commit fails. */
	if (e == 0)
		e = seen;

	switch (rc & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STATUS_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		err_set(err, "the database is locked");
		return STATUS_BUSY;
	case SQLITE_INTERRUPT:
		err_set(err, "the search took too long");
		return STATUS_TIMEOUT;
	case SQLITE_TOOBIG:
		err_set(err, "larger than a database row may be");
		return STATUS_LIMIT;
	case SQLITE_CONSTRAINT: /* the one writer checked before */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fault_damage(s->store, sqlite3_errstr(rc), err);
	case SQLITE_FULL:
		s->reopen = true;
		return disk_full(s->store, err);
	case SQLITE_IOERR:
		/* What was being flushed may be lost: never trust it again. */
		s->reopen = true;
		s->unsound = true;
		if (errno_is_full(e))
			return disk_full(s->store, err);
		err_set(err, "cannot read or write %s: %s (%d, errno %d)",
			s->store->path, sqlite3_errstr(rc), rc, e);
		return STATUS_IO;
	default:
		s->reopen = true;
		s->unsound = true;
		err_set(err, "database %s: %s (%d)", s->store->path,
			sqlite3_errstr(rc), rc);
		return STATUS_IO;
	}
}
