#include "store/sqlite/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "store/sqlite/raw.h"

enum { NAME_SIZE = CARE_PATH_MAX + 64 };

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

/* What SQLite may have left beside a file of this name. */
static void
remove_beside(const char *path)
{
	static const char *const ends[] = {"-wal", "-shm", "-journal"};
	char name[NAME_SIZE + 16];

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

/* A second name for what is there; the first one stays until the exchange. */
static enum status
link_aside(const struct exchange *x, const char *name, struct err *err)
{
	char from[NAME_SIZE], to[NAME_SIZE * 2];

	name_in(x->where, name, from);
	(void)snprintf(to, sizeof(to), "%s/%s", x->aside, name);
	if (link(from, to) == 0 || errno == ENOENT)
		return STATUS_OK;
	return fail("cannot keep aside", from, err);
}

static enum status
move_aside(const struct exchange *x, const char *name, struct err *err)
{
	char from[NAME_SIZE], to[NAME_SIZE * 2];

	name_in(x->where, name, from);
	(void)snprintf(to, sizeof(to), "%s/%s", x->aside, name);
	if (rename(from, to) == 0 || errno == ENOENT)
		return STATUS_OK;
	return fail("cannot keep aside", from, err);
}

static enum status
put_aside(struct exchange *x, const char *live, struct err *err)
{
	enum status st = make_aside(x, err);

	if (st != STATUS_OK)
		return st;
	settle_old(live);
	st = link_aside(x, "keypost.db", err);
	if (st == STATUS_OK)
		st = link_aside(x, "keypost.db-wal", err);
	for (size_t i = 0; st == STATUS_OK && x->also[i] != NULL; i++)
		st = move_aside(x, x->also[i], err);
	if (st == STATUS_OK)
		st = file_sync_dir(x->aside, err);
	return st;
}

enum status
exchange_run(struct exchange *x, struct err *err)
{
	char live[NAME_SIZE];
	enum status st = STATUS_OK;
	struct stat sb;

	name_in(x->where, "keypost.db", live);
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

void
exchange_drop(const char *fresh)
{
	(void)unlink(fresh);
	remove_beside(fresh);
}
