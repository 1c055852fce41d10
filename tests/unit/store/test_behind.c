/* The file of a bulk load, written by a thread: whoever reads, measures, cuts
 * or flushes it finds what was written, and no failure is swallowed. */
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

#include "store/sqlite/behind.h"
#include "store/sqlite/behind_queue.h"

enum {
	DATABASE = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE,
	PAGE = 8192,
	PAGES = 700, /* more than all blocks hold */
	ROUNDS = 3
};

struct fixture {
	char folder[64];
	char path[96]; /* ends with two NULs, and has no '-': as SQLite asks */
	sqlite3_vfs *vfs;
	sqlite3_file *file;
	uint8_t *want; /* what the file is to be */
};

static void
open_as(struct fixture *f, const char *path, int flags)
{
	int out;

	assert_int_equal(f->vfs->xOpen(f->vfs, path, f->file, flags, &out),
		SQLITE_OK);
}

static int
set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");
	int made;

	(void)snprintf(f->folder, sizeof(f->folder), "%s/kpbehind.XXXXXX",
		tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, sizeof(f->path) - 1, "%s/db", f->folder);
	made = creat(f->path, 0600);
	assert_true(made >= 0);
	(void)close(made);
	f->vfs = sqlite3_vfs_find(behind_vfs());
	assert_non_null(f->vfs);
	f->file = xcalloc(1, (size_t)f->vfs->szOsFile);
	f->want = xcalloc(PAGES, PAGE);
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
	free(f->want);
	free(f);
	return 0;
}

static void
put_page(struct fixture *f, size_t page, uint8_t octet)
{
	uint8_t *at = f->want + page * PAGE;

	memset(at, octet, PAGE);
	at[0] = (uint8_t)page;
	assert_int_equal(f->file->pMethods->xWrite(f->file, at, PAGE,
				 (int64_t)page * PAGE),
		SQLITE_OK);
}

static void
assert_page(struct fixture *f, size_t page)
{
	uint8_t got[PAGE];

	assert_int_equal(f->file->pMethods->xRead(f->file, got, PAGE,
				 (int64_t)page * PAGE),
		SQLITE_OK);
	assert_memory_equal(got, f->want + page * PAGE, PAGE);
}

static void
flush(struct fixture *f)
{
	assert_int_equal(f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL),
		SQLITE_OK);
}

/* As everybody else sees it. */
static void
assert_file(struct fixture *f, size_t pages)
{
	uint8_t *got = xcalloc(pages + 1, PAGE);
	int fd = open(f->path, O_RDONLY);
	size_t size = 0;
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, got + size, (pages + 1) * PAGE - size)) > 0)
		size += (size_t)n;
	(void)close(fd);
	assert_int_equal(size, pages * PAGE);
	assert_memory_equal(got, f->want, size);
	free(got);
}

static void
test_pages_in_any_order_are_read_back_and_flushed(void **state)
{
	struct fixture *f = *state;
	size_t i, page;

	open_as(f, f->path, DATABASE);
	for (i = 0; i < PAGES; i++)
		put_page(f, i, 1);
	for (i = 0; i < (size_t)ROUNDS * PAGES; i++) {
		page = i * 2654435761u / 3 % PAGES;
		put_page(f, page, (uint8_t)i);
		if (i % 3 == 0)
			assert_page(f, page);
		if (i % 50 == 0)
			assert_page(f, (page + PAGES / 2) % PAGES);
	}
	flush(f);
	assert_file(f, PAGES);
}

static void
test_it_is_as_large_as_what_was_written(void **state)
{
	struct fixture *f = *state;
	sqlite3_int64 size;

	open_as(f, f->path, DATABASE);
	for (size_t i = 0; i < 10; i++)
		put_page(f, i, 2);
	assert_int_equal(
		f->file->pMethods->xFileSize(f->file, &size), SQLITE_OK);
	assert_int_equal(size, 10 * PAGE);
	put_page(f, 10, 2);
	assert_int_equal(
		f->file->pMethods->xTruncate(f->file, 4 * PAGE), SQLITE_OK);
	assert_file(f, 4);
}

/* What O_DIRECT does not take. */
static void
test_pieces_of_any_size_arrive(void **state)
{
	struct fixture *f = *state;
	int64_t at = 0;
	int i, len;

	for (i = 0; i < PAGES * PAGE; i++)
		f->want[i] = (uint8_t)(i * 7 / 3);
	open_as(f, f->path, DATABASE);
	for (len = 1; at < PAGES * PAGE; at += len, len = len * 3 % 70001) {
		if (len > PAGES * PAGE - at)
			len = (int)(PAGES * PAGE - at);
		assert_int_equal(f->file->pMethods->xWrite(
					 f->file, f->want + at, len, at),
			SQLITE_OK);
	}
	flush(f);
	assert_file(f, PAGES);
}

static void
test_more_than_a_block_arrives(void **state)
{
	struct fixture *f = *state;

	memset(f->want, 3, (size_t)PAGES * PAGE);
	open_as(f, f->path, DATABASE);
	put_page(f, 0, 3);
	assert_int_equal(f->file->pMethods->xWrite(
				 f->file, f->want, PAGES * PAGE, 0),
		SQLITE_OK);
	flush(f);
	assert_file(f, PAGES);
}

static void
test_close_waits_for_the_rest(void **state)
{
	struct fixture *f = *state;

	open_as(f, f->path, DATABASE);
	for (size_t i = 0; i < 300; i++)
		put_page(f, i, 4);
	assert_int_equal(f->file->pMethods->xClose(f->file), SQLITE_OK);
	f->file->pMethods = NULL;
	assert_file(f, 300);
}

static void
test_a_full_disk_is_told_by_the_flush_and_from_then_on(void **state)
{
	struct behind *b = behind_new("/dev/full");

	(void)state;
	assert_non_null(b);
	assert_int_equal(behind_put(b, "page", 4, 0), SQLITE_OK);
	assert_int_equal(behind_wait(b), SQLITE_FULL);
	assert_int_equal(behind_wait(b), SQLITE_FULL);
	assert_int_equal(behind_put(b, "page", 4, 100), SQLITE_FULL);
	behind_free(b);
}

static void
test_nothing_is_written_after_what_failed(void **state)
{
	struct fixture *f = *state;
	struct behind *b = behind_new(f->path);

	assert_non_null(b);
	/* No file has such a place. */
	assert_int_equal(behind_put(b, "page", 4, INT64_MAX - 4), SQLITE_OK);
	(void)behind_put(b, "page", 4, 0);
	assert_int_equal(behind_wait(b), SQLITE_IOERR_WRITE);
	behind_free(b);
	assert_file(f, 0);
}

static void
test_other_files_are_not_held_back(void **state)
{
	struct fixture *f = *state;
	struct stat sb;

	open_as(f, f->path, SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_READWRITE);
	assert_int_equal(
		f->file->pMethods->xWrite(f->file, "head", 4, 0), SQLITE_OK);
	assert_int_equal(stat(f->path, &sb), 0);
	assert_int_equal(sb.st_size, 4);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_pages_in_any_order_are_read_back_and_flushed),
		CASE(test_it_is_as_large_as_what_was_written),
		CASE(test_pieces_of_any_size_arrive),
		CASE(test_more_than_a_block_arrives),
		CASE(test_close_waits_for_the_rest),
		CASE(test_a_full_disk_is_told_by_the_flush_and_from_then_on),
		CASE(test_nothing_is_written_after_what_failed),
		CASE(test_other_files_are_not_held_back),
	};

	return cmocka_run_group_tests_name("behind", tests, NULL, NULL);
}
