/* A first load makes the file that it fills, in one go. */
#include "../unit.h"

#include <string.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../scratch.h"
#include "faulty_vfs.h"
#include "filled.h"
#include "store/care.h"
#include "store/sqlite/db.h"

static void
remove_store(struct fixture *f)
{
	fixture_close(f);
	scratch_remove(f->where);
	assert_int_equal(mkdir(f->where, 0700), 0);
}

/* Without a file, as a first load finds it. */
static void
reopen_from_nothing(struct fixture *f)
{
	remove_store(f);
	filled_reopen(f, true);
}

static void
test_filled_from_nothing_it_is_the_same(void **state)
{
	struct fixture *f = *state;

	reopen_from_nothing(f);
	assert_int_equal(strlen(store_id(f->store)), 32);
	filled_fill(f, 0, FILLED_CERTS);
	filled_finish(f);
	filled_compare(f);
}

static void
test_from_nothing_and_cut_short_the_next_load_goes_on(void **state)
{
	struct fixture *f = *state;

	reopen_from_nothing(f);
	filled_fill(f, 0, FILLED_CERTS / 2);
	filled_reopen(f, true);
	filled_fill(f, FILLED_CERTS / 2, FILLED_CERTS);
	filled_finish(f);
	filled_compare(f);
}

/* Whoever made it by steps waited for the disk after each. */
static void
test_a_short_load_from_nothing_flushes_five_times(void **state)
{
	struct fixture *f = *state;

	remove_store(f);
	faulty_vfs_arm(FAULT_SYNC, 6, true);
	filled_reopen(f, true);
	filled_fill(f, 0, FILLED_CERTS);
	filled_finish(f);
	assert_false(faulty_vfs_fired());
	faulty_vfs_disarm();
	filled_compare(f);
}

/* What is on the disk, if it stops now. */
static void
copy_file(struct fixture *f, const char *name, const char *to)
{
	char cmd[700];

	(void)snprintf(cmd, sizeof(cmd), "cp '%s/%s' '%s/%s'", f->where, name,
		to, name);
	assert_int_equal(system(cmd), 0);
}

static void
test_killed_before_the_first_commit_it_is_empty(void **state)
{
	struct fixture *f = *state, killed = {0};
	struct buf count = {0};
	struct made m;

	reopen_from_nothing(f);
	/* So that most of it is written, and none of it counts. */
	assert_int_equal(sqlite3_exec(sqlite_session_of(f->w)->db,
				 "PRAGMA cache_size = 5", NULL, NULL, NULL),
		SQLITE_OK);
	filled_fill(f, 0, FILLED_CERTS);
	scratch_make(killed.where, sizeof(killed.where));
	copy_file(f, "keypost.db", killed.where);
	copy_file(f, "keypost.db-journal", killed.where);
	killed.settings.where = killed.where;
	killed.settings.read_only = true;
	killed.arena = arena_new(1024 * 1024);
	assert_int_equal(
		store_open(&killed.settings, &killed.store, &killed.err),
		STATUS_UNSUPPORTED);
	assert_non_null(strstr(killed.err.text, "interrupted"));
	killed.settings.read_only = false;
	filled_reopen(&killed, true);
	filled_make(&m, 1);
	filled_begin(&killed);
	filled_put(&killed, &m);
	filled_commit(&killed);
	filled_finish(&killed);
	fixture_close(&killed);
	filled_ask(&killed, "SELECT count(*) FROM cert", &count);
	assert_string_equal((const char *)count.data, "1|\n");
	buf_done(&count);
	scratch_remove(killed.where);
	arena_free(killed.arena);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_filled_from_nothing_it_is_the_same),
		TEST(test_a_short_load_from_nothing_flushes_five_times),
		TEST(test_from_nothing_and_cut_short_the_next_load_goes_on),
		TEST(test_killed_before_the_first_commit_it_is_empty),
	};

	faulty_vfs_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
