#include "store/sqlite/restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"

enum { NAME_SIZE = CARE_PATH_MAX + 64, MARGIN = 16 * 1024 * 1024 };

/*
 * What else in the folder speaks of the store that was there: the ledger says
 * which files it had loaded, the tree what it held. Neither is true of the
 * restored one.
 */
static const char *const of_the_old[] = {"load-ledger", "tree"};

/* What SQLite may have left beside a file of this name. */
static const char *const beside[] = {"-wal", "-shm", "-journal"};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

struct restoring {
	const struct store_settings *settings;
	const struct restore_job *job;
	char file[NAME_SIZE];
	char live[NAME_SIZE];
	char fresh[NAME_SIZE];
	char aside[CARE_PATH_MAX];
	bool was_there; /* a database, before */
};

static void
name_in(const char *folder, const char *name, char out[NAME_SIZE])
{
	(void)snprintf(out, NAME_SIZE, "%s/%s", folder, name);
}

static enum status
fail(const char *what, const char *path, struct err *err)
{
	err_set(err, "%s %s: %s", what, path, strerror(errno));
	return STATUS_IO;
}

static void
remove_beside(const char *path)
{
	char name[NAME_SIZE + 16];

	for (size_t i = 0; i < COUNT_OF(beside); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, beside[i]);
		(void)unlink(name);
	}
}

static enum status
find_names(struct restoring *r, struct err *err)
{
	const char *where = r->settings->where;
	const char *file = r->job->file;
	struct stat given, live;

	if (strlen(file) >= CARE_PATH_MAX ||
		strlen(where) + 48 >= CARE_PATH_MAX) {
		err_set(err, "too long a name");
		return STATUS_REJECTED;
	}
	(void)snprintf(r->file, sizeof(r->file), "%s%s",
		file[0] == '/' ? "" : "./", file);
	name_in(where, "keypost.db", r->live);
	name_in(where, "keypost.db.restoring", r->fresh);
	if (stat(r->file, &given) != 0) {
		err_set(err, "%s: %s", file, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	if (!S_ISREG(given.st_mode)) {
		err_set(err, "%s is not a file", file);
		return STATUS_REJECTED;
	}
	r->was_there = stat(r->live, &live) == 0;
	if (r->was_there && live.st_ino == given.st_ino &&
		live.st_dev == given.st_dev) {
		err_set(err, "%s is the database itself", file);
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

static enum status
check_room(const struct restoring *r, int64_t need, struct err *err)
{
	int64_t room;
	enum status st = folder_free(r->settings->where, &room, err);

	if (st != STATUS_OK || room >= need + MARGIN)
		return st;
	err_set(err,
		"a restore needs %lld MiB beside what is there, and %lld MiB "
		"are free for %s",
		(long long)(need + MARGIN) >> 20, (long long)room >> 20,
		r->settings->where);
	return STATUS_IO;
}

/* ---- the copy ------------------------------------------------------- */

/* A dry run looks at the file itself. */
static enum status
verify_file(sqlite3 *from, struct restoring *r, struct backup_facts *f,
	struct err *err)
{
	enum status st = raw_check(
		from, r->file, &r->job->watch, (uint64_t)f->octets, err);

	if (st == STATUS_OK)
		st = raw_facts(from, r->file, f, err);
	if (st == STATUS_OK)
		st = raw_digests(from, r->file, &r->job->watch,
			(uint64_t)f->octets, err);
	return st;
}

/* Numbers of changes are given again: letters need another name (decision). */
static enum status
rename_store(sqlite3 *db, const char *path, struct err *err)
{
	static const char sql[] =
		"PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
		"UPDATE meta SET value = lower(hex(randomblob(16)))"
		" WHERE key = 'store_id'";

	return raw_exec(db, path, sql, err);
}

static enum status
make_copy(sqlite3 *from, struct restoring *r, struct backup_facts *f,
	struct err *err)
{
	sqlite3 *copy;
	enum status st;

	(void)unlink(r->fresh);
	remove_beside(r->fresh);
	st = folder_touch(r->fresh, err);
	if (st == STATUS_OK)
		st = raw_copy(from, r->file, r->fresh, &r->job->watch, f, err);
	if (st == STATUS_OK)
		st = raw_open(r->fresh, SQLITE_OPEN_READWRITE, &copy, err);
	if (st != STATUS_OK)
		return st;
	st = raw_digests(
		copy, r->fresh, &r->job->watch, (uint64_t)f->octets, err);
	if (st == STATUS_OK)
		st = rename_store(copy, r->fresh, err);
	(void)sqlite3_close(copy);
	if (st == STATUS_OK)
		st = raw_mark_log(r->fresh, true, err);
	return st;
}

/* ---- the exchange --------------------------------------------------- */

static enum status
make_aside(struct restoring *r, struct err *err)
{
	time_t now = (time_t)clock_wall_s();
	char stamp[32];
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL ||
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm) == 0)
		(void)snprintf(stamp, sizeof(stamp), "now");
	for (int i = 0; i < 100; i++) {
		(void)snprintf(r->aside, sizeof(r->aside),
			"%.900s/before-restore-%s-%02d", r->settings->where,
			stamp, i);
		if (mkdir(r->aside, 0700) == 0)
			return STATUS_OK;
		if (errno != EEXIST)
			break;
	}
	return fail("cannot make", r->aside, err);
}

/* What its log holds goes into the database, if it still can be read. */
static void
settle_old(const struct restoring *r)
{
	struct err ignored;
	sqlite3 *db;

	if (raw_open(r->live, SQLITE_OPEN_READWRITE, &db, &ignored) !=
		STATUS_OK)
		return;
	(void)sqlite3_wal_checkpoint_v2(
		db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_close(db);
}

/* A second name for what is there; the first one stays until the exchange. */
static enum status
link_aside(const struct restoring *r, const char *name, struct err *err)
{
	char from[NAME_SIZE], to[NAME_SIZE * 2];

	name_in(r->settings->where, name, from);
	(void)snprintf(to, sizeof(to), "%s/%s", r->aside, name);
	if (link(from, to) == 0 || errno == ENOENT)
		return STATUS_OK;
	return fail("cannot keep aside", from, err);
}

static enum status
move_aside(const struct restoring *r, const char *name, struct err *err)
{
	char from[NAME_SIZE], to[NAME_SIZE * 2];

	name_in(r->settings->where, name, from);
	(void)snprintf(to, sizeof(to), "%s/%s", r->aside, name);
	if (rename(from, to) == 0 || errno == ENOENT)
		return STATUS_OK;
	return fail("cannot keep aside", from, err);
}

/*
 * At every moment keypost.db is the old one, whole, or the new one, whole; and
 * never is the old one's log beside the new one, which it would overwrite.
 */
static enum status
put_aside(struct restoring *r, struct err *err)
{
	enum status st;
	size_t i;

	st = make_aside(r, err);
	if (st != STATUS_OK)
		return st;
	settle_old(r);
	st = link_aside(r, "keypost.db", err);
	if (st == STATUS_OK)
		st = link_aside(r, "keypost.db-wal", err);
	for (i = 0; st == STATUS_OK && i < COUNT_OF(of_the_old); i++)
		st = move_aside(r, of_the_old[i], err);
	if (st == STATUS_OK)
		st = file_sync_dir(r->aside, err);
	return st;
}

static enum status
exchange(struct restoring *r, struct err *err)
{
	enum status st = STATUS_OK;

	crash_point("restore");
	if (r->was_there)
		st = put_aside(r, err);
	if (st != STATUS_OK)
		return st;
	crash_point("restore");
	remove_beside(r->live);
	st = file_sync_dir(r->settings->where, err);
	crash_point("restore");
	if (st == STATUS_OK)
		st = file_move(r->fresh, r->live, err);
	crash_point("restore");
	return st;
}

/* ---- */

static enum status
restore_from(sqlite3 *from, struct restoring *r, struct backup_facts *f,
	struct err *err)
{
	enum status st;

	st = raw_identify(from, r->file, f, err);
	if (st == STATUS_OK)
		st = raw_size(from, r->file, &f->octets, err);
	if (st == STATUS_OK && r->job->dry_run)
		return verify_file(from, r, f, err);
	if (st == STATUS_OK)
		st = check_room(r, f->octets, err);
	if (st != STATUS_OK)
		return st;
	st = make_copy(from, r, f, err);
	if (st == STATUS_OK)
		st = exchange(r, err);
	if (st != STATUS_OK) {
		(void)unlink(r->fresh);
		remove_beside(r->fresh);
	}
	return st;
}

enum status
sqlite_restore(const struct store_settings *settings,
	const struct restore_job *job, struct restore_facts *facts,
	struct err *err)
{
	struct restoring r = {.settings = settings, .job = job};
	struct backup_facts f = {0};
	int lock = -1;
	sqlite3 *from;
	enum status st;

	st = find_names(&r, err);
	if (st == STATUS_OK && !job->dry_run)
		st = folder_prepare(
			settings->where, settings->allow_network_fs, err);
	if (st == STATUS_OK && !job->dry_run)
		st = folder_lock(settings->where, &lock, err);
	if (st == STATUS_OK)
		st = raw_open(r.file, SQLITE_OPEN_READONLY, &from, err);
	if (st == STATUS_OK) {
		st = restore_from(from, &r, &f, err);
		(void)sqlite3_close(from);
	}
	if (lock >= 0)
		(void)close(lock);
	if (st != STATUS_OK)
		return st;
	facts->backup = f;
	memcpy(facts->aside, r.aside, sizeof(facts->aside));
	return STATUS_OK;
}
