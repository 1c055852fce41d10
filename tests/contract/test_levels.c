/* What store.h promises of rows below a level. */
#include "../unit/unit.h"

#include "backend.h"

enum { ROWS = 1500 };

static void
put(struct fixture *f, uint32_t number, uint8_t level)
{
	struct made m;

	made_init(&m, 4, number, 10);
	m.row.level = level;
	assert_int_equal(
		store_put_cert(f->w, &m.row, &m.search, &f->err), STATUS_OK);
}

static void
begin(struct fixture *f)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
}

static void
commit(struct fixture *f)
{
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static uint8_t
floor_of(struct fixture *f)
{
	uint8_t level = 99;

	assert_int_equal(store_get_floor(f->r, &level, &f->err), STATUS_OK);
	return level;
}

static void
put_floor(struct fixture *f, uint8_t level)
{
	begin(f);
	assert_int_equal(store_put_floor(f->w, level, &f->err), STATUS_OK);
	commit(f);
}

/* A whole walk: how many rows of level 0 it finds, `max` at a time. */
static size_t
walk_all(struct fixture *f, uint8_t level, size_t max)
{
	struct level_walk walk = {0};
	struct level_row list[64];
	size_t count, i, n = 0;
	int64_t place = 0;

	while (!walk.at_end) {
		assert_int_equal(store_find_below(f->r, level, &walk, max, list,
					 &count, &f->err),
			STATUS_OK);
		assert_true(count <= max);
		for (i = 0; i < count; i++, n++) {
			assert_true(list[i].place > place);
			place = list[i].place;
		}
	}
	assert_int_equal(walk.looked, ROWS);
	return n;
}

static void
test_a_walk_finds_every_lower_row_once(void **state)
{
	struct fixture *f = *state;
	struct level_walk again = {0}, walk = {0};
	struct level_row list[10], next[1];
	size_t count;
	uint32_t i;

	begin(f);
	for (i = 0; i < ROWS; i++)
		put(f, i + 1, (uint8_t)(i % 3));
	commit(f);
	assert_int_equal(walk_all(f, 0, 64), 0);
	assert_int_equal(walk_all(f, 1, 64), ROWS / 3);
	assert_int_equal(walk_all(f, 1, 1), ROWS / 3);
	assert_int_equal(walk_all(f, 2, 7), ROWS / 3 * 2);
	/* It goes on after any row of it. */
	assert_int_equal(
		store_find_below(f->r, 1, &walk, 10, list, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 10);
	again.place = list[4].place;
	again.looked = list[4].looked;
	assert_int_equal(
		store_find_below(f->r, 1, &again, 1, next, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 1);
	assert_memory_equal(&next[0].id, &list[5].id, sizeof(next[0].id));
	assert_int_equal(next[0].looked, list[5].looked);
}

static void
test_an_empty_store_ends_at_once(void **state)
{
	struct fixture *f = *state;
	struct level_walk walk = {0};
	struct level_row row;
	size_t count = 9;

	assert_int_equal(
		store_find_below(f->r, 2, &walk, 1, &row, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 0);
	assert_true(walk.at_end);
	assert_int_equal(floor_of(f), 0);
}

static void
test_a_lower_row_lowers_the_floor_with_it(void **state)
{
	struct fixture *f = *state;

	put_floor(f, 2);
	assert_int_equal(floor_of(f), 2);
	begin(f);
	put(f, 1, 2);
	commit(f);
	assert_int_equal(floor_of(f), 2);
	begin(f);
	put(f, 2, 1);
	store_rollback(f->w);
	assert_int_equal(floor_of(f), 2);
	begin(f);
	assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
	put(f, 2, 0);
	assert_int_equal(store_release(f->w, false, &f->err), STATUS_OK);
	put(f, 3, 1);
	commit(f);
	assert_int_equal(floor_of(f), 1);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(floor_of(f), 1);
}

#define PROMISE(t)                                                             \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_a_walk_finds_every_lower_row_once),
		PROMISE(test_an_empty_store_ends_at_once),
		PROMISE(test_a_lower_row_lowers_the_floor_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
