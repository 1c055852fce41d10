/* Tests that were killed leave nothing for ever. */
#include "../unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scratch.h"

/* A process that has ended, and was waited for: nobody has its number. */
static long
dead_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return (long)pid;
}

static void
put(const char *dir, long pid, char *out, size_t size)
{
	char file[300];
	FILE *f;

	snprintf(out, size, "%s/keypost-test.%ld.abcdef", dir, pid);
	assert_int_equal(mkdir(out, 0700), 0);
	snprintf(file, sizeof(file), "%s/file", out);
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
}

static void
test_folders_of_the_dead_go_and_of_the_living_stay(void **state)
{
	char dir[128], dead[256], living[256], other[256];

	(void)state;
	scratch_make(dir, sizeof(dir));
	put(dir, dead_process(), dead, sizeof(dead));
	put(dir, (long)getpid(), living, sizeof(living));
	snprintf(other, sizeof(other), "%s/another.%ld.x", dir, dead_process());
	assert_int_equal(mkdir(other, 0700), 0);
	scratch_remove_stale(dir);
	assert_int_equal(access(dead, F_OK), -1);
	assert_int_equal(access(living, F_OK), 0);
	assert_int_equal(access(other, F_OK), 0);
	scratch_remove(dir);
	assert_int_equal(access(dir, F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_folders_of_the_dead_go_and_of_the_living_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
