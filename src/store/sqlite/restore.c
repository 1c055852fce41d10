#include "store/sqlite/restore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite/exchange.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"

enum { MARGIN = 16 * 1024 * 1024 };

/*
 * What else in the folder speaks of the store that was there: the ledger says
 * which files it had loaded, the tree what it held. Neither is true of the
 * restored one.
 */
static const char *const of_the_old[] = {"load-ledger", "tree", NULL};

struct restoring {
	const struct store_settings *settings;
	const struct restore_job *job;
	char file[CARE_PATH_MAX + 16];
	char *live, *fresh;
	struct exchange exchange;
};

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
	if (stat(r->file, &given) != 0 || access(r->file, R_OK) != 0) {
		err_set(err, "%s: %s", file, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	if (!S_ISREG(given.st_mode)) {
		err_set(err, "%s is not a file", file);
		return STATUS_REJECTED;
	}
	if (stat(r->live, &live) == 0 && live.st_ino == given.st_ino &&
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

	exchange_drop(r->fresh);
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

/* ---- all of it ---------------------------------------------------- */

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
	if (st != STATUS_OK)
		err_prefix(err, "the copy of %s", r->file);
	if (st == STATUS_OK)
		st = exchange_run(&r->exchange, err);
	if (st != STATUS_OK)
		exchange_drop(r->fresh);
	return st;
}

enum status
sqlite_restore(const struct store_settings *settings,
	const struct restore_job *job, struct restore_facts *facts,
	struct err *err)
{
	struct restoring r = {.settings = settings,
		.job = job,
		.live = file_in(settings->where, "keypost.db"),
		.fresh = file_in(settings->where, "keypost.db.restoring")};
	struct backup_facts f = {0};
	int lock = -1;
	sqlite3 *from;
	enum status st;

	r.exchange = (struct exchange){.where = settings->where,
		.fresh = r.fresh,
		.also = of_the_old,
		.why = "restore"};
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
	free(r.live);
	free(r.fresh);
	if (st != STATUS_OK)
		return st;
	facts->backup = f;
	memcpy(facts->aside, r.exchange.aside, sizeof(facts->aside));
	return STATUS_OK;
}
