#include "../unit.h"

#include <string.h>

#include "base/clock.h"
#include "daemon/heart.h"

struct named {
	size_t count;
	char last[HEART_NAME_MAX];
	int64_t silent_ms;
};

static void
name_late(void *ctx, const char *thread, int64_t silent_ms)
{
	struct named *n = ctx;

	n->count++;
	n->silent_ms = silent_ms;
	strcpy(n->last, thread);
}

static void
test_a_thread_that_beats_is_never_named(void **state)
{
	struct heart *h = heart_new();
	struct named n = {0};

	(void)state;
	for (int64_t t = 1; t < 10; t++) {
		clock_set_for_test(t * (HEART_LIMIT_MS - 1), 0);
		assert_true(heart_check(h, name_late, &n));
		heart_beat(h, "writer");
		assert_true(heart_check(h, name_late, &n));
	}
	assert_int_equal(n.count, 0);
	heart_free(h);
	clock_set_for_test(-1, -1);
}

static void
test_a_silent_thread_is_named_once_and_starves_the_watchdog(void **state)
{
	struct heart *h = heart_new();
	struct named n = {0};

	(void)state;
	clock_set_for_test(1000, 0);
	heart_beat(h, "writer");
	heart_beat(h, "inbox");
	clock_set_for_test(1000 + HEART_LIMIT_MS - 1, 0);
	heart_beat(h, "inbox");
	assert_true(heart_check(h, name_late, &n));
	clock_set_for_test(1000 + HEART_LIMIT_MS, 0);
	assert_false(heart_check(h, name_late, &n));
	assert_false(heart_check(h, name_late, &n));
	assert_int_equal(n.count, 1);
	assert_string_equal(n.last, "writer");
	assert_int_equal(n.silent_ms, HEART_LIMIT_MS);
	heart_beat(h, "writer");
	assert_true(heart_check(h, name_late, &n));
	heart_free(h);
	clock_set_for_test(-1, -1);
}

static void
test_a_thread_that_was_forgotten_may_be_silent(void **state)
{
	struct heart *h = heart_new();
	struct named n = {0};

	(void)state;
	clock_set_for_test(1000, 0);
	heart_beat(h, "courier");
	heart_forget(h, "courier");
	clock_set_for_test(1000 + 2 * HEART_LIMIT_MS, 0);
	assert_true(heart_check(h, name_late, &n));
	heart_free(h);
	clock_set_for_test(-1, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_thread_that_beats_is_never_named),
		cmocka_unit_test(
			test_a_silent_thread_is_named_once_and_starves_the_watchdog),
		cmocka_unit_test(
			test_a_thread_that_was_forgotten_may_be_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
