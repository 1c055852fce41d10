#include "../unit.h"

#include <time.h>

#include "base/clock.h"

static void
test_monotonic_clock_never_goes_back(void **state)
{
	int64_t last = clock_mono_us(), now;
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		now = clock_mono_us();
		assert_true(now >= last);
		last = now;
	}
	assert_true(clock_mono_ms() >= last / 1000);
}

static void
test_wall_clock_is_the_systems(void **state)
{
	int64_t before = (int64_t)time(NULL), now = clock_wall_s();

	(void)state;
	assert_true(now >= before - 1);
	assert_true(now <= (int64_t)time(NULL) + 1);
}

static void
test_clocks_of_a_test_stand_still_until_undone(void **state)
{
	int64_t real = clock_mono_ms();

	(void)state;
	clock_set_for_test(5, 1000000000);
	assert_int_equal(clock_mono_ms(), 5);
	assert_int_equal(clock_mono_us(), 5000);
	assert_int_equal(clock_wall_s(), 1000000000);
	clock_set_for_test(0, 0);
	assert_int_equal(clock_mono_ms(), 0);
	assert_int_equal(clock_wall_s(), 0);
	clock_set_for_test(-1, 7);
	assert_true(clock_mono_ms() >= real);
	assert_int_equal(clock_wall_s(), 7);
	clock_set_for_test(-1, -1);
	assert_true(clock_wall_s() > 1000000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_monotonic_clock_never_goes_back),
		cmocka_unit_test(test_wall_clock_is_the_systems),
		cmocka_unit_test(
			test_clocks_of_a_test_stand_still_until_undone),
	};

	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
