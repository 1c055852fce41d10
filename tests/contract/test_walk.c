/* What store.h promises of walks over all rows, and of changes by place. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"

enum { ROWS = 5, SIZE = 100 };

static void
store_rows(struct fixture *f, uint32_t from, uint32_t count)
{
	struct made m;

	for (uint32_t i = from; i < from + count; i++) {
		made_init(&m, 4, i, SIZE);
		(void)made_store(f, &m);
	}
}

static void
delete_row(struct fixture *f, uint32_t number)
{
	struct made m;

	made_init(&m, 4, number, SIZE);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static int64_t
last_place(struct fixture *f)
{
	int64_t last = -1;

	assert_int_equal(store_last_place(f->r, &last, &f->err), STATUS_OK);
	return last;
}

/* One call; returns how many it met. */
static size_t
step(struct fixture *f, struct store_walk *w, struct cert_rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	assert_int_equal(
		store_list_certs(f->r, w, f->arena, rows, &f->err), STATUS_OK);
	assert_true(rows->count <= w->max);
	return rows->count;
}

static void
assert_made(const struct cert_row *row, uint32_t number)
{
	struct made m;

	made_init(&m, 4, number, SIZE);
	assert_row(row, &m);
}

static void
test_a_walk_meets_each_row_once(void **state)
{
	struct fixture *f = *state;
	struct store_walk w = {.max = 1};
	struct cert_rows rows;

	assert_int_equal(last_place(f), 0);
	assert_int_equal(step(f, &w, &rows), 0);
	assert_true(w.at_end);
	store_rows(f, 0, ROWS);
	w = (struct store_walk){.max = 1};
	for (uint32_t i = 0; i < ROWS; i++) {
		assert_int_equal(step(f, &w, &rows), 1);
		assert_false(w.at_end); /* that is known when none is left */
		assert_made(&rows.list[0], i);
	}
	assert_int_equal(w.after, last_place(f));
	assert_int_equal(step(f, &w, &rows), 0);
	assert_true(w.at_end);
	assert_int_equal(w.after, last_place(f));
}

static void
test_a_walk_ends_with_the_place_it_was_told(void **state)
{
	struct fixture *f = *state;
	struct store_walk w = {.max = 2};
	struct cert_rows rows;
	int64_t second;

	store_rows(f, 0, ROWS);
	assert_int_equal(step(f, &w, &rows), 2);
	second = w.after;
	w = (struct store_walk){.max = ROWS, .upto = second};
	assert_int_equal(step(f, &w, &rows), 2);
	assert_true(w.at_end);
	assert_int_equal(w.after, second);
	assert_made(&rows.list[1], 1);
	w = (struct store_walk){.after = second, .max = ROWS};
	assert_int_equal(step(f, &w, &rows), ROWS - 2);
	assert_made(&rows.list[0], 2);
}

static void
test_a_walk_stops_at_so_many_octets(void **state)
{
	struct fixture *f = *state;
	struct store_walk w = {.max = ROWS, .octets = 2 * SIZE};
	struct cert_rows rows;

	store_rows(f, 0, ROWS);
	assert_int_equal(step(f, &w, &rows), 2);
	w.octets = 2 * SIZE + 1;
	assert_int_equal(step(f, &w, &rows), 3);
	assert_made(&rows.list[2], 4);
	assert_int_equal(step(f, &w, &rows), 0);
	assert_true(w.at_end);
	/* One row is larger than that: it comes all the same. */
	w = (struct store_walk){.max = ROWS, .octets = 1};
	assert_int_equal(step(f, &w, &rows), 1);
}

static void
test_a_walk_takes_what_fits_the_arena(void **state)
{
	struct fixture *f = *state;
	struct arena *small =
		arena_new(sizeof(struct cert_row) * ROWS + 3 * SIZE);
	struct arena *tiny = arena_new(sizeof(struct cert_row) * ROWS + 16);
	struct store_walk w = {.max = ROWS}, before;
	struct cert_rows rows = {0};
	size_t met = 0;

	store_rows(f, 0, ROWS);
	while (!w.at_end) {
		arena_reset(small);
		assert_int_equal(
			store_list_certs(f->r, &w, small, &rows, &f->err),
			STATUS_OK);
		assert_true(rows.count < ROWS);
		for (size_t i = 0; i < rows.count; i++)
			assert_made(&rows.list[i], (uint32_t)met++);
	}
	assert_int_equal(met, ROWS);
	w = before = (struct store_walk){.max = ROWS};
	assert_int_equal(
		store_list_certs(f->r, &w, tiny, &rows, &f->err), STATUS_LIMIT);
	assert_memory_equal(&w, &before, sizeof(w));
	arena_free(small);
	arena_free(tiny);
}

static void
test_a_place_is_kept_and_never_given_again(void **state)
{
	struct fixture *f = *state;
	struct store_walk w = {.max = ROWS};
	struct cert_rows rows;
	struct made m;
	int64_t last;

	store_rows(f, 0, ROWS);
	last = last_place(f);
	/* Replaced: where it was. */
	made_init(&m, 4, 0, SIZE);
	made_change(&m, 7);
	(void)made_store(f, &m);
	assert_int_equal(last_place(f), last);
	assert_int_equal(step(f, &w, &rows), ROWS);
	assert_row(&rows.list[0], &m);
	/* The last one is deleted: the next one comes behind its place. */
	delete_row(f, ROWS - 1);
	store_rows(f, ROWS, 1);
	assert_true(last_place(f) > last);
	w = (struct store_walk){.after = last - 1, .upto = last, .max = 1};
	assert_int_equal(step(f, &w, &rows), 0);
	assert_true(w.at_end);
}

static void
test_a_walk_in_a_snapshot_meets_nothing_newer(void **state)
{
	struct fixture *f = *state;
	struct store_walk w = {.max = ROWS};
	struct cert_rows rows;

	store_rows(f, 0, 2);
	assert_int_equal(session_begin(f->r, &f->err), STATUS_OK);
	assert_int_equal(step(f, &w, &rows), 2);
	store_rows(f, 2, 1);
	w = (struct store_walk){.max = ROWS};
	assert_int_equal(step(f, &w, &rows), 2);
	session_end(f->r);
	assert_int_equal(step(f, &w, &rows), 1);
	assert_made(&rows.list[0], 2);
}

/* ---- changes by place ------------------------------------------------ */

static size_t
places(struct fixture *f, int64_t after, struct change_place *list, size_t max)
{
	size_t n = SIZE_MAX;

	assert_int_equal(store_read_places(f->r, after, list, max, &n, &f->err),
		STATUS_OK);
	return n;
}

static void
test_changes_lead_to_the_places_of_what_changed(void **state)
{
	struct fixture *f = *state;
	struct change_place list[ROWS + 2];
	struct store_walk w = {.max = 1};
	struct cert_rows rows;
	struct made m;

	assert_int_equal(places(f, 0, list, ROWS), 0);
	store_rows(f, 0, ROWS);
	made_init(&m, 4, 1, SIZE);
	made_change(&m, 9);
	assert_int_equal(made_store(f, &m), ROWS + 1);
	assert_int_equal(places(f, 0, list, ROWS + 2), ROWS + 1);
	for (int i = 0; i <= ROWS; i++)
		assert_int_equal(list[i].seq, i + 1);
	assert_int_equal(list[ROWS].place, list[1].place);
	w.after = list[ROWS].place - 1;
	assert_int_equal(step(f, &w, &rows), 1);
	assert_row(&rows.list[0], &m);
	assert_int_equal(w.after, list[ROWS].place);
	/* A few at a time, and only what is behind. */
	assert_int_equal(places(f, 2, list, 2), 2);
	assert_int_equal(list[0].seq, 3);
	assert_int_equal(list[1].seq, 4);
	assert_int_equal(places(f, ROWS + 1, list, 2), 0);
}

static void
test_a_change_outlives_what_was_at_its_place(void **state)
{
	struct fixture *f = *state;
	struct change_place list[2];
	struct store_walk w = {.max = 1};
	struct cert_rows rows;

	store_rows(f, 0, 2);
	delete_row(f, 1);
	assert_int_equal(places(f, 0, list, 2), 2);
	w.after = list[1].place - 1;
	w.upto = list[1].place;
	assert_int_equal(step(f, &w, &rows), 0);
}

static void
test_the_log_starts_with_what_was_not_pruned(void **state)
{
	struct fixture *f = *state;
	int64_t seq = -1, time = -1;
	struct made m;

	assert_int_equal(
		store_log_start(f->r, &seq, &time, &f->err), STATUS_NOT_FOUND);
	assert_int_equal(seq, -1); /* untouched */
	for (uint32_t i = 0; i < ROWS; i++) {
		made_init(&m, 4, i, SIZE);
		m.row.updated = 1000 + i;
		(void)made_store(f, &m);
	}
	assert_int_equal(
		store_log_start(f->r, &seq, &time, &f->err), STATUS_OK);
	assert_int_equal(seq, 1);
	assert_int_equal(time, 1000);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_prune_changes(f->w, 3, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_log_start(f->r, &seq, &time, &f->err), STATUS_OK);
	assert_int_equal(seq, 4);
	assert_int_equal(time, 1003);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_prune_changes(f->w, ROWS, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_log_start(f->r, &seq, &time, &f->err), STATUS_NOT_FOUND);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_walk_meets_each_row_once),
		CASE(test_a_walk_ends_with_the_place_it_was_told),
		CASE(test_a_walk_stops_at_so_many_octets),
		CASE(test_a_walk_takes_what_fits_the_arena),
		CASE(test_a_place_is_kept_and_never_given_again),
		CASE(test_a_walk_in_a_snapshot_meets_nothing_newer),
		CASE(test_changes_lead_to_the_places_of_what_changed),
		CASE(test_a_change_outlives_what_was_at_its_place),
		CASE(test_the_log_starts_with_what_was_not_pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
