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

static void
test_times_are_written_in_utc(void **state)
{
	(void)state;
	assert_string_equal(clock_utc(0).text, "1970-01-01T00:00:00Z");
	assert_string_equal(clock_utc(1769860799).text, "2026-01-31T11:59:59Z");
	assert_string_equal(clock_utc(4294967295).text, "2106-02-07T06:28:15Z");
	assert_string_equal(clock_utc(-1).text, "1969-12-31T23:59:59Z");
	assert_string_equal(clock_utc(INT64_MAX).text, "");
	assert_string_equal(clock_day(1769860799).text, "2026-01-31");
	assert_string_equal(clock_day(INT64_MAX).text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_monotonic_clock_never_goes_back),
		cmocka_unit_test(test_wall_clock_is_the_systems),
		cmocka_unit_test(
			test_clocks_of_a_test_stand_still_until_undone),
		cmocka_unit_test(test_times_are_written_in_utc),
	};

	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
