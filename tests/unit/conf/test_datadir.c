#include "../unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "conf/datadir.h"

static char top[64];

static int
setup(void **state)
{
	(void)state;
	scratch_make(top, sizeof(top));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_remove(top);
	return 0;
}

static const char *
below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static struct identity
ourselves(void)
{
	struct identity id = {.uid = geteuid(), .gid = getegid()};

	return id;
}

static void
test_a_missing_folder_is_made_with_its_parents(void **state)
{
	struct identity id = ourselves();
	struct stat sb;
	struct err err;

	(void)state;
	assert_ok(datadir_make(below("a/b"), &id, &err));
	assert_int_equal(stat(below("a/b"), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0700);
	assert_ok(datadir_make(below("a/b"), &id, &err));
	assert_ok(datadir_prepare(below("a/b"), &id, &err));
}

static void
test_an_open_folder_is_closed_to_others(void **state)
{
	struct identity id = ourselves();
	struct stat sb;
	struct err err;

	(void)state;
	assert_int_equal(mkdir(below("a"), 0755), 0);
	assert_int_equal(chmod(below("a"), 0755), 0);
	assert_ok(datadir_prepare(below("a"), &id, &err));
	assert_int_equal(stat(below("a"), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0700);
}

static void
test_a_folder_of_somebody_else_is_refused_by_name(void **state)
{
	struct identity id = ourselves();
	struct err err = {""};

	(void)state;
	assert_int_equal(mkdir(below("a"), 0700), 0);
	id.uid++;
	assert_status(datadir_prepare(below("a"), &id, &err), STATUS_REJECTED);
	assert_non_null(strstr(err.text, below("a")));
	assert_non_null(strstr(err.text, "another user"));
}

static void
test_a_file_in_its_place_is_refused(void **state)
{
	struct identity id = ourselves();
	struct err err = {""};

	(void)state;
	assert_status(datadir_prepare("/dev/null", &id, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "/dev/null"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_missing_folder_is_made_with_its_parents, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_an_open_folder_is_closed_to_others, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_a_folder_of_somebody_else_is_refused_by_name,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_file_in_its_place_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
