/* Rows that are kept in memory (recent.h). */
#include "../unit.h"

#include <stdlib.h>

#include "backend.h"
#include "store/sqlite/db.h"

enum { MEMORY = RECENT_RINGS * 128 * 1024, SIZE = 1000 };

struct kept {
	struct recent *recent;
	struct arena *arena;
	struct cert_row found;
	unsigned int turn;
};

static int
kept_setup(void **state)
{
	struct kept *k = xcalloc(1, sizeof(*k));

	k->recent = recent_new(MEMORY);
	k->arena = arena_new(1 << 20);
	*state = k;
	return 0;
}

static int
kept_teardown(void **state)
{
	struct kept *k = *state;

	recent_free(k->recent);
	arena_free(k->arena);
	free(k);
	return 0;
}

static struct handle
handle_for(const struct made *m)
{
	struct handle h;

	handle_of(&m->row.id.fpr, &h);
	return h;
}

static bool
find(struct kept *k, const struct made *m)
{
	struct handle h = handle_for(m);

	arena_reset(k->arena);
	return recent_find(k->recent, &h, &k->turn, k->arena, &k->found) ==
	       RECENT_ROW;
}

static void
keep(struct kept *k, const struct made *m)
{
	struct handle h = handle_for(m);

	recent_keep(k->recent, &h, k->turn, &m->row);
}

/* As a commit does that wrote this one. */
static void
end(struct kept *k, const struct made *m)
{
	struct recent_marks marks = {0};
	struct handle h = handle_for(m);

	recent_mark(&marks, bytes_make(h.octets, h.len));
	recent_end_marked(k->recent, &marks);
}

static void
test_row_is_found_whole_after_it_was_kept(void **state)
{
	struct kept *k = *state;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	assert_false(find(k, &m));
	keep(k, &m);
	assert_true(find(k, &m));
	assert_row(&k->found, &m);
}

static void
test_key_id_is_another_handle_than_the_fingerprint(void **state)
{
	struct kept *k = *state;
	struct handle h;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	handle_of_key_id(m.row.key_id, HANDLE_KEY_ID, &h);
	(void)find(k, &m);
	keep(k, &m);
	assert_false(recent_find(k->recent, &h, &k->turn, k->arena, &k->found));
}

static void
test_commit_ends_what_it_wrote_and_leaves_others(void **state)
{
	struct kept *k = *state;
	struct made m, other;

	made_init(&m, 4, 1, SIZE);
	made_init(&other, 4, 2, SIZE);
	(void)find(k, &m);
	keep(k, &m);
	(void)find(k, &other);
	keep(k, &other);
	end(k, &m);
	assert_false(find(k, &m));
	assert_true(find(k, &other));
	recent_end_all(k->recent);
	assert_false(find(k, &other));
}

static void
test_marks_of_one_commit_do_not_end_what_is_kept_after_it(void **state)
{
	struct kept *k = *state;
	struct recent_marks marks = {0};
	struct handle h;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	h = handle_for(&m);
	recent_mark(&marks, bytes_make(h.octets, h.len));
	recent_end_marked(k->recent, &marks);
	(void)find(k, &m);
	keep(k, &m);
	recent_end_marked(k->recent, &marks);
	assert_true(find(k, &m));
}

static void
test_row_read_before_a_commit_is_not_found_after_it(void **state)
{
	struct kept *k = *state;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	assert_false(find(k, &m));
	end(k, &m); /* while it was being looked for */
	keep(k, &m);
	assert_false(find(k, &m));
	keep(k, &m);
	assert_true(find(k, &m));
}

static void
test_newer_row_takes_the_place_of_the_older_one(void **state)
{
	struct kept *k = *state;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	(void)find(k, &m);
	keep(k, &m);
	end(k, &m);
	made_change(&m, 7);
	assert_false(find(k, &m));
	keep(k, &m);
	assert_true(find(k, &m));
	assert_row(&k->found, &m);
}

static void
test_rows_beyond_its_memory_push_out_those_kept_first(void **state)
{
	enum { FIT = MEMORY / (SIZE + 512), MANY = 20 * FIT };
	struct kept *k = *state;
	struct made m;
	uint32_t i;
	size_t found = 0;

	for (i = 0; i < MANY; i++) {
		made_init(&m, 4, i, SIZE - i % 100);
		(void)find(k, &m);
		keep(k, &m);
		/* The newest is always there. */
		assert_true(find(k, &m));
	}
	for (i = 0; i < MANY; i++) {
		made_init(&m, 4, i, SIZE - i % 100);
		if (!find(k, &m))
			continue;
		assert_row(&k->found, &m);
		assert_true(i > MANY - 2 * FIT);
		found++;
	}
	/* Octets of the rows alone never exceed it, and mostly fill it. */
	assert_in_range(found, FIT / 2, MEMORY / (SIZE - 100));
}

static void
test_row_larger_than_its_share_is_not_kept(void **state)
{
	enum {
		MOST = MEMORY / RECENT_RINGS / RECENT_RING_SHARE -
		       sizeof(struct cert_row)
	};
	struct kept *k = *state;
	struct made m;

	made_init(&m, 4, 1, MOST);
	(void)find(k, &m);
	keep(k, &m);
	assert_true(find(k, &m));
	assert_row(&k->found, &m);
	made_init(&m, 4, 2, MOST + 1);
	(void)find(k, &m);
	keep(k, &m);
	assert_false(find(k, &m));
}

static void
test_absence_is_known_until_a_commit_brings_the_key(void **state)
{
	struct kept *k = *state;
	struct handle h;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	h = handle_for(&m);
	assert_false(find(k, &m));
	recent_keep(k->recent, &h, k->turn, NULL);
	assert_int_equal(
		recent_find(k->recent, &h, &k->turn, k->arena, &k->found),
		RECENT_NONE);
	end(k, &m);
	assert_int_equal(
		recent_find(k->recent, &h, &k->turn, k->arena, &k->found),
		RECENT_UNKNOWN);
	keep(k, &m);
	assert_true(find(k, &m));
}

static void
test_full_arena_finds_nothing(void **state)
{
	struct kept *k = *state;
	struct arena *small = arena_new(SIZE - 1);
	struct handle h;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	h = handle_for(&m);
	(void)find(k, &m);
	keep(k, &m);
	assert_int_equal(recent_find(k->recent, &h, &k->turn, small, &k->found),
		RECENT_UNKNOWN);
	arena_free(small);
}

#define KEPT(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kept_setup, kept_teardown)
int
main(void)
{
	const struct CMUnitTest tests[] = {
		KEPT(test_row_is_found_whole_after_it_was_kept),
		KEPT(test_key_id_is_another_handle_than_the_fingerprint),
		KEPT(test_commit_ends_what_it_wrote_and_leaves_others),
		KEPT(test_marks_of_one_commit_do_not_end_what_is_kept_after_it),
		KEPT(test_row_read_before_a_commit_is_not_found_after_it),
		KEPT(test_newer_row_takes_the_place_of_the_older_one),
		KEPT(test_rows_beyond_its_memory_push_out_those_kept_first),
		KEPT(test_row_larger_than_its_share_is_not_kept),
		KEPT(test_absence_is_known_until_a_commit_brings_the_key),
		KEPT(test_full_arena_finds_nothing),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
