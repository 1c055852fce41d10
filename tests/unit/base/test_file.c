#include "../unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/file.h"

static char dir[64];

static const char *
in_dir(const char *name)
{
	static char paths[4][512];
	static int next;

	next = (next + 1) % 4;
	(void)snprintf(paths[next], sizeof paths[0], "%s/%s", dir, name);
	return paths[next];
}

static int
make_dir(void **state)
{
	(void)state;
	scratch_make(dir, sizeof dir);
	return 0;
}

/* How many names the folder holds. */
static int
names_in_dir(void)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		n += e->d_name[0] != '.';
	}
	(void)closedir(d);
	return n;
}

static int
remove_dir(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

static void
test_a_name_in_a_folder_is_a_path(void **state)
{
	char *path = file_in("/a/folder", "a.name");

	(void)state;
	assert_string_equal(path, "/a/folder/a.name");
	free(path);
}

static void
assert_file(const char *path, const char *want)
{
	struct buf b = {0};

	assert_ok(file_read(path, 100000, &b, NULL));
	assert_text(buf_view(&b), want);
	buf_done(&b);
}

static void
test_replace_makes_and_replaces(void **state)
{
	struct err err;
	struct stat sb;

	(void)state;
	assert_ok(file_replace(in_dir("f"), bytes_of("one"), 0600, &err));
	assert_file(in_dir("f"), "one");
	assert_int_equal(stat(in_dir("f"), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	assert_ok(file_replace(in_dir("f"), bytes_of(""), 0600, &err));
	assert_file(in_dir("f"), "");
	assert_int_equal(names_in_dir(), 1);
}

static void
test_failed_replace_keeps_the_old_file_and_no_temporary(void **state)
{
	struct rlimit old, low;
	static uint8_t big[100000];
	struct err err;

	(void)state;
	assert_ok(file_replace(in_dir("f"), bytes_of("old"), 0600, &err));
	/* A file may not grow past 1,000 octets: write fails half way. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	assert_status(file_replace(in_dir("f"), bytes_make(big, sizeof big),
			      0600, &err),
		STATUS_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(strstr(err.text, "write"));
	assert_file(in_dir("f"), "old");
	assert_int_equal(names_in_dir(), 1);
}

static void
test_missing_folder_is_an_error_that_names_it(void **state)
{
	struct err err;

	(void)state;
	assert_status(file_replace(in_dir("no/f"), bytes_of("x"), 0600, &err),
		STATUS_IO);
	assert_non_null(strstr(err.text, "no/f"));
	assert_status(file_sync_dir(in_dir("no"), &err), STATUS_IO);
	assert_non_null(strstr(err.text, "no"));
}

static void
test_new_file_never_overwrites(void **state)
{
	struct err err;

	(void)state;
	assert_ok(file_write_new(in_dir("f"), bytes_of("one"), 0600, &err));
	assert_status(file_write_new(in_dir("f"), bytes_of("two"), 0600, &err),
		STATUS_IO);
	assert_file(in_dir("f"), "one");
	assert_int_equal(symlink("elsewhere", in_dir("l")), 0);
	assert_status(file_write_new(in_dir("l"), bytes_of("x"), 0600, &err),
		STATUS_IO);
	assert_int_not_equal(access(in_dir("elsewhere"), F_OK), 0);
}

static void
test_move_between_folders(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(mkdir(in_dir("new"), 0700), 0);
	assert_ok(file_write_new(in_dir("f"), bytes_of("x"), 0600, &err));
	assert_ok(file_move(in_dir("f"), in_dir("new/f"), &err));
	assert_file(in_dir("new/f"), "x");
	assert_status(file_move(in_dir("f"), in_dir("new/f"), &err),
		STATUS_NOT_FOUND);
	assert_ok(file_remove(in_dir("new/f"), &err));
	assert_status(file_remove(in_dir("new/f"), &err), STATUS_NOT_FOUND);
}

static void
test_read_takes_up_to_its_limit_and_no_more(void **state)
{
	static uint8_t big[200000];
	struct buf b = {0};
	struct err err;

	(void)state;
	memset(big, 'b', sizeof big);
	assert_ok(file_replace(
		in_dir("f"), bytes_make(big, sizeof big), 0600, &err));
	assert_ok(buf_puts(&b, "before"));
	assert_status(
		file_read(in_dir("f"), sizeof big - 1, &b, &err), STATUS_LIMIT);
	assert_text(buf_view(&b), "before");
	assert_ok(file_read(in_dir("f"), sizeof big, &b, &err));
	assert_int_equal(b.len, 6 + sizeof big);
	assert_memory_equal(b.data + 6, big, sizeof big);
	buf_done(&b);
	/* The buffer's own limit holds too. */
	buf_init(&b, 1000);
	assert_status(
		file_read(in_dir("f"), sizeof big, &b, &err), STATUS_LIMIT);
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

static void
test_read_refuses_what_is_no_file(void **state)
{
	struct buf b = {0};
	struct err err;

	(void)state;
	assert_status(
		file_read(in_dir("none"), 10, &b, &err), STATUS_NOT_FOUND);
	assert_status(file_read(dir, 10, &b, &err), STATUS_IO);
	/* A FIFO without a writer would block for ever. */
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	assert_status(file_read(in_dir("fifo"), 10, &b, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "fifo"));
	buf_done(&b);
}

static void
test_bare_name_is_in_the_current_folder(void **state)
{
	char *back = getcwd(NULL, 0);
	struct err err;

	(void)state;
	assert_int_equal(chdir(dir), 0);
	assert_ok(file_replace("bare", bytes_of("x"), 0600, &err));
	assert_ok(file_remove("bare", &err));
	assert_int_equal(chdir(back), 0);
	free(back);
}

#define with_dir(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_dir(test_replace_makes_and_replaces),
		with_dir(
			test_failed_replace_keeps_the_old_file_and_no_temporary),
		with_dir(test_missing_folder_is_an_error_that_names_it),
		with_dir(test_new_file_never_overwrites),
		with_dir(test_move_between_folders),
		with_dir(test_read_takes_up_to_its_limit_and_no_more),
		with_dir(test_read_refuses_what_is_no_file),
		with_dir(test_bare_name_is_in_the_current_folder),
		cmocka_unit_test(test_a_name_in_a_folder_is_a_path),
	};

	return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
