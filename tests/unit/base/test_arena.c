#include "../unit.h"

#include <string.h>

#include "base/arena.h"

static void
test_memory_is_zeroed_and_aligned_for_any_type(void **state)
{
	struct arena *a = arena_new(1 << 20);
	size_t size, i;
	uint8_t *p;

	(void)state;
	for (size = 1; size < 600; size++) {
		p = arena_alloc(a, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_free(a);
}

static void
test_pieces_do_not_overlap(void **state)
{
	struct arena *a = arena_new(1 << 20);
	uint8_t *p[300];
	size_t i, j;

	(void)state;
	for (i = 0; i < 300; i++) {
		p[i] = arena_alloc(a, i + 1);
		memset(p[i], (int)(i & 0xff), i + 1);
	}
	for (i = 0; i < 300; i++)
		for (j = 0; j <= i; j++)
			assert_int_equal(p[i][j], i & 0xff);
	arena_free(a);
}

static void
test_cap_is_met_exactly_and_not_passed(void **state)
{
	struct arena *a = arena_new(1024);

	(void)state;
	assert_non_null(arena_alloc(a, 1000));
	assert_non_null(arena_alloc(a, 16));
	assert_int_equal(arena_used(a), 1024);
	assert_null(arena_alloc(a, 1));
	assert_null(arena_alloc(a, 0));
	assert_int_equal(arena_used(a), 1024);
	arena_free(a);
}

static void
test_absurd_sizes_are_refused(void **state)
{
	struct arena *a = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_null(arena_array(a, 3, SIZE_MAX / 2));
	assert_int_equal(arena_used(a), 0);
	arena_free(a);
}

static void
test_size_zero_gives_a_pointer_of_its_own(void **state)
{
	struct arena *a = arena_new(1024);
	void *p = arena_alloc(a, 0), *q = arena_alloc(a, 0);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_ptr_not_equal(p, q);
	arena_free(a);
}

static void
test_reset_gives_all_room_back_and_zeroes(void **state)
{
	struct arena *a = arena_new(100000);
	uint8_t *p;
	int round;
	size_t i;

	(void)state;
	for (round = 0; round < 3; round++) {
		p = arena_alloc(a, 3000);
		assert_non_null(p);
		for (i = 0; i < 3000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xee, 3000);
		assert_non_null(arena_alloc(a, 90000));
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_reset(a);
	arena_free(a);
	arena_free(NULL);
}

static void
test_copies_are_separate_from_their_source(void **state)
{
	struct arena *a = arena_new(1024);
	char text[] = "abc";
	struct bytes copy;
	char *s;

	(void)state;
	assert_ok(arena_copy(a, bytes_of(text), &copy));
	s = arena_str(a, bytes_of(text));
	text[0] = 'X';
	assert_text(copy, "abc");
	assert_string_equal(s, "abc");
	assert_string_equal(arena_str(a, bytes_make(NULL, 0)), "");
	assert_ok(arena_copy(a, bytes_make(NULL, 0), &copy));
	assert_int_equal(copy.len, 0);
	arena_free(a);
}

static void
test_copy_is_untouched_when_the_cap_is_met(void **state)
{
	struct arena *a = arena_new(16);
	struct bytes copy = bytes_of("before");

	(void)state;
	assert_status(arena_copy(a, bytes_of("seventeen octets!"), &copy),
		STATUS_LIMIT);
	assert_text(copy, "before");
	assert_null(arena_str(a, bytes_of("sixteen octets!!")));
	assert_non_null(arena_str(a, bytes_of("fifteen octets!")));
	arena_free(a);
}

static void
test_grown_array_keeps_its_items(void **state)
{
	struct arena *a = arena_new(1 << 20);
	uint32_t *items = NULL;
	void *p = NULL;
	size_t cap = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		assert_ok(arena_grow(a, &p, &cap, i + 1, sizeof *items));
		assert_true(cap > i);
		items = p;
		items[i] = i;
	}
	for (i = 0; i < 5000; i++)
		assert_int_equal(items[i], i);
	/* Doubling, not one by one: else this is 50 MB and the cap is met. */
	assert_true(arena_used(a) < 4 * 5000 * sizeof *items);
	arena_free(a);
}

static void
test_grow_takes_what_is_wanted_if_doubling_does_not_fit(void **state)
{
	struct arena *a = arena_new(256);
	size_t cap = 0;
	void *p = NULL, *before;

	(void)state;
	assert_ok(arena_grow(a, &p, &cap, 8, 10));
	assert_int_equal(cap, 8);
	assert_ok(arena_grow(a, &p, &cap, 9, 10));
	assert_int_equal(cap, 16);
	before = p;
	assert_status(arena_grow(a, &p, &cap, 17, 10), STATUS_LIMIT);
	assert_ptr_equal(p, before);
	assert_int_equal(cap, 16);
	assert_status(arena_grow(a, &p, &cap, SIZE_MAX, 10), STATUS_LIMIT);
	arena_free(a);

	a = arena_new(240);
	p = NULL;
	cap = 0;
	assert_ok(arena_grow(a, &p, &cap, 8, 10));
	assert_ok(arena_grow(a, &p, &cap, 15, 10));
	assert_true(cap == 15 || cap == 16);
	arena_free(a);
}

static void
test_released_arena_holds_nothing_and_goes_on(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_int_equal(arena_held(a), 0);
	assert_non_null(arena_alloc(a, 100));
	assert_non_null(arena_alloc(a, 200000));
	assert_true(arena_held(a) >= 200100);
	arena_release(a);
	assert_int_equal(arena_held(a), 0);
	assert_int_equal(arena_used(a), 0);
	assert_non_null(arena_alloc(a, 100));
	assert_true(arena_held(a) < 10000);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_memory_is_zeroed_and_aligned_for_any_type),
		cmocka_unit_test(test_pieces_do_not_overlap),
		cmocka_unit_test(test_cap_is_met_exactly_and_not_passed),
		cmocka_unit_test(test_absurd_sizes_are_refused),
		cmocka_unit_test(test_size_zero_gives_a_pointer_of_its_own),
		cmocka_unit_test(test_reset_gives_all_room_back_and_zeroes),
		cmocka_unit_test(test_released_arena_holds_nothing_and_goes_on),
		cmocka_unit_test(test_copies_are_separate_from_their_source),
		cmocka_unit_test(test_copy_is_untouched_when_the_cap_is_met),
		cmocka_unit_test(test_grown_array_keeps_its_items),
		cmocka_unit_test(
			test_grow_takes_what_is_wanted_if_doubling_does_not_fit),
	};

	return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
