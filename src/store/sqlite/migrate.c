#include "store/sqlite/migrate.h"

#include <stdio.h>

#include "base/crash.h"
#include "store/sqlite/db.h"
#include "store/sqlite/meta.h"

enum {
	SLICE = 2000,         /* certificates: some megabytes of the log */
	CHECKPOINT_EVERY = 16 /* slices */
};

int
migrate_current(void)
{
	return (int)migrate_step_count;
}

static enum status
set_version(struct sqlite_session *s, int version, struct err *err)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql),
		"PRAGMA application_id = %d; PRAGMA user_version = %d",
		DB_APPLICATION_ID, version);
	return db_exec(s, sql, err);
}

/* Ends a transaction: `st` is how it went so far. */
static enum status
finish(struct sqlite_session *s, enum status st, int to, struct err *err)
{
	crash_point("migrate");
	if (st == STATUS_OK)
		st = db_exec(s, "COMMIT", err);
	crash_point("migrate");
	if (st != STATUS_OK) {
		err_prefix(err, "changing the schema to version %d", to);
		if (sqlite3_get_autocommit(s->db) == 0)
			(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	return st;
}

/* In a transaction. */
static enum status
apply_step(struct sqlite_session *s, const struct migrate_step *step, int to,
	struct err *err)
{
	enum status st = db_exec(s, step->sql, err);

	crash_point("migrate");
	if (st == STATUS_OK && step->run != NULL)
		st = step->run(s, err);
	if (st == STATUS_OK)
		st = set_version(s, to, err);
	/* A cached statement must not outlive the schema it was made for. */
	stmt_drop_all(s);
	return st;
}

static enum status
run_step(struct sqlite_session *s, const struct migrate_step *step, int to,
	bool has_slices, struct err *err)
{
	enum status st = db_exec(s, "BEGIN IMMEDIATE", err);

	if (st != STATUS_OK)
		return st;
	st = apply_step(s, step, to, err);
	if (st == STATUS_OK && has_slices)
		st = meta_put_int(s, META_UPGRADE, 0, err);
	return finish(s, st, to, err);
}

enum status
migrate_new(struct sqlite_session *s, const struct migrate_step *table,
	size_t count, struct err *err)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < count; i++)
		st = apply_step(s, &table[i], (int)i + 1, err);
	return st;
}

static enum status
run_slice(struct sqlite_session *s, const struct migrate_step *step, int to,
	int64_t after, int64_t upto, bool at_end, struct err *err)
{
	enum status st = db_exec(s, "BEGIN IMMEDIATE", err);

	if (st != STATUS_OK)
		return st;
	st = step->slice(s, after, upto, err);
	if (st == STATUS_OK && at_end)
		st = meta_delete(s, META_UPGRADE, err);
	else if (st == STATUS_OK)
		st = meta_put_int(s, META_UPGRADE, upto, err);
	return finish(s, st, to, err);
}

/* Or the log would grow to the size of the store. */
static void
empty_log(struct sqlite_session *s)
{
	(void)sqlite3_wal_checkpoint_v2(
		s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static enum status
run_slices(struct sqlite_session *s, const struct migrate_step *step, int to,
	int64_t after, const struct care_watch *watch, struct err *err)
{
	int64_t last = 0, upto;
	enum status st = db_number(s, step->last, 0, &last, err);
	unsigned int n = 0;
	bool at_end = false;

	while (st == STATUS_OK && !at_end) {
		at_end = last - after <= SLICE;
		upto = at_end ? last : after + SLICE;
		st = run_slice(s, step, to, after, upto, at_end, err);
		after = upto;
		if (++n % CHECKPOINT_EVERY == 0 || at_end)
			empty_log(s);
		if (watch->show != NULL)
			watch->show(watch->ctx, "rewriting", (uint64_t)after,
				(uint64_t)last);
	}
	return st;
}

static enum status
refuse_long(const char *what, struct err *err)
{
	err_set(err,
		"%s: keypost db upgrade does that, and says how long it takes",
		what);
	return STATUS_UNSUPPORTED;
}

/* Goes on with what was cut short, if anything was. */
static enum status
resume(struct sqlite_session *s, const struct migrate_step *table,
	int64_t version, const struct care_watch *watch, struct err *err)
{
	int64_t after = 0;
	enum status st = meta_get_int(s, META_UPGRADE, &after, err);

	if (st == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (st != STATUS_OK)
		return st;
	if (watch == NULL)
		return migrate_check_whole(s, err);
	return run_slices(
		s, &table[version - 1], (int)version, after, watch, err);
}

enum status
migrate_check_whole(struct sqlite_session *s, struct err *err)
{
	int64_t after;
	enum status st = meta_get_int(s, META_UPGRADE, &after, err);

	if (st == STATUS_OK)
		return refuse_long(
			"the upgrade of the store was cut short", err);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status
step_up(struct sqlite_session *s, const struct migrate_step *step, int to,
	const struct care_watch *watch, struct err *err)
{
	int64_t last = 0;
	enum status st = STATUS_OK;

	if (step->slice != NULL)
		st = db_number(s, step->last, 0, &last, err);
	if (st == STATUS_OK && last > 0 && watch == NULL)
		return refuse_long("every certificate of the store is to be "
				   "rewritten for this version of keypost",
			err);
	if (st == STATUS_OK)
		st = run_step(s, step, to, last > 0, err);
	if (st == STATUS_OK && last > 0)
		st = run_slices(s, step, to, 0, watch, err);
	return st;
}

enum status
migrate_run(struct sqlite_session *s, const struct migrate_step *table,
	size_t count, const struct care_watch *watch, struct err *err)
{
	int64_t version;
	enum status st;

	st = db_number(s, "PRAGMA user_version", 0, &version, err);
	if (st == STATUS_OK && version > 0 && version <= (int64_t)count)
		st = resume(s, table, version, watch, err);
	for (; st == STATUS_OK && version < (int64_t)count; version++)
		st = step_up(s, &table[version], (int)version + 1, watch, err);
	return st;
}
