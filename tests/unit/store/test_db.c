/* A connection is as reliability S3 asks; versions and migration (S8). */
#include "tests/unit/unit.h"

#include <string.h>

#include "backend.h"
#include "store/sqlite/db.h"
#include "store/sqlite/migrate.h"
#include "tests/unit/store/pragma.h"

static void
assert_settings(struct store_session *s)
{
	sqlite3 *db = sqlite_session_of(s)->db;
	int on;

	assert_int_equal(pragma_ask(s, "PRAGMA application_id"), DB_APPLICATION_ID);
	assert_int_equal(pragma_ask(s, "PRAGMA user_version"), migrate_current());
	assert_int_equal(pragma_ask(s, "PRAGMA page_size"), 8192);
	assert_int_equal(pragma_ask(s, "PRAGMA synchronous"), 2);
	assert_int_equal(pragma_ask(s, "PRAGMA foreign_keys"), 1);
	assert_int_equal(pragma_ask(s, "PRAGMA trusted_schema"), 0);
	assert_int_equal(pragma_ask(s, "PRAGMA cell_size_check"), 1);
	assert_int_equal(pragma_ask(s, "PRAGMA mmap_size"), 0);
	assert_int_equal(pragma_ask(s, "PRAGMA temp_store"), 2);
	assert_int_equal(pragma_ask(s, "PRAGMA busy_timeout"), 5000);
	assert_int_equal(pragma_ask(s, "PRAGMA wal_autocheckpoint"), 0);
	assert_int_equal(pragma_ask(s, "PRAGMA journal_size_limit"), 67108864);
	assert_int_equal(pragma_ask(s, "SELECT count(*) FROM pragma_journal_mode"
				" WHERE journal_mode = 'wal'"),
		1);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1), 33554432);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1), 65536);
	assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, -1), 0);
	assert_int_equal(
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on), 0);
	assert_int_equal(on, 1);
	assert_int_equal(sqlite3_db_config(
				 db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &on),
		0);
	assert_int_equal(on, 1);
	assert_int_equal(
		sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, -1, &on), 0);
	assert_int_equal(on, 0);
	assert_null(sqlite3_db_mutex(db)); /* SQLITE_OPEN_NOMUTEX */
}

static void
test_each_session_has_the_settings(void **state)
{
	struct fixture *f = *state;

	assert_settings(f->w);
	assert_settings(f->r);
}

static void
test_reading_session_cannot_write(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sqlite3_exec(sqlite_session_of(f->r)->db,
				 "DELETE FROM cert", NULL, NULL, NULL),
		SQLITE_READONLY);
}

/* In KiB, as SQLite says it; with the writer's, of all connections. */
static int64_t
caches_of(struct store_session *w, struct store_session **readers, size_t n)
{
	int64_t sum = -pragma_ask(w, "PRAGMA cache_size");

	while (n-- > 0)
		sum -= pragma_ask(readers[n], "PRAGMA cache_size");
	return sum;
}

/* The library does not count what it allocates: the caches are the bound. */
static void
test_page_caches_have_a_sum(void **state)
{
	enum { MORE = 3, ALL = DB_READERS_WARM + MORE };
	struct fixture *f = *state;
	struct store_session *r[ALL] = {f->r}, *again;
	size_t i;

	for (i = 1; i < ALL; i++)
		assert_int_equal(
			session_open(f->store, SESSION_READ, &r[i], &f->err),
			STATUS_OK);
	assert_int_equal(sqlite3_memory_used(), 0);
	assert_int_equal(caches_of(f->w, r, DB_READERS_WARM), 128 * 1024);
	assert_int_equal(caches_of(f->w, r, ALL), (128 + MORE * 2) * 1024);
	/* Where some have gone, there is room again. */
	for (i = 1; i < ALL; i++)
		session_close(r[i]);
	assert_int_equal(session_open(f->store, SESSION_READ, &again, &f->err),
		STATUS_OK);
	assert_int_equal(pragma_ask(again, "PRAGMA cache_size"), -16384);
	session_close(again);
}

static void
assert_refused(struct fixture *f, const char *because)
{
	struct store_settings reading = f->settings;
	struct store *s = NULL;

	assert_int_equal(
		store_open(&f->settings, &s, &f->err), STATUS_REJECTED);
	assert_non_null(strstr(f->err.text, because));
	reading.read_only = true;
	assert_int_equal(store_open(&reading, &s, &f->err), STATUS_REJECTED);
	assert_null(s);
}

static void
test_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;

	pragma_set_version(f, migrate_current() + 1);
	fixture_close(f);
	assert_refused(f, "newer");
}

/* As damage of the file's head may leave it. */
static void
test_negative_schema_is_refused(void **state)
{
	struct fixture *f = *state;

	pragma_set_version(f, -1);
	fixture_close(f);
	assert_refused(f, "not a keypost database");
}

static void
test_database_of_another_program_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_exec(sqlite_session_of(f->w),
				 "PRAGMA application_id = 7", &f->err),
		STATUS_OK);
	fixture_close(f);
	assert_refused(f, "not a keypost database");
}

static void
test_every_statement_prepares(void **state)
{
	struct fixture *f = *state;
	struct stmt_run run;
	int id;

	for (id = 0; id < STMT_COUNT; id++) {
		run = stmt_start(sqlite_session_of(f->w), (enum stmt_id)id);
		if (run.rc != SQLITE_OK)
			fail_msg("statement %d: %s", id,
				sqlite3_errmsg(sqlite_session_of(f->w)->db));
		stmt_end(&run);
	}
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_each_session_has_the_settings),
		CASE(test_reading_session_cannot_write),
		CASE(test_page_caches_have_a_sum),
		CASE(test_newer_schema_is_refused),
		CASE(test_negative_schema_is_refused),
		CASE(test_database_of_another_program_is_refused),
		CASE(test_every_statement_prepares),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
