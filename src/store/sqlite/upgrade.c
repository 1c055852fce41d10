#include "store/sqlite/upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "store/sqlite/backup.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"

/* The versions, and whether an upgrade was cut short. */
static enum status
look(const char *path, struct upgrade_facts *f, struct err *err)
{
	static const char note[] =
		"SELECT count(*) FROM meta WHERE key = '" META_UPGRADE "'";
	struct backup_facts b = {0};
	int64_t notes = 0;
	sqlite3 *db;
	enum status st = raw_open(path, SQLITE_OPEN_READONLY, &db, err);

	if (st != STATUS_OK)
		return st;
	st = raw_identify(db, path, &b, err);
	if (st == STATUS_OK)
		st = raw_number(db, path, note, 0, &notes, err);
	(void)sqlite3_close(db);
	f->from = b.version;
	f->to = migrate_current();
	f->resumed = notes > 0;
	return st;
}

/* One that was cut short began with a backup. */
static enum status
back_up(const struct store_settings *settings, const struct upgrade_job *job,
	struct upgrade_facts *f, struct err *err)
{
	struct backup_job backup = {
		.file = f->backup, .replace = true, .watch = job->watch};
	struct backup_facts facts;

	if (job->no_backup || f->resumed)
		return STATUS_OK;
	(void)snprintf(f->backup, sizeof(f->backup),
		"%.900s/before-upgrade-%d.backup", settings->where, f->from);
	return sqlite_backup(settings, &backup, &facts, err);
}

/* Nobody writes what a backup would lack, and nobody is kept waiting for one
 * that is of no use. */
static enum status
ask_for_lock(const char *where, struct err *err)
{
	int lock;
	enum status st = folder_lock(where, &lock, err);

	if (st == STATUS_OK)
		(void)close(lock);
	return st;
}

enum status
sqlite_upgrade(const struct store_settings *settings,
	const struct upgrade_job *job, struct upgrade_facts *facts,
	struct err *err)
{
	struct store_settings writing = *settings;
	struct upgrade_facts f = {0};
	struct store *store;
	char path[CARE_PATH_MAX + 16];
	enum status st;

	(void)snprintf(
		path, sizeof(path), "%.1000s/keypost.db", settings->where);
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		err_set(err, "there is no store in %.200s", settings->where);
		return STATUS_NOT_FOUND;
	}
	st = look(path, &f, err);
	if (st != STATUS_OK)
		return st;
	if (!job->dry_run && (f.from < f.to || f.resumed)) {
		st = ask_for_lock(settings->where, err);
		if (st == STATUS_OK)
			st = back_up(settings, job, &f, err);
		writing.read_only = false;
		writing.upgrade = &job->watch;
		if (st == STATUS_OK)
			st = store_open(&writing, &store, err);
		if (st != STATUS_OK)
			return st;
		store_close(store);
	}
	*facts = f;
	return STATUS_OK;
}
