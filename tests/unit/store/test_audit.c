/*
 * The check compares indexes with rows by sums, so many row numbers at a time
 * as memory allows: where it is cut must not matter. (What each kind of damage
 * is called, and that it is mended: tests/integration/39-db-check.sh.)
 */
#include "../unit.h"

#include <string.h>

#include <stdio.h>

#include "backend.h"
#include "store/care.h"
#include "store/sqlite/db.h"

enum { ROWS = 10 };

struct told {
	int keys, absent, strays, terms;
	char first[80];
};

/* The made-up octets are no certificates: that is told, too. */
static void
note(void *ctx, const struct check_fault *f)
{
	struct told *t = ctx;

	if (t->first[0] == '\0' && strstr(f->what, "keys") != NULL)
		(void)snprintf(t->first, sizeof(t->first), "%s", f->name);
	t->keys += strstr(f->what, "its keys are not indexed") != NULL;
	t->terms += strstr(f->what, "user IDs are not indexed") != NULL;
	t->absent += strstr(f->what, "its row is gone") != NULL;
	t->strays += strstr(f->what, "1 index rows are of no") != NULL;
}

static void
check(struct fixture *f, int64_t span, struct told *told)
{
	struct check_job job = {
		.quick = true, .watch = {NULL, told}, .fault = note};
	struct check_facts facts;

	memset(told, 0, sizeof(*told));
	job.span = span;
	assert_int_equal(
		store_check(&f->settings, &job, &facts, &f->err), STATUS_OK);
	assert_int_equal(
		facts.derived, told->keys + told->terms + told->strays);
}

static void
run(struct fixture *f, const char *sql)
{
	assert_int_equal(
		db_exec(sqlite_session_of(f->w), sql, &f->err), STATUS_OK);
}

static void
fill(struct fixture *f)
{
	struct made m;

	for (uint32_t i = 0; i < ROWS; i++) {
		made_init(&m, 4, i, 100);
		(void)made_store(f, &m);
	}
}

static void
test_faults_are_the_same_however_it_is_cut(void **state)
{
	static const int64_t spans[] = {0, 1, 3, 7, ROWS, ROWS + 1};
	struct fixture *f = *state;
	char want[80] = "";
	struct told told;

	fill(f);
	run(f, "DELETE FROM subkey WHERE cert IN (2, 3, 10);"
	       "INSERT INTO subkey VALUES(x'00', 4, 0);"
	       "INSERT INTO subkey VALUES(x'00', 4711, 0);"
	       "DELETE FROM cert WHERE id = 6;"
	       "INSERT INTO user_id(rowid, terms) VALUES(9, 'e0');");
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		check(f, spans[i], &told);
		assert_int_equal(told.keys, 4);
		assert_int_equal(told.terms, 1);
		assert_int_equal(told.absent, 1);
		assert_int_equal(told.strays, 1);
		if (i == 0)
			memcpy(want, told.first, sizeof(want));
		assert_string_equal(told.first, want);
	}
}

static void
test_an_empty_store_has_no_faults(void **state)
{
	struct fixture *f = *state;
	struct told told;

	check(f, 0, &told);
	assert_int_equal(told.keys + told.terms + told.absent + told.strays, 0);
}

static void
test_a_deleted_certificate_is_no_fault(void **state)
{
	struct fixture *f = *state;
	struct change gone = {.origin = "admin", .seen = ""};
	struct told told;
	struct made m;
	int64_t seq;

	fill(f);
	made_init(&m, 4, 5, 100);
	gone.cert = m.row.id;
	gone.old_digest = m.row.sks_digest;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &gone, &seq, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	check(f, 4, &told);
	assert_int_equal(told.keys + told.terms + told.absent + told.strays, 0);
}

static void
test_there_is_nothing_to_check(void **state)
{
	struct fixture *f = *state;
	struct store_settings none = {.where = "/nonexistent/place"};
	struct told told = {0};
	struct check_job job = {.watch = {NULL, &told}, .fault = note};
	struct check_facts facts;

	assert_int_equal(
		store_check(&none, &job, &facts, &f->err), STATUS_NOT_FOUND);
	none.where = "postgresql://localhost/keypost";
	assert_int_equal(
		store_check(&none, &job, &facts, &f->err), STATUS_UNSUPPORTED);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_faults_are_the_same_however_it_is_cut),
		CASE(test_an_empty_store_has_no_faults),
		CASE(test_a_deleted_certificate_is_no_fault),
		CASE(test_there_is_nothing_to_check),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
