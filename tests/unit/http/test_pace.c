/*
 * How slow a client may be (reliability section 6), with the time given.
 */

#include "http/server/pace.h"
#include "tests/unit/unit.h"

enum { T0 = 1000000 };

static struct pace p;

static int
setup(void **state)
{
	(void)state;
	pace_init(&p, T0);
	return 0;
}

static void
breaks(int64_t now, uint64_t taken, const char *rule)
{
	const char *got = pace_broken(&p, now, taken);

	if (rule == NULL)
		assert_null(got);
	else
		assert_string_equal(got == NULL ? "none" : got, rule);
}

static void
test_head_has_ten_seconds_from_accept(void **state)
{
	(void)state;
	breaks(T0 + 10000, 0, NULL);
	breaks(T0 + 10001, 0, "head");
}

static void
test_each_request_has_its_own_head_time(void **state)
{
	(void)state;
	pace_enter(&p, PACE_IDLE, T0 + 9000);
	pace_enter(&p, PACE_HEAD, T0 + 20000);
	breaks(T0 + 30000, 0, NULL);
	breaks(T0 + 30001, 0, "head");
}

static void
test_idle_ends_after_fifteen_seconds(void **state)
{
	(void)state;
	pace_enter(&p, PACE_IDLE, T0);
	breaks(T0 + 15000, 0, NULL);
	breaks(T0 + 15001, 0, "idle");
}

static void
test_body_must_come_at_a_kibibyte_a_second_after_grace(void **state)
{
	(void)state;
	pace_enter(&p, PACE_BODY, T0);
	breaks(T0 + 10000, 0, NULL);
	breaks(T0 + 12000, 0, "body");
	pace_add_octets(&p, 2048);
	breaks(T0 + 12000, 0, NULL);
	breaks(T0 + 13000, 0, "body");
	pace_add_octets(&p, 1024);
	breaks(T0 + 13000, 0, NULL);
}

static void
test_whole_request_has_two_minutes(void **state)
{
	(void)state;
	pace_enter(&p, PACE_BODY, T0 + 5000);
	pace_add_octets(&p, 1 << 30);
	breaks(T0 + 120000, 0, NULL);
	breaks(T0 + 120001, 0, "request");
}

static void
test_waiting_for_us_is_never_the_clients_fault(void **state)
{
	(void)state;
	pace_enter(&p, PACE_WAIT, T0);
	breaks(T0 + 3600000, 0, NULL);
}

static void
test_reply_must_be_taken_at_a_kibibyte_a_second(void **state)
{
	(void)state;
	pace_enter(&p, PACE_REPLY, T0);
	breaks(T0 + 100, 5000, NULL); /* what earlier replies took */
	breaks(T0 + 10000, 5000, NULL);
	breaks(T0 + 12000, 5000 + 2048, NULL);
	breaks(T0 + 12000, 5000 + 2047, "reply");
	breaks(T0 + 300000, 1 << 30, NULL);
	breaks(T0 + 300001, 1 << 30, "reply");
}

static void
test_next_reply_starts_with_a_new_count(void **state)
{
	(void)state;
	pace_enter(&p, PACE_REPLY, T0);
	breaks(T0 + 1000, 0, NULL);
	pace_enter(&p, PACE_REPLY, T0 + 5000);
	breaks(T0 + 6000, 9000, NULL);
	breaks(T0 + 5000 + 12000, 9000 + 2048, NULL);
	breaks(T0 + 5000 + 12000, 9000 + 2000, "reply");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			test_head_has_ten_seconds_from_accept, setup),
		cmocka_unit_test_setup(
			test_each_request_has_its_own_head_time, setup),
		cmocka_unit_test_setup(
			test_idle_ends_after_fifteen_seconds, setup),
		cmocka_unit_test_setup(
			test_body_must_come_at_a_kibibyte_a_second_after_grace,
			setup),
		cmocka_unit_test_setup(
			test_whole_request_has_two_minutes, setup),
		cmocka_unit_test_setup(
			test_waiting_for_us_is_never_the_clients_fault, setup),
		cmocka_unit_test_setup(
			test_reply_must_be_taken_at_a_kibibyte_a_second, setup),
		cmocka_unit_test_setup(
			test_next_reply_starts_with_a_new_count, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
