/* The file of a bulk load, written by a thread: whoever reads, measures, cuts
 * or flushes it finds what was written, and no failure is swallowed. */
#include "../unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/bytes.h"
#include "store/sqlite/behind.h"
#include "store/sqlite/behind_queue.h"
#include "vfs_file.h"

enum {
	DATABASE = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE,
	PAGE = 8192,
	PAGES = 700, /* more than all blocks hold */
	ROUNDS = 3,
	LIMIT = 1 << 20 /* of a file that may not grow */
};

static uint8_t want[PAGES * PAGE]; /* what the file is to be */

static int
set_up(void **state)
{
	memset(want, 0, sizeof(want));
	return vfs_file_set_up(state, behind_vfs());
}

static void
put_page(struct vfs_file *f, size_t page, uint8_t octet)
{
	uint8_t *at = want + page * PAGE;

	memset(at, octet, PAGE);
	at[0] = (uint8_t)page;
	vfs_file_write(f, at, PAGE, (int64_t)page * PAGE);
}

static void
assert_page(struct vfs_file *f, size_t page)
{
	uint8_t got[PAGE];

	vfs_file_read(f, got, PAGE, (int64_t)page * PAGE);
	assert_memory_equal(got, want + page * PAGE, PAGE);
}

/* As everybody else sees it. */
static void
assert_file(struct vfs_file *f, size_t pages)
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
	assert_memory_equal(got, want, size);
	free(got);
}

static void
test_pages_in_any_order_are_read_back_and_flushed(void **state)
{
	struct vfs_file *f = *state;
	size_t i, page;

	vfs_file_open(f, f->path, DATABASE);
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
	vfs_file_flush(f);
	assert_file(f, PAGES);
}

/* As SQLite lets go of long rows: the page that begins one after the others,
 * which may be in another block, or far away. */
static void
test_a_page_may_come_after_those_behind_it(void **state)
{
	static const size_t lengths[] = {2, 5, 30, 150, 400, 1, 3};
	struct vfs_file *f = *state;
	size_t first = 0, i, k;

	vfs_file_open(f, f->path, DATABASE);
	for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
		for (i = 1; i < lengths[k]; i++)
			put_page(f, first + i, (uint8_t)k);
		put_page(f, first, (uint8_t)(k + 100));
		assert_page(f, first);
		assert_page(f, first + lengths[k] - 1);
		first += lengths[k];
	}
	vfs_file_flush(f);
	assert_file(f, first);
}

static void
test_it_is_as_large_as_what_was_written(void **state)
{
	struct vfs_file *f = *state;

	vfs_file_open(f, f->path, DATABASE);
	for (size_t i = 0; i < 10; i++)
		put_page(f, i, 2);
	assert_int_equal(vfs_file_size(f), 10 * PAGE);
	put_page(f, 10, 2);
	vfs_file_cut(f, 4 * PAGE);
	assert_file(f, 4);
}

/* What O_DIRECT does not take. */
static void
test_pieces_of_any_size_arrive(void **state)
{
	struct vfs_file *f = *state;
	int64_t at = 0;
	int i, len;

	for (i = 0; i < PAGES * PAGE; i++)
		want[i] = (uint8_t)(i * 7 / 3);
	vfs_file_open(f, f->path, DATABASE);
	for (len = 1; at < PAGES * PAGE; at += len, len = len * 3 % 70001) {
		if (len > PAGES * PAGE - at)
			len = (int)(PAGES * PAGE - at);
		vfs_file_write(f, want + at, len, at);
	}
	vfs_file_flush(f);
	assert_file(f, PAGES);
}

static void
test_more_than_a_block_arrives(void **state)
{
	struct vfs_file *f = *state;

	memset(want, 3, (size_t)PAGES * PAGE);
	vfs_file_open(f, f->path, DATABASE);
	put_page(f, 0, 3);
	vfs_file_write(f, want, PAGES * PAGE, 0);
	vfs_file_flush(f);
	assert_file(f, PAGES);
}

static void
test_close_waits_for_the_rest(void **state)
{
	struct vfs_file *f = *state;

	vfs_file_open(f, f->path, DATABASE);
	for (size_t i = 0; i < 300; i++)
		put_page(f, i, 4);
	vfs_file_close(f);
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
	struct vfs_file *f = *state;
	struct behind *b = behind_new(f->path);
	struct rlimit was, small;

	assert_non_null(b);
	/* Some file systems have files as large as can be said. */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = LIMIT;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(behind_put(b, "page", 4, LIMIT), SQLITE_OK);
	(void)behind_put(b, "page", 4, 0);
	assert_int_equal(behind_wait(b), SQLITE_IOERR_WRITE);
	behind_free(b);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_file(f, 0);
}

static void
test_other_files_are_not_held_back(void **state)
{
	struct vfs_file *f = *state;

	vfs_file_open(
		f, f->path, SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_READWRITE);
	vfs_file_write(f, "head", 4, 0);
	assert_int_equal(vfs_file_size_on_disk(f), 4);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, set_up, vfs_file_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_pages_in_any_order_are_read_back_and_flushed),
		CASE(test_a_page_may_come_after_those_behind_it),
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
