#include "store/sqlite/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crash.h"
#include "store/sqlite/db.h"
#include "store/sqlite/migrate.h"

enum {
	STEP_PAGES = 256, /* 2 MiB, then a rest (S7) */
	REST_NS = 5000000,
	CACHE_KIB = 16384
};

enum status
raw_status(sqlite3 *db, const char *path, int rc, struct err *err)
{
	int seen = errno;
	int e = db != NULL ? sqlite3_system_errno(db) : 0;

	if (e == 0)
		e = seen;
	switch (rc & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STATUS_OK;
	case SQLITE_FULL:
		err_set(err, "no room left to write %s", path);
		return STATUS_IO;
	case SQLITE_NOTADB:
		err_set(err, "%s is not a database", path);
		return STATUS_REJECTED;
	case SQLITE_CORRUPT:
		err_set(err, "%s is damaged (%s)", path, sqlite3_errstr(rc));
		return STATUS_IO;
	case SQLITE_IOERR:
		if (e == ENOSPC || e == EDQUOT || e == EFBIG)
			err_set(err, "no room left to write %s", path);
		else
			err_set(err, "%s: %s", path,
				e != 0 ? strerror(e) : sqlite3_errstr(rc));
		return STATUS_IO;
	default:
		err_set(err, "%s: %s", path, sqlite3_errstr(rc));
		return STATUS_IO;
	}
}

/* The same distrust as db.c's: a file from elsewhere may be anything. */
static int
harden(sqlite3 *db)
{
	static const int on[] = {
		SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE};
	char cache[48];
	size_t i;
	int rc = SQLITE_OK;

	(void)sqlite3_extended_result_codes(db, 1);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	for (i = 0; rc == SQLITE_OK && i < sizeof(on) / sizeof(on[0]); i++)
		rc = sqlite3_db_config(db, on[i], 1, (int *)NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, DB_BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
			"PRAGMA trusted_schema = OFF;"
			"PRAGMA cell_size_check = ON;"
			"PRAGMA mmap_size = 0;"
			"PRAGMA wal_autocheckpoint = 0;"
			"PRAGMA temp_store = MEMORY",
			NULL, NULL, NULL);
	(void)snprintf(
		cache, sizeof(cache), "PRAGMA cache_size = -%d", CACHE_KIB);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, cache, NULL, NULL, NULL);
	return rc;
}

enum status
raw_open(const char *path, int flags, sqlite3 **out, struct err *err)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	enum status st;

	if (rc == SQLITE_OK)
		rc = harden(db);
	st = raw_status(db, path, rc, err);
	if (st == STATUS_OK)
		*out = db;
	else
		(void)sqlite3_close(db);
	return st;
}

enum status
raw_exec(sqlite3 *db, const char *path, const char *sql, struct err *err)
{
	return raw_status(
		db, path, sqlite3_exec(db, sql, NULL, NULL, NULL), err);
}

enum status
raw_number(sqlite3 *db, const char *path, const char *sql, int64_t none,
	int64_t *number, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*number = sqlite3_column_int64(stmt, 0);
	else if (rc == SQLITE_DONE)
		*number = none;
	(void)sqlite3_finalize(stmt);
	return raw_status(db, path, rc, err);
}

enum status
raw_identify(sqlite3 *db, const char *path, struct backup_facts *facts,
	struct err *err)
{
	int64_t id, version;
	enum status st;

	st = raw_number(db, path, "PRAGMA application_id", 0, &id, err);
	if (st == STATUS_OK)
		st = raw_number(
			db, path, "PRAGMA user_version", 0, &version, err);
	if (st != STATUS_OK)
		return st;
	if (id != DB_APPLICATION_ID || version < 1) {
		err_set(err, "%s is not a keypost database", path);
		return STATUS_REJECTED;
	}
	if (version > migrate_current()) {
		err_set(err,
			"%s has schema version %lld, made by a newer keypost; "
			"this one knows %d: upgrade keypost",
			path, (long long)version, migrate_current());
		return STATUS_REJECTED;
	}
	facts->version = (int)version;
	return STATUS_OK;
}

/* ---- what it says of itself ----------------------------------------- */

enum status
raw_facts(sqlite3 *db, const char *path, struct backup_facts *facts,
	struct err *err)
{
	static const char id_sql[] =
		"SELECT value FROM meta WHERE key = 'store_id'";
	sqlite3_stmt *stmt = NULL;
	enum status st;
	int rc;

	st = raw_number(db, path,
		"SELECT count(*) FROM cert INDEXED BY cert_by_digest", 0,
		&facts->certs, err);
	if (st == STATUS_OK)
		st = raw_number(db, path,
			"SELECT seq FROM sqlite_sequence WHERE name = 'change'",
			0, &facts->last_seq, err);
	if (st == STATUS_OK)
		st = raw_number(db, path,
			"SELECT time FROM change ORDER BY seq DESC LIMIT 1", 0,
			&facts->last_time, err);
	if (st != STATUS_OK)
		return st;
	rc = sqlite3_prepare_v2(db, id_sql, -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		(void)snprintf(facts->store_id, sizeof(facts->store_id), "%s",
			(const char *)sqlite3_column_text(stmt, 0));
	(void)sqlite3_finalize(stmt);
	st = raw_status(db, path, rc, err);
	if (st == STATUS_OK && rc != SQLITE_ROW) {
		err_set(err, "%s lacks its store id", path);
		st = STATUS_IO;
	}
	return st;
}

enum status
raw_size(sqlite3 *db, const char *path, int64_t *octets, struct err *err)
{
	int64_t pages = 0, size = 0;
	enum status st;

	st = raw_number(db, path, "PRAGMA page_count", 0, &pages, err);
	if (st == STATUS_OK)
		st = raw_number(db, path, "PRAGMA page_size", 0, &size, err);
	if (st == STATUS_OK)
		*octets = pages * size;
	return st;
}

/* ---- copy ----------------------------------------------------------- */

static int
step_all(sqlite3_backup *b, int64_t page, const struct care_watch *watch)
{
	static const struct timespec rest = {.tv_nsec = REST_NS};
	uint64_t total, left;
	int rc;

	while ((rc = sqlite3_backup_step(b, STEP_PAGES)) == SQLITE_OK ||
		rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
		total = (uint64_t)(sqlite3_backup_pagecount(b) * page);
		left = (uint64_t)(sqlite3_backup_remaining(b) * page);
		if (watch->show != NULL)
			watch->show(watch->ctx, "copying", total - left, total);
		crash_point("backup");
		(void)nanosleep(&rest, NULL);
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum status
raw_mark_log(const char *path, bool log, struct err *err)
{
	/* "File format write version" and "read version" of the header. */
	const uint8_t versions[2] = {log ? 2 : 1, log ? 2 : 1};
	enum { VERSIONS_AT = 18 };
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool done;

	if (fd < 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	done = pwrite(fd, versions, sizeof(versions), VERSIONS_AT) ==
		       (ssize_t)sizeof(versions) &&
	       fsync(fd) == 0;
	if (!done)
		err_set(err, "writing %s: %s", path, strerror(errno));
	(void)close(fd);
	return done ? STATUS_OK : STATUS_IO;
}

static enum status
copy_pages(sqlite3 *from, const char *from_path, const char *path,
	const struct care_watch *watch, struct err *err)
{
	sqlite3_backup *b;
	sqlite3 *to;
	int64_t page = 0;
	int rc = SQLITE_OK;
	enum status st;

	st = raw_number(from, from_path, "PRAGMA page_size", 0, &page, err);
	if (st == STATUS_OK)
		st = raw_open(path, SQLITE_OPEN_READWRITE, &to, err);
	if (st != STATUS_OK)
		return st;
	/* It has no name yet: what is cut short is begun anew. */
	st = raw_exec(to, path,
		"PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF", err);
	b = st == STATUS_OK ? sqlite3_backup_init(to, "main", from, "main")
			    : NULL;
	if (b != NULL) {
		rc = step_all(b, page, watch);
		(void)sqlite3_backup_finish(b);
	} else if (st == STATUS_OK) {
		rc = sqlite3_errcode(to);
	}
	if (st == STATUS_OK)
		st = raw_status(to, path, rc, err);
	if (sqlite3_close(to) != SQLITE_OK && st == STATUS_OK) {
		err_set(err, "%s cannot be closed", path);
		st = STATUS_IO;
	}
	return st;
}

enum status
raw_copy(sqlite3 *from, const char *from_path, const char *path,
	const struct care_watch *watch, struct backup_facts *facts,
	struct err *err)
{
	sqlite3 *copy;
	int64_t seen;
	enum status st;

	/* One snapshot; BEGIN alone takes none, the first read does. */
	st = raw_exec(from, from_path, "BEGIN", err);
	if (st == STATUS_OK)
		st = raw_number(from, from_path,
			"SELECT count(*) FROM sqlite_schema", 0, &seen, err);
	if (st == STATUS_OK)
		st = copy_pages(from, from_path, path, watch, err);
	if (sqlite3_get_autocommit(from) == 0)
		(void)sqlite3_exec(from, "COMMIT", NULL, NULL, NULL);
	if (st == STATUS_OK)
		st = raw_mark_log(path, false, err); /* it needs none */
	if (st == STATUS_OK)
		st = raw_open(path, SQLITE_OPEN_READONLY, &copy, err);
	if (st != STATUS_OK)
		return st;
	st = raw_identify(copy, path, facts, err);
	if (st == STATUS_OK)
		st = raw_size(copy, path, &facts->octets, err);
	if (st == STATUS_OK)
		st = raw_check(copy, path, watch, (uint64_t)facts->octets, err);
	if (st == STATUS_OK)
		st = raw_facts(copy, path, facts, err);
	(void)sqlite3_close(copy);
	return st;
}
