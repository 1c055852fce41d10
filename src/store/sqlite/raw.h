/*
 * raw.h - a database file by itself: for backup and restore
 *
 * Not a session: any version of the schema, no statements, none of db.c's
 * tuning; but the same distrust of what is in the file.
 *
 * Memory:  raw_open makes, sqlite3_close frees.
 * Threads: one at a time.
 * Errors:  IO with a sentence that names the file; REJECTED: not a keypost
 *          database, or one of a newer keypost.
 */
#ifndef KEYPOST_STORE_SQLITE_RAW_H
#define KEYPOST_STORE_SQLITE_RAW_H

#include <sqlite3.h>

#include "store/care.h"

/* `flags` as of sqlite3_open_v2; `path` is absolute or begins with a dot. */
MUST_CHECK enum status raw_open(
	const char *path, int flags, sqlite3 **db, struct err *err);
/* What a result code means for this file. */
MUST_CHECK enum status raw_status(
	sqlite3 *db, const char *path, int rc, struct err *err);
MUST_CHECK enum status raw_exec(
	sqlite3 *db, const char *path, const char *sql, struct err *err);
/* The number in the first row; `none` without one. */
MUST_CHECK enum status raw_number(sqlite3 *db, const char *path,
	const char *sql, int64_t none, int64_t *number, struct err *err);
/* Is it ours, and of a version that we know? Fills version of `facts`. */
MUST_CHECK enum status raw_identify(sqlite3 *db, const char *path,
	struct backup_facts *facts, struct err *err);
/* integrity_check of the whole file; IO with the first fault. */
MUST_CHECK enum status raw_check(sqlite3 *db, const char *path,
	const struct care_watch *watch, uint64_t octets, struct err *err);
/* The rest of `facts`, but for octets. */
MUST_CHECK enum status raw_facts(sqlite3 *db, const char *path,
	struct backup_facts *facts, struct err *err);
/*
 * Reads every certificate: is it the one that its row says, with the digests
 * that its row says? IO with the first that is not.
 */
MUST_CHECK enum status raw_digests(sqlite3 *db, const char *path,
	const struct care_watch *watch, uint64_t octets, struct err *err);
/* Marks a closed database as one with a write-ahead log, or without. */
MUST_CHECK enum status raw_mark_log(
	const char *path, bool log, struct err *err);
/* Octets of what the connection sees. */
MUST_CHECK enum status raw_size(
	sqlite3 *db, const char *path, int64_t *octets, struct err *err);
/*
 * A copy of `from`, as it is now, in the new or empty file `path`: identified,
 * checked, flushed, without a log of its own. Commits to `from` go on.
 */
MUST_CHECK enum status raw_copy(sqlite3 *from, const char *from_path,
	const char *path, const struct care_watch *watch,
	struct backup_facts *facts, struct err *err);

#endif
