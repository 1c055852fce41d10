/* A connection is as reliability S3 asks; versions and migration (S8). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend.h"
#include "store/sqlite/db.h"
#include "store/sqlite/migrate.h"

static int64_t
ask(struct store_session *s, const char *sql)
{
	struct err err;
	int64_t n;

	assert_int_equal(
		db_number(sqlite_session_of(s), sql, -1, &n, &err), STATUS_OK);
	return n;
}

static void
assert_settings(struct store_session *s)
{
	sqlite3 *db = sqlite_session_of(s)->db;
	int on;

	assert_int_equal(ask(s, "PRAGMA application_id"), DB_APPLICATION_ID);
	assert_int_equal(ask(s, "PRAGMA user_version"), migrate_current());
	assert_int_equal(ask(s, "PRAGMA page_size"), 8192);
	assert_int_equal(ask(s, "PRAGMA synchronous"), 2);
	assert_int_equal(ask(s, "PRAGMA foreign_keys"), 1);
	assert_int_equal(ask(s, "PRAGMA trusted_schema"), 0);
	assert_int_equal(ask(s, "PRAGMA cell_size_check"), 1);
	assert_int_equal(ask(s, "PRAGMA mmap_size"), 0);
	assert_int_equal(ask(s, "PRAGMA temp_store"), 2);
	assert_int_equal(ask(s, "PRAGMA busy_timeout"), 5000);
	assert_int_equal(ask(s, "PRAGMA wal_autocheckpoint"), 0);
	assert_int_equal(ask(s, "PRAGMA journal_size_limit"), 67108864);
	assert_int_equal(ask(s, "SELECT count(*) FROM pragma_journal_mode"
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

static void
set_version(struct fixture *f, int version)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
	assert_int_equal(
		db_exec(sqlite_session_of(f->w), sql, &f->err), STATUS_OK);
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

	set_version(f, migrate_current() + 1);
	fixture_close(f);
	assert_refused(f, "newer");
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

/* What the steps of the tests start from. */
static void
make_sample(const char *folder, const char *sql)
{
	char path[512];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/keypost.db", folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
read_file(const char *name, char *text, size_t size)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	FILE *in;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/tests/data/store/%s",
		top != NULL ? top : "..", name);
	in = fopen(path, "r");
	if (in == NULL)
		fail_msg("no sample %s", path);
	n = fread(text, 1, size - 1, in);
	text[n] = '\0';
	assert_int_equal(fclose(in), 0);
}

static void
test_stored_sample_of_version_0_becomes_current(void **state)
{
	struct fixture *f = *state;
	struct store_settings reading;
	struct store *s = NULL;
	char sql[4096];
	struct made m;

	fixture_close(f);
	place_remove(f->where);
	place_make(f->where);
	read_file("version-0.sql", sql, sizeof(sql));
	make_sample(f->where, sql);
	reading = f->settings;
	reading.read_only = true;
	assert_int_equal(store_open(&reading, &s, &f->err), STATUS_UNSUPPORTED);
	assert_non_null(strstr(f->err.text, "needs 1"));
	fixture_open(f);
	assert_settings(f->w);
	/* What the old version had and the step does not touch is there. */
	assert_int_equal(ask(f->r, "SELECT count(*) FROM note"), 3);
	made_init(&m, 4, 1, 10);
	assert_int_equal(made_store(f, &m), 1);
}

static enum status
fail_step(struct sqlite_session *s, struct err *err)
{
	(void)s;
	err_set(err, "no");
	return STATUS_IO;
}

static void
test_failed_step_leaves_the_version_before_it(void **state)
{
	static const struct migrate_step steps[] = {
		{"CREATE TABLE one(a)", NULL},
		{"ALTER TABLE one ADD COLUMN b; INSERT INTO one VALUES(1, 2)",
			NULL},
		{"CREATE TABLE two(a); DELETE FROM one", fail_step},
	};
	struct fixture *f = *state;
	struct sqlite_session *w = sqlite_session_of(f->w);

	set_version(f, 0);
	assert_int_equal(migrate_run(w, steps, 3, &f->err), STATUS_IO);
	assert_non_null(strstr(f->err.text, "version 3"));
	assert_int_equal(ask(f->w, "PRAGMA user_version"), 2);
	assert_int_equal(ask(f->w, "SELECT b FROM one"), 2);
	assert_int_equal(ask(f->w, "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'two'"),
		0);
	/* Two of the steps are done: they are not run again. */
	assert_int_equal(migrate_run(w, steps, 2, &f->err), STATUS_OK);
	assert_int_equal(ask(f->w, "SELECT count(*) FROM one"), 1);
}

static enum status
die_step(struct sqlite_session *s, struct err *err)
{
	(void)s;
	(void)err;
	(void)raise(SIGKILL);
	return STATUS_IO;
}

static void
test_kill_inside_a_step_leaves_the_version_before_it(void **state)
{
	static const struct migrate_step steps[] = {
		{"CREATE TABLE one(a); INSERT INTO one VALUES(1)", NULL},
		{"CREATE TABLE two(a); DROP TABLE one", die_step},
	};
	static const struct migrate_step repaired[] = {
		{"", NULL},
		{"CREATE TABLE two(a); DROP TABLE one", NULL},
	};
	struct fixture *f = *state;
	struct sqlite_session *w;
	struct made m;
	pid_t pid;
	int status;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	fixture_close(f);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_open(f);
		set_version(f, 0);
		_exit((int)migrate_run(
			sqlite_session_of(f->w), steps, 2, &f->err));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	fixture_open(f); /* the version happens to be the current one, too */
	w = sqlite_session_of(f->w);
	assert_int_equal(ask(f->w, "PRAGMA user_version"), 1);
	assert_int_equal(ask(f->w, "SELECT count(*) FROM one"), 1);
	assert_int_equal(migrate_run(w, repaired, 2, &f->err), STATUS_OK);
	assert_int_equal(ask(f->w, "PRAGMA user_version"), 2);
	assert_int_equal(ask(f->w, "SELECT count(*) FROM two"), 0);
}

static void
test_step_that_is_no_sql_changes_nothing(void **state)
{
	static const struct migrate_step steps[] = {
		{"CREATE TABLE one(a); CREATE TABEL two(a)", NULL},
	};
	struct fixture *f = *state;

	set_version(f, 0);
	assert_int_equal(
		migrate_run(sqlite_session_of(f->w), steps, 1, &f->err),
		STATUS_IO);
	assert_int_equal(ask(f->w, "PRAGMA user_version"), 0);
	assert_int_equal(ask(f->w, "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'one'"),
		0);
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
		CASE(test_newer_schema_is_refused),
		CASE(test_database_of_another_program_is_refused),
		CASE(test_stored_sample_of_version_0_becomes_current),
		CASE(test_failed_step_leaves_the_version_before_it),
		CASE(test_kill_inside_a_step_leaves_the_version_before_it),
		CASE(test_step_that_is_no_sql_changes_nothing),
		CASE(test_every_statement_prepares),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
