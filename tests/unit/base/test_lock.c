/* Promises about conditions with a deadline. */
#include "../unit.h"

#include <errno.h>

#include "base/clock.h"
#include "base/lock.h"

static int64_t
ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
test_a_deadline_is_so_far_away_and_a_time_of_the_clock(void **state)
{
	static const int64_t waits[] = {0, 1, 999, 1000, 1001, 86400999};

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct timespec before = lock_until(0);
		struct timespec end = lock_until(waits[i]);
		struct timespec after = lock_until(0);

		assert_in_range(end.tv_nsec, 0, 999999999);
		assert_true(ns_of(end) >= ns_of(before) + waits[i] * 1000000);
		assert_true(ns_of(end) <= ns_of(after) + waits[i] * 1000000);
	}
}

static void
test_a_condition_gives_up_at_its_deadline_and_not_before(void **state)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond;
	struct timespec end;
	int rc = 0;

	(void)state;
	lock_cond_init(&cond);
	end = lock_until(5);
	lock_must(pthread_mutex_lock(&lock));
	while (rc == 0)
		rc = pthread_cond_timedwait(&cond, &lock, &end);
	lock_must(pthread_mutex_unlock(&lock));
	assert_int_equal(rc, ETIMEDOUT);
	assert_true(ns_of(lock_until(0)) >= ns_of(end));
	lock_must(pthread_cond_destroy(&cond));
}

static void
test_a_clock_that_a_test_has_set_ends_no_wait(void **state)
{
	struct timespec before = lock_until(0), after;

	(void)state;
	clock_set_for_test(1, 1);
	after = lock_until(0);
	clock_set_for_test(-1, -1);
	assert_true(ns_of(after) >= ns_of(before));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_deadline_is_so_far_away_and_a_time_of_the_clock),
		cmocka_unit_test(
			test_a_condition_gives_up_at_its_deadline_and_not_before),
		cmocka_unit_test(test_a_clock_that_a_test_has_set_ends_no_wait),
	};

	return cmocka_run_group_tests_name("base/lock", tests, NULL, NULL);
}
