#include "store/sqlite/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "store/sqlite/raw.h"

static enum status
fail(const char *what, const char *path, struct err *err)
{
	err_set(err, "%s %s: %s", what, path, strerror(errno));
	return STATUS_IO;
}

/* What SQLite may have left beside a file of this name. */
static void
remove_beside(const char *path)
{
	static const char *const ends[] = {"-wal", "-shm", "-journal"};
	char name[CARE_PATH_MAX + 80];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

static enum status
make_aside(struct exchange *x, struct err *err)
{
	time_t now = (time_t)clock_wall_s();
	char stamp[32];
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL ||
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm) == 0)
		(void)snprintf(stamp, sizeof(stamp), "now");
	for (int i = 0; i < 100; i++) {
		(void)snprintf(x->aside, sizeof(x->aside),
			"%.900s/before-%.16s-%s-%02d", x->where, x->why, stamp,
			i);
		if (mkdir(x->aside, 0700) == 0)
			return STATUS_OK;
		if (errno != EEXIST)
			break;
	}
	return fail("cannot make", x->aside, err);
}

/* What its log holds goes into the database, if it still can be read. */
static void
settle_old(const char *live)
{
	struct err ignored;
	sqlite3 *db;

	if (raw_open(live, SQLITE_OPEN_READWRITE, &db, &ignored) != STATUS_OK)
		return;
	(void)sqlite3_wal_checkpoint_v2(
		db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_close(db);
}

/* `how`: link gives it a second name, rename takes the first one away. */
static enum status
keep_aside(const struct exchange *x, const char *name,
	int (*how)(const char *from, const char *to), struct err *err)
{
	char *from = file_in(x->where, name), *to = file_in(x->aside, name);
	enum status st = STATUS_OK;

	if (how(from, to) != 0 && errno != ENOENT)
		st = fail("cannot keep aside", from, err);
	free(from);
	free(to);
	return st;
}

/* The database keeps its first name until the exchange. */
static enum status
put_aside(struct exchange *x, const char *live, struct err *err)
{
	enum status st = make_aside(x, err);

	if (st != STATUS_OK)
		return st;
	settle_old(live);
	st = keep_aside(x, "keypost.db", link, err);
	if (st == STATUS_OK)
		st = keep_aside(x, "keypost.db-wal", link, err);
	for (size_t i = 0; st == STATUS_OK && x->also[i] != NULL; i++)
		st = keep_aside(x, x->also[i], rename, err);
	if (st == STATUS_OK)
		st = file_sync_dir(x->aside, err);
	return st;
}

static enum status
put_in_place(struct exchange *x, const char *live, struct err *err)
{
	enum status st = STATUS_OK;
	struct stat sb;

	crash_point(x->why);
	if (stat(live, &sb) == 0)
		st = put_aside(x, live, err);
	if (st != STATUS_OK)
		return st;
	crash_point(x->why);
	remove_beside(live);
	st = file_sync_dir(x->where, err);
	crash_point(x->why);
	if (st == STATUS_OK)
		st = file_move(x->fresh, live, err);
	crash_point(x->why);
	return st;
}

enum status
exchange_run(struct exchange *x, struct err *err)
{
	char *live = file_in(x->where, "keypost.db");
	enum status st = put_in_place(x, live, err);

	free(live);
	return st;
}

void
exchange_clean(const char *where)
{
	static const char *const names[] = {
		"keypost.db.restoring", "keypost.db.repairing"};
	char *fresh;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fresh = file_in(where, names[i]);
		exchange_drop(fresh);
		free(fresh);
	}
}

void
exchange_drop(const char *fresh)
{
	(void)unlink(fresh);
	remove_beside(fresh);
}
