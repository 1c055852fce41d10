/* Promises about a module's thread. */
#include "../unit.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_it_runs_under_its_name_and_is_joined_once),
		cmocka_unit_test(
			test_one_that_was_never_started_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
