/*
 * The steps of a version that does not exist: what is released, a rewriting of
 * every certificate, and a small step behind it. Linked in place of
 * src/store/sqlite/steps.c, they make programs of that version, by which tests
 * show what an upgrade does when it is cut short.
 */
#include <stdio.h>

#include "store/sqlite/db.h"
#include "store/sqlite/meta.h"
#include "store/sqlite/migrate.h"

extern const char sqlite_schema_1[];

static enum status
name_it(struct sqlite_session *s, struct err *err)
{
	return db_exec(s,
		"INSERT INTO meta(key, value) VALUES('" META_STORE_ID "',"
		" lower(hex(randomblob(16))))",
		err);
}

/* Not idempotent: a slice that ran twice would be seen. */
static enum status
count_octets(
	struct sqlite_session *s, int64_t after, int64_t upto, struct err *err)
{
	char sql[160];

	(void)snprintf(sql, sizeof(sql),
		"UPDATE cert SET size = size + length(octets)"
		" WHERE id > %lld AND id <= %lld",
		(long long)after, (long long)upto);
	return db_exec(s, sql, err);
}

const struct migrate_step migrate_steps[] = {
	{.sql = sqlite_schema_1, .run = name_it},
	{.sql = "ALTER TABLE cert ADD COLUMN size INTEGER NOT NULL DEFAULT 0",
		.slice = count_octets,
		.last = "SELECT max(id) FROM cert"},
	{.sql = "CREATE TABLE later(a)"},
};

const size_t migrate_step_count =
	sizeof(migrate_steps) / sizeof(migrate_steps[0]);
