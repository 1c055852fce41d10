#include "../unit.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../contract/backend.h"
#include "../scratch.h"
#include "base/file.h"
#include "cli/dump.h"

enum { ROWS = DUMP_CERTS + 100, SIZE = 16 };

struct case_of {
	struct fixture *f;
	char dir[300];
	struct conf conf;
	struct cli cli;
	struct dump d;
};

static void
put_many(struct fixture *f, uint32_t first, uint32_t count)
{
	struct made m;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (uint32_t i = first; i < first + count; i++) {
		struct change c = {.origin = "http", .seen = ""};
		int64_t seq;

		made_init(&m, 4, i, SIZE);
		c.cert = m.row.id;
		assert_int_equal(
			store_put_cert(f->w, &m.row, &m.search, &f->err),
			STATUS_OK);
		assert_int_equal(store_append_change(f->w, &c, &seq, &f->err),
			STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
change_one(struct fixture *f, uint32_t number)
{
	struct made m;

	made_init(&m, 4, number, SIZE);
	made_change(&m, 0xEE);
	(void)made_store(f, &m);
}

/* As a take-down does it: the change, then the row. */
static void
remove_one(struct fixture *f, uint32_t number)
{
	struct change c = {.origin = "admin", .seen = ""};
	struct made m;
	int64_t seq;

	made_init(&m, 4, number, SIZE);
	c.cert = m.row.id;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
begin(struct case_of *c, struct fixture *f)
{
	memset(c, 0, sizeof(*c));
	c->f = f;
	snprintf(c->dir, sizeof(c->dir), "%s-dump", f->where);
	c->cli.conf = &c->conf;
	c->cli.options = CLI_QUIET;
	c->d.cli = &c->cli;
	c->d.store = f->store;
	c->d.session = f->r;
	c->d.dir = c->dir;
	c->d.progress.quiet = true;
	c->d.arena = arena_new(1 << 24);
	assert_int_equal(mkdir(c->dir, 0700), 0);
}

static void
end(struct case_of *c)
{
	arena_free(c->d.arena);
	buf_done(&c->d.batch);
	free(c->d.places);
	free(c->d.files);
	scratch_remove(c->dir);
}

static void
end_manifest(const struct case_of *c)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/manifest.json", c->dir);
	assert_int_equal(unlink(path), 0);
}

/* How often a file of the dump has these octets. */
static int
count_in(const struct case_of *c, const char *name, const struct made *m)
{
	char path[400];
	struct buf b;
	int n = 0;

	buf_init(&b, 0);
	snprintf(path, sizeof(path), "%s/%s", c->dir, name);
	if (file_read(path, 1 << 24, &b, NULL) != STATUS_OK)
		return -1;
	for (size_t at = 0; at + SIZE <= b.len; at += SIZE)
		n += memcmp(b.data + at, m->row.octets.data, SIZE) == 0;
	buf_done(&b);
	return n;
}

static void
test_what_changes_meanwhile_is_as_it_is_in_the_end(void **state)
{
	struct case_of c;
	struct made old, gone, new, later;

	begin(&c, *state);
	put_many(c.f, 1, ROWS);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(c.d.file_count, 2);
	assert_int_equal(c.d.files[0].certs, DUMP_CERTS);
	assert_int_equal(c.d.files[1].certs, 100);
	made_init(&old, 4, 7, SIZE);
	made_init(&gone, 4, 8, SIZE);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &old), 1);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &gone), 1);
	/* As if all this had come before the first file was looked at again. */
	change_one(c.f, 7);
	remove_one(c.f, 8);
	put_many(c.f, ROWS + 1, 1);
	new = old;
	made_init(&new, 4, 7, SIZE);
	made_change(&new, 0xEE);
	made_init(&later, 4, ROWS + 1, SIZE);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(c.d.file_count, 2);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &old), 0);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &new), 1);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &gone), 0);
	assert_int_equal(count_in(&c, "keypost-0001.pgp", &later), 1);
	assert_int_equal(dump_sum(&c.d).certs, ROWS);
	assert_int_equal(c.d.seq, ROWS + 3);
	end(&c);
}

static void
test_one_that_goes_on_tells_what_it_had(void **state)
{
	struct case_of c;
	struct dump again;
	int lock = -1;

	begin(&c, *state);
	put_many(c.f, 1, ROWS);
	c.d.expected = ROWS;
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(c.d.progress.total, ROWS * SIZE);
	/* As if it had been killed before its manifest was there. */
	assert_int_equal(dump_save(&c.d, false, &c.f->err), STATUS_OK);
	end_manifest(&c);
	again = c.d;
	again.files = NULL;
	again.file_count = 0;
	again.read = 0;
	assert_int_equal(dump_take_folder(&again, &lock, &c.f->err), STATUS_OK);
	assert_int_equal(again.file_count, 2);
	assert_int_equal(again.read, ROWS * SIZE);
	free(again.files);
	close(lock);
	end(&c);
}

static void
test_a_file_of_which_nothing_is_left_goes(void **state)
{
	struct case_of c;

	begin(&c, *state);
	put_many(c.f, 1, DUMP_CERTS + 1);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(c.d.file_count, 2);
	remove_one(c.f, DUMP_CERTS + 1);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(c.d.file_count, 1);
	assert_int_equal(c.d.files[0].certs, DUMP_CERTS);
	end(&c);
}

static void
test_files_older_than_the_log_are_written_anew(void **state)
{
	struct case_of c;
	struct made new;

	begin(&c, *state);
	put_many(c.f, 1, 10);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	change_one(c.f, 3);
	change_one(c.f, 4);
	assert_int_equal(store_begin(c.f->w, &c.f->err), STATUS_OK);
	assert_int_equal(store_prune_changes(c.f->w, 12, &c.f->err), STATUS_OK);
	assert_int_equal(store_commit(c.f->w, &c.f->err), STATUS_OK);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	made_init(&new, 4, 4, SIZE);
	made_change(&new, 0xEE);
	/* Both: they have the same octets now. */
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &new), 2);
	end(&c);
}

static void
test_since_takes_what_changed_and_nothing_else(void **state)
{
	struct case_of c;
	struct made m;

	begin(&c, *state);
	put_many(c.f, 1, 10);
	change_one(c.f, 3);
	change_one(c.f, 3);
	remove_one(c.f, 9);
	put_many(c.f, 11, 1);
	c.d.partial = true;
	c.d.since = 10;
	c.d.places_seq = 10;
	c.d.expected = 10;
	assert_int_equal(dump_check_log(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(dump_sum(&c.d).certs, 2);
	/* Told as so many of what changed, the removed one included. */
	assert_int_equal(c.d.progress.total, 3 * SIZE);
	made_init(&m, 4, 3, SIZE);
	made_change(&m, 0xEE);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &m), 1);
	made_init(&m, 4, 11, SIZE);
	assert_int_equal(count_in(&c, "keypost-0000.pgp", &m), 1);
	/* One between the two that were there changes, too. */
	change_one(c.f, 5);
	assert_int_equal(dump_run(&c.d, &c.f->err), STATUS_OK);
	assert_int_equal(dump_sum(&c.d).certs, 3);
	end(&c);
}

static void
test_since_needs_a_log_that_reaches_back(void **state)
{
	struct case_of c;

	begin(&c, *state);
	put_many(c.f, 1, 10);
	assert_int_equal(store_begin(c.f->w, &c.f->err), STATUS_OK);
	assert_int_equal(store_prune_changes(c.f->w, 4, &c.f->err), STATUS_OK);
	assert_int_equal(store_commit(c.f->w, &c.f->err), STATUS_OK);
	c.d.since = 4;
	assert_int_equal(dump_check_log(&c.d, &c.f->err), STATUS_OK);
	c.d.since = 3;
	assert_int_equal(dump_check_log(&c.d, &c.f->err), STATUS_REJECTED);
	assert_non_null(strstr(c.f->err.text, "begins with number 5"));
	c.d.since = 11;
	assert_int_equal(dump_check_log(&c.d, &c.f->err), STATUS_REJECTED);
	end(&c);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_changes_meanwhile_is_as_it_is_in_the_end),
		CASE(test_one_that_goes_on_tells_what_it_had),
		CASE(test_a_file_of_which_nothing_is_left_goes),
		CASE(test_files_older_than_the_log_are_written_anew),
		CASE(test_since_takes_what_changed_and_nothing_else),
		CASE(test_since_needs_a_log_that_reaches_back),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
