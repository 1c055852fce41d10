/* Who may open a store: lock, owner, file system (reliability S2, S5). */
#include "../unit.h"

#include <string.h>

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scratch.h"
#include "backend.h"
#include "store/sqlite/folder.h"

static mode_t
mode_of(const char *folder, const char *name)
{
	char path[512];
	struct stat sb;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(stat(path, &sb), 0);
	return sb.st_mode & 0777;
}

static void
test_second_writer_in_this_process_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *second = NULL;
	char owner[32];

	assert_int_equal(
		store_open(&f->settings, &second, &f->err), STATUS_REJECTED);
	assert_null(second);
	(void)snprintf(owner, sizeof(owner), "process %ld", (long)getpid());
	assert_non_null(strstr(f->err.text, owner));
	assert_non_null(strstr(f->err.text, "write.lock"));
}

static void
test_second_writer_in_another_process_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit((int)store_open(&f->settings, &second, NULL));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS_REJECTED);
}

static void
test_lock_is_free_after_close(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	fixture_open(f);
	assert_non_null(f->store);
}

static void
test_folder_and_files_are_the_owners_alone(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mode_of(f->where, "."), 0700);
	assert_int_equal(mode_of(f->where, "keypost.db"), 0600);
	assert_int_equal(mode_of(f->where, "keypost.db-wal"), 0600);
	assert_int_equal(mode_of(f->where, "keypost.db-shm"), 0600);
	assert_int_equal(mode_of(f->where, "write.lock"), 0600);
}

static void
test_missing_folder_is_made_and_a_wide_one_narrowed(void **state)
{
	struct fixture *f = *state;
	char where[512];

	(void)snprintf(where, sizeof(where), "%s/new", f->where);
	assert_int_equal(folder_prepare(where, false, &f->err), STATUS_OK);
	assert_int_equal(mode_of(f->where, "new"), 0700);
	assert_int_equal(chmod(where, 0755), 0);
	assert_int_equal(folder_prepare(where, false, &f->err), STATUS_OK);
	assert_int_equal(mode_of(f->where, "new"), 0700);
	assert_int_equal(rmdir(where), 0);
}

static void
test_folder_shared_by_all_is_refused(void **state)
{
	struct fixture *f = *state;
	char where[512];

	(void)snprintf(where, sizeof(where), "%s/all", f->where);
	assert_int_equal(mkdir(where, 0700), 0);
	assert_int_equal(chmod(where, 01777), 0);
	assert_int_equal(
		folder_prepare(where, false, &f->err), STATUS_REJECTED);
	assert_int_equal(mode_of(f->where, "all"), 0777);
	assert_int_equal(rmdir(where), 0);
}

static void
test_file_in_place_of_folder_is_refused(void **state)
{
	struct fixture *f = *state;
	char where[512];

	(void)snprintf(where, sizeof(where), "%s/keypost.db", f->where);
	assert_int_equal(
		folder_prepare(where, false, &f->err), STATUS_REJECTED);
}

static void
test_network_file_systems_are_known(void **state)
{
	static const uint64_t network[] = {
		0x6969, 0xFF534D42, 0xFE534D42, 0x01021997, 0x65735546};
	static const uint64_t local[] = {
		0xEF53, 0x58465342, 0x9123683E, 0x01021994, 0x2FC12FC1};
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		assert_true(folder_type_is_network(network[i]));
		assert_false(folder_type_is_network(local[i]));
	}
	/* Where f_type is a signed 32-bit number. */
	assert_true(folder_type_is_network(0xFFFFFFFFFF534D42u));
}

static void
test_reading_where_there_is_no_store_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_settings settings = {.read_only = true};
	struct store *s;
	char where[256];

	scratch_make(where, sizeof(where));
	settings.where = where;
	assert_int_equal(store_open(&settings, &s, &f->err), STATUS_NOT_FOUND);
	assert_int_equal(rmdir(where), 0); /* nothing was made in it */
	assert_int_equal(store_open(&settings, &s, &f->err), STATUS_NOT_FOUND);
}

static void
test_address_of_another_backend_is_refused(void **state)
{
	struct store_settings settings = {.where = (char[]){"other://host/db"}};
	struct store *s;
	struct err err;

	(void)state;
	assert_int_equal(store_open(&settings, &s, &err), STATUS_REJECTED);
	assert_non_null(strstr(err.text, "other://host/db"));
}

static void
test_little_free_space_stops_writing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_check_space(f->w, &f->err), STATUS_OK);
	fixture_close(f);
	f->settings.disk_reserve = INT64_MAX;
	fixture_open(f);
	assert_int_equal(store_check_space(f->w, &f->err), STATUS_BUSY);
	assert_non_null(strstr(f->err.text, "disk_reserve"));
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_second_writer_in_this_process_is_refused),
		CASE(test_second_writer_in_another_process_is_refused),
		CASE(test_lock_is_free_after_close),
		CASE(test_folder_and_files_are_the_owners_alone),
		CASE(test_missing_folder_is_made_and_a_wide_one_narrowed),
		CASE(test_folder_shared_by_all_is_refused),
		CASE(test_file_in_place_of_folder_is_refused),
		CASE(test_network_file_systems_are_known),
		CASE(test_reading_where_there_is_no_store_is_refused),
		cmocka_unit_test(test_address_of_another_backend_is_refused),
		CASE(test_little_free_space_stops_writing),
	};

	return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
