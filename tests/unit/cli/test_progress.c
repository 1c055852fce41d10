#include "../unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/load_run.h"
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

/* Where a load is said to begin, `waiting` octets of what was handed on being
 * with the threads still. */
static uint64_t
load_is_at(uint64_t upto, uint64_t waiting)
{
	const struct material_file packed = {.read = 50, .unpacked = 100};
	struct load_target target = {.waiting = waiting};
	struct loading l = {
		.target = &target, .file = &packed, .upto = upto, .before = 7};

	progress_start(&l.progress, 1000, true);
	load_show(&l);
	return l.progress.step_from;
}

static void
test_what_is_under_way_is_not_done(void **state)
{
	(void)state;
	assert_int_equal(load_is_at(100, 0), 57);
	assert_int_equal(load_is_at(100, 30), 42);
	assert_int_equal(load_is_at(20, 30), 2);
	assert_int_equal(load_is_at(20, 60), 0);
}

static void
read_back(FILE *to, char *out, size_t size)
{
	size_t n;

	rewind(to);
	n = fread(out, 1, size - 1, to);
	out[n] = '\0';
}

static void
test_a_line_takes_the_bar_away_first(void **state)
{
	struct progress p = {0};
	FILE *to = tmpfile();
	int before = dup(STDERR_FILENO);
	char got[400];

	(void)state;
	assert_non_null(to);
	assert_true(dup2(fileno(to), STDERR_FILENO) >= 0);
	progress_start(&p, 100, false);
	/* As if it were a terminal, and had taken long. */
	p.terminal = true;
	p.start_ms -= 60000;
	p.shown_ms -= 60000;
	progress_step(&p, "load", 50, 100);
	cli_say("a: skipped");
	cli_say("b: skipped");
	progress_end(&p);
	(void)fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	(void)close(before);
	read_back(to, got, sizeof(got));
	(void)fclose(to);
	assert_non_null(strstr(got, " 50% load"));
	assert_non_null(strstr(got, "\033[K\r\033[Kkeypost: a: skipped\n"
				    "keypost: b: skipped\n"));
	assert_string_equal(got + strlen(got) - 9, " skipped\n");
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
		cmocka_unit_test(test_what_is_under_way_is_not_done),
		cmocka_unit_test(test_a_line_takes_the_bar_away_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
