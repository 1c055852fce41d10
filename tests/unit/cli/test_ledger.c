#include "../unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/file.h"
#include "cli/ledger.h"

struct fixture {
	char dir[128], file[160], other[160], path[160];
	struct ledger l;
};

static void
put(const char *path, const char *text, const char *how)
{
	FILE *f = fopen(path, how);

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
start(struct fixture *f)
{
	scratch_make(f->dir, sizeof(f->dir));
	snprintf(f->file, sizeof(f->file), "%s/a file", f->dir);
	snprintf(f->other, sizeof(f->other), "%s/b", f->dir);
	snprintf(f->path, sizeof(f->path), "%s/load-ledger", f->dir);
	put(f->file, "one", "w");
	put(f->other, "", "w");
}

static void
open_it(struct fixture *f)
{
	struct err err;

	assert_ok(ledger_open(&f->l, f->dir, &err));
}

/* As another run finds it. */
static void
again(struct fixture *f)
{
	ledger_close(&f->l);
	open_it(f);
}

static void
note(struct fixture *f, const char *file, uint64_t upto)
{
	struct err err;

	(void)ledger_find(&f->l, file);
	ledger_add(&f->l, upto);
	assert_ok(ledger_write(&f->l, &err));
}

static void
stop(struct fixture *f)
{
	ledger_close(&f->l);
	scratch_remove(f->dir);
}

static void
test_a_finished_file_is_remembered_until_it_changes(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	open_it(&f);
	assert_int_equal(ledger_find(&f.l, f.file), 0);
	ledger_add(&f.l, LEDGER_DONE);
	assert_true(ledger_find(&f.l, f.file) == LEDGER_DONE);
	assert_int_equal(ledger_find(&f.l, f.other), 0);
	/* It does not last before it is written. */
	again(&f);
	note(&f, f.file, LEDGER_DONE);
	assert_false(ledger_is_due(&f.l));
	again(&f);
	assert_true(ledger_find(&f.l, f.file) == LEDGER_DONE);
	put(f.file, "two", "a");
	assert_int_equal(ledger_find(&f.l, f.file), 0);
	/* Written to once more while it is loaded: that was not all of it. */
	put(f.file, "three", "a");
	ledger_add(&f.l, LEDGER_DONE);
	assert_int_equal(ledger_find(&f.l, f.file), 0);
	stop(&f);
}

static void
test_a_file_goes_on_where_it_was_noted_last(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	open_it(&f);
	note(&f, f.file, 1000);
	note(&f, f.other, 7);
	note(&f, f.file, 5000000000);
	again(&f);
	assert_true(ledger_find(&f.l, f.file) == 5000000000);
	assert_true(ledger_find(&f.l, f.other) == 7);
	note(&f, f.file, LEDGER_DONE);
	again(&f);
	assert_true(ledger_find(&f.l, f.file) == LEDGER_DONE);
	put(f.other, "changed", "a");
	assert_int_equal(ledger_find(&f.l, f.other), 0);
	stop(&f);
}

static void
test_what_a_kill_left_of_a_line_says_nothing(void **state)
{
	struct fixture f;
	struct stat sb;

	(void)state;
	start(&f);
	open_it(&f);
	note(&f, f.file, LEDGER_DONE);
	note(&f, f.other, 123456);
	assert_int_equal(stat(f.path, &sb), 0);
	/* "@123456 0 ..." without its end would be another place. */
	assert_int_equal(truncate(f.path, sb.st_size - 3), 0);
	again(&f);
	assert_int_equal(ledger_find(&f.l, f.other), 0);
	note(&f, f.other, 99);
	again(&f);
	assert_true(ledger_find(&f.l, f.file) == LEDGER_DONE);
	assert_true(ledger_find(&f.l, f.other) == 99);
	stop(&f);
}

static void
test_what_was_asked_for_to_be_read_again_is_noted_again(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	open_it(&f);
	note(&f, f.file, LEDGER_DONE);
	(void)ledger_find(&f.l, f.file);
	ledger_forget(&f.l);
	ledger_add(&f.l, 2);
	assert_true(ledger_find(&f.l, f.file) == 2);
	/* And of what is no file, nothing. */
	ledger_unask(&f.l);
	ledger_add(&f.l, LEDGER_DONE);
	assert_true(ledger_find(&f.l, f.file) == 2);
	stop(&f);
}

static void
test_a_full_ledger_is_no_failure(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	open_it(&f);
	note(&f, f.file, LEDGER_DONE);
	assert_int_equal(truncate(f.path, LEDGER_MAX - 10), 0);
	again(&f);
	assert_true(ledger_find(&f.l, f.file) == LEDGER_DONE);
	/* What it lacks is loaded again. */
	note(&f, f.other, LEDGER_DONE);
	assert_int_equal(ledger_find(&f.l, f.other), 0);
	stop(&f);
}

static void
test_thousands_of_files_are_found_each(void **state)
{
	char name[200];
	struct fixture f;
	struct err err;

	(void)state;
	start(&f);
	open_it(&f);
	for (uint64_t i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "%s/%d", f.dir, (int)i);
		put(name, "", "w");
		(void)ledger_find(&f.l, name);
		ledger_add(&f.l, i);
	}
	assert_ok(ledger_write(&f.l, &err));
	again(&f);
	for (uint64_t i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "%s/%d", f.dir, (int)i);
		assert_true(ledger_find(&f.l, name) == i);
	}
	stop(&f);
}

static void
test_a_line_that_meets_a_full_disk_says_so(void **state)
{
	struct rlimit old, tight;
	struct err err = {""};
	struct fixture f;

	(void)state;
	start(&f);
	open_it(&f);
	(void)ledger_find(&f.l, f.file);
	ledger_add(&f.l, LEDGER_DONE);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 5; /* octets of the line fit */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	errno = 0;
	assert_int_equal(ledger_write(&f.l, &err), STATUS_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	if (strstr(err.text, strerror(EFBIG)) == NULL)
		fail_msg("%s", err.text);
	stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_finished_file_is_remembered_until_it_changes),
		cmocka_unit_test(test_a_file_goes_on_where_it_was_noted_last),
		cmocka_unit_test(test_what_a_kill_left_of_a_line_says_nothing),
		cmocka_unit_test(
			test_what_was_asked_for_to_be_read_again_is_noted_again),
		cmocka_unit_test(test_a_full_ledger_is_no_failure),
		cmocka_unit_test(test_thousands_of_files_are_found_each),
		cmocka_unit_test(test_a_line_that_meets_a_full_disk_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
