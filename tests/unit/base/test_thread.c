/* Promises about a module's thread. */
#include "../unit.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "base/thread.h"

static void *
note_name(void *name)
{
	(void)pthread_getname_np(pthread_self(), name, 16);
	return NULL;
}

static void
test_it_runs_under_its_name_and_is_joined_once(void **state)
{
	struct thread t = {.started = false};
	struct err err = {""};
	char name[16] = "";

	(void)state;
	assert_ok(thread_start(&t, "a-test", note_name, name, &err));
	thread_join(&t);
	assert_string_equal(name, "a-test");
	assert_false(t.started);
	thread_join(&t);
}

static void
test_one_that_was_never_started_is_not_waited_for(void **state)
{
	struct thread t;

	(void)state;
	memset(&t, 0, sizeof(t));
	thread_join(&t);
	assert_false(t.started);
}

static void *
wait_for_it(void *go)
{
	while (!atomic_load((atomic_bool *)go))
		(void)sched_yield();
	return NULL;
}

static void
test_one_that_goes_on_is_left_alone_at_the_deadline(void **state)
{
	struct thread t = {.started = false};
	struct err err = {""};
	atomic_bool go = false;

	(void)state;
	assert_true(thread_join_within(&t, 0));
	assert_ok(thread_start(&t, "a-test", wait_for_it, &go, &err));
	assert_false(thread_join_within(&t, 1));
	assert_true(t.started);
	atomic_store(&go, true);
	assert_true(thread_join_within(&t, 60000));
	assert_false(t.started);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_it_runs_under_its_name_and_is_joined_once),
		cmocka_unit_test(
			test_one_that_was_never_started_is_not_waited_for),
		cmocka_unit_test(
			test_one_that_goes_on_is_left_alone_at_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
