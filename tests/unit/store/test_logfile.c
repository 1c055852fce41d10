/* The writer's log, joined into large writes: nothing is held back that
 * somebody may ask for, and no failure is swallowed. */
#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "store/sqlite/logfile.h"
#include "vfs_file.h"

enum { LOG = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE };

static int
set_up(void **state)
{
	return vfs_file_set_up(state, logfile_vfs());
}

static void
put(struct vfs_file *f, const char *text, int64_t at)
{
	vfs_file_write(f, text, (int)strlen(text), at);
}

static void
test_writes_in_a_row_reach_the_file_with_the_flush(void **state)
{
	struct vfs_file *f = *state;
	char got[10];

	vfs_file_open(f, f->path, LOG);
	put(f, "head", 0);
	put(f, " page", 4);
	assert_int_equal(vfs_file_size_on_disk(f), 0);
	vfs_file_flush(f);
	assert_int_equal(vfs_file_size_on_disk(f), 9);
	vfs_file_read(f, got, 9, 0);
	assert_memory_equal(got, "head page", 9);
}

static void
test_read_sees_what_was_written(void **state)
{
	struct vfs_file *f = *state;
	char got[4];

	vfs_file_open(f, f->path, LOG);
	put(f, "head", 0);
	vfs_file_read(f, got, 4, 0);
	assert_memory_equal(got, "head", 4);
}

static void
test_size_and_truncation_count_what_was_written(void **state)
{
	struct vfs_file *f = *state;
	vfs_file_open(f, f->path, LOG);
	put(f, "head", 0);
	assert_int_equal(vfs_file_size(f), 4);
	put(f, " page", 4);
	vfs_file_cut(f, 2);
	assert_int_equal(vfs_file_size_on_disk(f), 2);
}

static void
test_write_elsewhere_keeps_the_order(void **state)
{
	struct vfs_file *f = *state;
	char got[5];

	vfs_file_open(f, f->path, LOG);
	put(f, "older", 0);
	put(f, "new", 0);
	vfs_file_read(f, got, 5, 0);
	assert_memory_equal(got, "newer", 5);
}

static void
test_more_than_the_buffer_arrives_whole(void **state)
{
	struct vfs_file *f = *state;
	char *big = xcalloc(1, 200001), *got = xcalloc(1, 200001);
	int64_t at;
	size_t i;

	for (i = 0; i < 200000; i++)
		big[i] = (char)('a' + i * 7 % 26);
	vfs_file_open(f, f->path, LOG);
	for (at = 0; at < 100000; at += 1000)
		vfs_file_write(f, big + at, 1000, at);
	put(f, big + at, at); /* at once */
	vfs_file_read(f, got, 200000, 0);
	assert_memory_equal(got, big, 200000);
	free(big);
	free(got);
}

static void
test_close_passes_on_the_rest(void **state)
{
	struct vfs_file *f = *state;

	vfs_file_open(f, f->path, LOG);
	put(f, "head", 0);
	vfs_file_close(f);
	assert_int_equal(vfs_file_size_on_disk(f), 4);
}

static void
test_flush_tells_of_a_full_disk(void **state)
{
	struct vfs_file *f = *state;
	static const char full[] = "/dev/full\0";

	vfs_file_open(f, full, LOG);
	put(f, "head", 0);
	assert_int_equal(f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL),
		SQLITE_FULL);
}

static void
test_database_itself_is_not_held_back(void **state)
{
	struct vfs_file *f = *state;

	vfs_file_open(f, f->path, SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE);
	put(f, "page", 0);
	assert_int_equal(vfs_file_size_on_disk(f), 4);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, vfs_file_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_writes_in_a_row_reach_the_file_with_the_flush),
		CASE(test_read_sees_what_was_written),
		CASE(test_size_and_truncation_count_what_was_written),
		CASE(test_write_elsewhere_keeps_the_order),
		CASE(test_more_than_the_buffer_arrives_whole),
		CASE(test_close_passes_on_the_rest),
		CASE(test_flush_tells_of_a_full_disk),
		CASE(test_database_itself_is_not_held_back),
	};

	return cmocka_run_group_tests_name("logfile", tests, NULL, NULL);
}
