#include "../unit.h"

#include "cli/progress.h"

static void
says(const char *want, const char *unit, double rate, uint64_t left)
{
	char got[128];

	progress_write_pace(unit, rate, left, got, sizeof(got));
	assert_string_equal(got, want);
}

static void
test_a_rate_of_octets_is_one_of_kilobytes_or_megabytes(void **state)
{
	(void)state;
	says(", 49.7 MB/s, 0:13 left", NULL, 49670786, 650000000);
	says(", 1.0 MB/s", NULL, 1e6, 0);
	says(", 512 kB/s, 1:00 left", NULL, 512000, 30720000);
}

static void
test_any_other_has_its_unit(void **state)
{
	(void)state;
	says(", 14375 certificates/s, 0:02 left", "certificates", 14375, 30000);
}

static void
test_hours_are_told_as_hours(void **state)
{
	(void)state;
	says(", 1 certificates/s, 59:59 left", "certificates", 1, 3599);
	says(", 1 certificates/s, 1:00:00 left", "certificates", 1, 3600);
	says(", 2 certificates/s, 833:20:00 left", "certificates", 2, 6000000);
}

static void
is_at(const char *want, const char *unit, uint64_t done, uint64_t total)
{
	char got[128];

	progress_write_amount(unit, done, total, got, sizeof(got));
	assert_string_equal(got, want);
}

static void
test_how_far_it_is_is_told_in_units_that_people_read(void **state)
{
	(void)state;
	is_at(": 3.1 of 15.4 GB", NULL, 3100000000, 15400000000);
	is_at(": 0.0 of 133.7 MB", NULL, 12, 133684704);
	is_at(": 0.5 of 1.2 kB", NULL, 512, 1200);
	is_at(": 0.2 of 0.9 kB", NULL, 200, 900);
	is_at(": 8.4 MB", NULL, 8387182, 0);
	is_at(": 300 of 1000 rows", "rows", 300, 1000);
	is_at(": 12 rows", "rows", 12, 0);
	is_at("", NULL, 0, 0);
}

static void
test_no_rate_is_no_news(void **state)
{
	(void)state;
	says("", NULL, 0, 12);
	says("", "certificates", 0.9, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_rate_of_octets_is_one_of_kilobytes_or_megabytes),
		cmocka_unit_test(test_any_other_has_its_unit),
		cmocka_unit_test(test_hours_are_told_as_hours),
		cmocka_unit_test(
			test_how_far_it_is_is_told_in_units_that_people_read),
		cmocka_unit_test(test_no_rate_is_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
