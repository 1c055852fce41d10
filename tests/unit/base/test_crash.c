#include "../unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crash.h"

/*
 * A child passes "queued" once and "committed" three times, and says with its
 * exit status how far it came. -1: killed by SIGKILL.
 */
static int
child_came_to(const char *wanted)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int i;

		if (wanted)
			(void)setenv("KEYPOST_CRASH_POINT", wanted, 1);
		else
			(void)unsetenv("KEYPOST_CRASH_POINT");
		crash_point("queued");
		for (i = 0; i < 3; i++)
			crash_point("committed");
		_exit(3);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return -1;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#ifdef CRASH_POINTS
enum { DIES = -1 };
#else
enum { DIES = 3 }; /* not in this build */
#endif

static void
test_only_the_named_point_kills(void **state)
{
	(void)state;
	assert_int_equal(child_came_to(NULL), 3);
	assert_int_equal(child_came_to(""), 3);
	assert_int_equal(child_came_to("commit"), 3);
	assert_int_equal(child_came_to("committed_twice"), 3);
	assert_int_equal(child_came_to("queued"), DIES);
	assert_int_equal(child_came_to("committed"), DIES);
}

static void
test_a_number_counts_arrivals(void **state)
{
	(void)state;
	assert_int_equal(child_came_to("committed:1"), DIES);
	assert_int_equal(child_came_to("committed:3"), DIES);
	assert_int_equal(child_came_to("committed:4"), 3);
	assert_int_equal(child_came_to("queued:2"), 3);
	assert_int_equal(child_came_to("committed:0"), 3);
	assert_int_equal(child_came_to("committed:x"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_named_point_kills),
		cmocka_unit_test(test_a_number_counts_arrivals),
	};

	return cmocka_run_group_tests_name("base/crash", tests, NULL, NULL);
}
