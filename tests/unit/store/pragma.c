#include <stdio.h>

#include "tests/unit/store/pragma.h"
#include "store/sqlite/db.h"
#include "tests/unit/unit.h"

int64_t
pragma_ask(struct store_session *s, const char *sql)
{
	struct err err;
	int64_t n;

	assert_int_equal(
		db_number(sqlite_session_of(s), sql, -1, &n, &err), STATUS_OK);
	return n;
}

void
pragma_set_version(struct fixture *f, int version)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	assert_int_equal(
		db_exec(sqlite_session_of(f->w), sql, &f->err), STATUS_OK);
}
