/* The writer's log, joined into large writes: nothing is held back that
 * somebody may ask for, and no failure is swallowed. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "store/sqlite/logfile.h"

enum { LOG = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE };

struct fixture {
	char folder[64];
	char path[96]; /* ends with two NULs, and has no '-': as SQLite asks */
	sqlite3_vfs *vfs;
	sqlite3_file *file;
};

static int
set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");
	int made;

	(void)snprintf(f->folder, sizeof(f->folder), "%s/kplog.XXXXXX",
		tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, sizeof(f->path) - 1, "%s/log", f->folder);
	made = creat(f->path, 0600);
	assert_true(made >= 0);
	(void)close(made);
	f->vfs = sqlite3_vfs_find(logfile_vfs());
	assert_non_null(f->vfs);
	f->file = xcalloc(1, (size_t)f->vfs->szOsFile);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->file->pMethods != NULL)
		(void)f->file->pMethods->xClose(f->file);
	(void)unlink(f->path);
	(void)rmdir(f->folder);
	free(f->file);
	free(f);
	return 0;
}

static void
open_log(struct fixture *f, const char *path)
{
	int flags;

	assert_int_equal(
		f->vfs->xOpen(f->vfs, path, f->file, LOG, &flags), SQLITE_OK);
}

static int
put(struct fixture *f, const char *text, int64_t at)
{
	return f->file->pMethods->xWrite(f->file, text, (int)strlen(text), at);
}

/* What everybody else sees. */
static int64_t
size_on_disk(const struct fixture *f)
{
	struct stat sb;

	assert_int_equal(stat(f->path, &sb), 0);
	return (int64_t)sb.st_size;
}

static void
test_writes_in_a_row_reach_the_file_with_the_flush(void **state)
{
	struct fixture *f = *state;
	char got[10];

	open_log(f, f->path);
	assert_int_equal(put(f, "head", 0), SQLITE_OK);
	assert_int_equal(put(f, " page", 4), SQLITE_OK);
	assert_int_equal(size_on_disk(f), 0);
	assert_int_equal(f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL),
		SQLITE_OK);
	assert_int_equal(size_on_disk(f), 9);
	assert_int_equal(
		f->file->pMethods->xRead(f->file, got, 9, 0), SQLITE_OK);
	assert_memory_equal(got, "head page", 9);
}

static void
test_read_sees_what_was_written(void **state)
{
	struct fixture *f = *state;
	char got[4];

	open_log(f, f->path);
	assert_int_equal(put(f, "head", 0), SQLITE_OK);
	assert_int_equal(
		f->file->pMethods->xRead(f->file, got, 4, 0), SQLITE_OK);
	assert_memory_equal(got, "head", 4);
}

static void
test_size_and_truncation_count_what_was_written(void **state)
{
	struct fixture *f = *state;
	sqlite3_int64 size;

	open_log(f, f->path);
	assert_int_equal(put(f, "head", 0), SQLITE_OK);
	assert_int_equal(
		f->file->pMethods->xFileSize(f->file, &size), SQLITE_OK);
	assert_int_equal(size, 4);
	assert_int_equal(put(f, " page", 4), SQLITE_OK);
	assert_int_equal(f->file->pMethods->xTruncate(f->file, 2), SQLITE_OK);
	assert_int_equal(size_on_disk(f), 2);
}

static void
test_write_elsewhere_keeps_the_order(void **state)
{
	struct fixture *f = *state;
	char got[5];

	open_log(f, f->path);
	assert_int_equal(put(f, "older", 0), SQLITE_OK);
	assert_int_equal(put(f, "new", 0), SQLITE_OK);
	assert_int_equal(
		f->file->pMethods->xRead(f->file, got, 5, 0), SQLITE_OK);
	assert_memory_equal(got, "newer", 5);
}

static void
test_more_than_the_buffer_arrives_whole(void **state)
{
	struct fixture *f = *state;
	char *big = xcalloc(1, 200001), *got = xcalloc(1, 200001);
	int64_t at;
	size_t i;

	for (i = 0; i < 200000; i++)
		big[i] = (char)('a' + i * 7 % 26);
	open_log(f, f->path);
	for (at = 0; at < 100000; at += 1000)
		assert_int_equal(
			f->file->pMethods->xWrite(f->file, big + at, 1000, at),
			SQLITE_OK);
	assert_int_equal(put(f, big + at, at), SQLITE_OK); /* at once */
	assert_int_equal(
		f->file->pMethods->xRead(f->file, got, 200000, 0), SQLITE_OK);
	assert_memory_equal(got, big, 200000);
	free(big);
	free(got);
}

static void
test_close_passes_on_the_rest(void **state)
{
	struct fixture *f = *state;

	open_log(f, f->path);
	assert_int_equal(put(f, "head", 0), SQLITE_OK);
	assert_int_equal(f->file->pMethods->xClose(f->file), SQLITE_OK);
	f->file->pMethods = NULL;
	assert_int_equal(size_on_disk(f), 4);
}

static void
test_flush_tells_of_a_full_disk(void **state)
{
	struct fixture *f = *state;
	static const char full[] = "/dev/full\0";

	open_log(f, full);
	assert_int_equal(put(f, "head", 0), SQLITE_OK);
	assert_int_equal(f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL),
		SQLITE_FULL);
}

static void
test_database_itself_is_not_held_back(void **state)
{
	struct fixture *f = *state;
	int flags;

	assert_int_equal(
		f->vfs->xOpen(f->vfs, f->path, f->file,
			SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE, &flags),
		SQLITE_OK);
	assert_int_equal(put(f, "page", 0), SQLITE_OK);
	assert_int_equal(size_on_disk(f), 4);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
