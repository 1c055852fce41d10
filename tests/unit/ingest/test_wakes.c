#include "../unit.h"

#include "ingest/wakes.h"

static void
count(void *ctx)
{
	(*(int *)ctx)++;
}

static void
test_everyone_is_woken_until_dropped(void **state)
{
	int first = 0, second = 0;
	struct wakes w;

	(void)state;
	wakes_init(&w);
	wakes_run(&w);
	wakes_add(&w, count, &first);
	wakes_add(&w, count, &second);
	wakes_run(&w);
	wakes_drop(&w, &first);
	wakes_run(&w);
	wakes_drop(&w, &first); /* none is fine */
	assert_int_equal(first, 1);
	assert_int_equal(second, 2);
	wakes_done(&w);
}

static void
test_a_place_that_was_dropped_is_free_again(void **state)
{
	int n[2 * WAKES_MAX] = {0};
	struct wakes w;

	(void)state;
	wakes_init(&w);
	for (int i = 0; i < 2 * WAKES_MAX; i++) {
		if (i >= WAKES_MAX)
			wakes_drop(&w, &n[i - WAKES_MAX]);
		wakes_add(&w, count, &n[i]);
	}
	wakes_run(&w);
	for (int i = 0; i < 2 * WAKES_MAX; i++)
		assert_int_equal(n[i], i >= WAKES_MAX);
	wakes_done(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everyone_is_woken_until_dropped),
		cmocka_unit_test(test_a_place_that_was_dropped_is_free_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
