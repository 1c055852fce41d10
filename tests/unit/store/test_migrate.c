/* From one schema to the next: steps, slices, and what is cut short (S8). */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scratch.h"
#include "backend.h"
#include "store/sqlite/db.h"
#include "store/sqlite/migrate.h"
#include "tests/unit/store/pragma.h"

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
	scratch_remove(f->where);
	scratch_make(f->where, sizeof(f->where));
	read_file("version-0.sql", sql, sizeof(sql));
	make_sample(f->where, sql);
	reading = f->settings;
	reading.read_only = true;
	assert_int_equal(store_open(&reading, &s, &f->err), STATUS_UNSUPPORTED);
	assert_non_null(strstr(f->err.text, "needs 1"));
	fixture_open(f);
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), migrate_current());
	/* What the old version had and the step does not touch is there. */
	assert_int_equal(pragma_ask(f->r, "SELECT count(*) FROM note"), 3);
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
		{.sql = "CREATE TABLE one(a)"},
		{.sql = "ALTER TABLE one ADD COLUMN b;"
			"INSERT INTO one VALUES(1, 2)"},
		{.sql = "CREATE TABLE two(a); DELETE FROM one",
			.run = fail_step},
	};
	struct fixture *f = *state;
	struct sqlite_session *w = sqlite_session_of(f->w);

	pragma_set_version(f, 0);
	assert_int_equal(migrate_run(w, steps, 3, NULL, &f->err), STATUS_IO);
	assert_non_null(strstr(f->err.text, "version 3"));
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 2);
	assert_int_equal(pragma_ask(f->w, "SELECT b FROM one"), 2);
	assert_int_equal(pragma_ask(f->w, "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'two'"),
		0);
	/* Two of the steps are done: they are not run again. */
	assert_int_equal(migrate_run(w, steps, 2, NULL, &f->err), STATUS_OK);
	assert_int_equal(pragma_ask(f->w, "SELECT count(*) FROM one"), 1);
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
		{.sql = "CREATE TABLE one(a); INSERT INTO one VALUES(1)"},
		{.sql = "CREATE TABLE two(a); DROP TABLE one", .run = die_step},
	};
	static const struct migrate_step repaired[] = {
		{.sql = ""},
		{.sql = "CREATE TABLE two(a); DROP TABLE one"},
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
		pragma_set_version(f, 0);
		_exit((int)migrate_run(
			sqlite_session_of(f->w), steps, 2, NULL, &f->err));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	fixture_open(f); /* the version happens to be the current one, too */
	w = sqlite_session_of(f->w);
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 1);
	assert_int_equal(pragma_ask(f->w, "SELECT count(*) FROM one"), 1);
	assert_int_equal(migrate_run(w, repaired, 2, NULL, &f->err), STATUS_OK);
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 2);
	assert_int_equal(pragma_ask(f->w, "SELECT count(*) FROM two"), 0);
}

static enum status
count_slice(
	struct sqlite_session *s, int64_t after, int64_t upto, struct err *err)
{
	char sql[120];

	(void)snprintf(sql, sizeof(sql),
		"UPDATE cert SET flags = flags + 1 WHERE id > %lld AND"
		" id <= %lld",
		(long long)after, (long long)upto);
	return db_exec(s, sql, err);
}

static const struct migrate_step long_steps[] = {
	{.sql = "CREATE TABLE one(a)",
		.slice = count_slice,
		.last = "SELECT max(id) FROM cert"},
};

static void
test_step_that_takes_long_waits_for_who_asks(void **state)
{
	static const struct care_watch watch = {NULL, NULL};
	struct fixture *f = *state;
	struct sqlite_session *w = sqlite_session_of(f->w);
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	pragma_set_version(f, 0);
	assert_int_equal(migrate_run(w, long_steps, 1, NULL, &f->err),
		STATUS_UNSUPPORTED);
	assert_non_null(strstr(f->err.text, "keypost db upgrade"));
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 0);
	assert_int_equal(pragma_ask(f->w, "SELECT flags FROM cert"), m.row.flags);
	assert_int_equal(
		migrate_run(w, long_steps, 1, &watch, &f->err), STATUS_OK);
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 1);
	assert_int_equal(pragma_ask(f->w, "SELECT flags FROM cert"), m.row.flags + 1);
	assert_int_equal(migrate_check_whole(w, &f->err), STATUS_OK);
}

static void
test_step_that_takes_long_is_none_in_an_empty_store(void **state)
{
	struct fixture *f = *state;
	struct sqlite_session *w = sqlite_session_of(f->w);

	pragma_set_version(f, 0);
	assert_int_equal(
		migrate_run(w, long_steps, 1, NULL, &f->err), STATUS_OK);
	assert_int_equal(migrate_check_whole(w, &f->err), STATUS_OK);
}

static void
test_slices_go_on_where_they_were_cut_short(void **state)
{
	static const struct care_watch watch = {NULL, NULL};
	struct fixture *f = *state;
	struct sqlite_session *w = sqlite_session_of(f->w);
	struct made m;

	for (uint32_t i = 0; i < 5; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	assert_int_equal(
		db_exec(w, "UPDATE cert SET flags = 0", &f->err), STATUS_OK);
	assert_int_equal(db_exec(w,
				 "INSERT INTO meta(key, value)"
				 " VALUES('" META_UPGRADE "', 3)",
				 &f->err),
		STATUS_OK);
	/* The first step's: version 1 happens to be the current one. */
	assert_int_equal(migrate_check_whole(w, &f->err), STATUS_UNSUPPORTED);
	assert_int_equal(migrate_run(w, long_steps, 1, NULL, &f->err),
		STATUS_UNSUPPORTED);
	assert_int_equal(
		migrate_run(w, long_steps, 1, &watch, &f->err), STATUS_OK);
	assert_int_equal(pragma_ask(f->w, "SELECT sum(flags) FROM cert"), 2);
	assert_int_equal(
		pragma_ask(f->w, "SELECT sum(flags) FROM cert WHERE id > 3"), 2);
	assert_int_equal(migrate_check_whole(w, &f->err), STATUS_OK);
}

static void
test_step_that_is_no_sql_changes_nothing(void **state)
{
	static const struct migrate_step steps[] = {
		{.sql = "CREATE TABLE one(a); CREATE TABEL two(a)"},
	};
	struct fixture *f = *state;

	pragma_set_version(f, 0);
	assert_int_equal(
		migrate_run(sqlite_session_of(f->w), steps, 1, NULL, &f->err),
		STATUS_IO);
	assert_int_equal(pragma_ask(f->w, "PRAGMA user_version"), 0);
	assert_int_equal(pragma_ask(f->w, "SELECT count(*) FROM sqlite_schema"
				   " WHERE name = 'one'"),
		0);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_stored_sample_of_version_0_becomes_current),
		CASE(test_failed_step_leaves_the_version_before_it),
		CASE(test_kill_inside_a_step_leaves_the_version_before_it),
		CASE(test_step_that_takes_long_waits_for_who_asks),
		CASE(test_step_that_takes_long_is_none_in_an_empty_store),
		CASE(test_slices_go_on_where_they_were_cut_short),
		CASE(test_step_that_is_no_sql_changes_nothing),
	};

	return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
