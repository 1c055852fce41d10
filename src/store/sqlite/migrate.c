#include "store/sqlite/migrate.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/crash.h"
#include "base/hex.h"
#include "store/sqlite/db.h"

extern const char sqlite_schema_1[];

/* A store's name for life: Message-IDs are made from it. */
static enum status
make_store_id(struct sqlite_session *s, struct err *err)
{
	uint8_t id[16];
	char hex[2 * sizeof(id) + 1];
	struct stmt_run run;

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id)) {
		err_set(err, "no random octets from the kernel");
		return STATUS_IO;
	}
	hex_write_lower(bytes_make(id, sizeof(id)), hex);
	run = stmt_start(s, STMT_META_PUT);
	stmt_bind_text(&run, "store_id");
	stmt_bind_text(&run, hex);
	return stmt_finish(&run, err);
}

/* Append only: the n-th step leads from version n to n + 1. */
static const struct migrate_step steps[] = {
	{sqlite_schema_1, make_store_id},
};

int
migrate_current(void)
{
	return (int)(sizeof(steps) / sizeof(steps[0]));
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

static enum status
run_step(struct sqlite_session *s, const struct migrate_step *step, int to,
	struct err *err)
{
	enum status st = db_exec(s, "BEGIN IMMEDIATE", err);

	if (st != STATUS_OK)
		return st;
	st = db_exec(s, step->sql, err);
	crash_point("migrate");
	if (st == STATUS_OK && step->run != NULL)
		st = step->run(s, err);
	if (st == STATUS_OK)
		st = set_version(s, to, err);
	/* A cached statement must not outlive the schema it was made for. */
	stmt_drop_all(s);
	crash_point("migrate");
	if (st == STATUS_OK)
		st = db_exec(s, "COMMIT", err);
	if (st != STATUS_OK) {
		err_prefix(err, "changing the schema to version %d", to);
		if (sqlite3_get_autocommit(s->db) == 0)
			(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	}
	return st;
}

enum status
migrate_run(struct sqlite_session *s, const struct migrate_step *table,
	size_t count, struct err *err)
{
	int64_t version;
	enum status st;

	st = db_number(s, "PRAGMA user_version", 0, &version, err);
	for (; st == STATUS_OK && version < (int64_t)count; version++)
		st = run_step(s, &table[version], (int)version + 1, err);
	return st;
}

enum status
migrate_up(struct sqlite_session *s, struct err *err)
{
	return migrate_run(s, steps, (size_t)migrate_current(), err);
}
