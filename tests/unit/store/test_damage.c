/*
 * A damaged file, an unclean stop, a full disk by file size limit: refused or
 * read, never a crash, never another's data (reliability S6, D9).
 */
#include "../unit.h"

#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend.h"

enum { ROWS = 40, FLIPS = 150 };

static int
open_db(const struct fixture *f, int flags)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/keypost.db", f->where);
	fd = open(path, flags);
	assert_true(fd >= 0);
	return fd;
}

static void
store_rows(struct fixture *f, uint32_t from, uint32_t count)
{
	struct made m;
	uint32_t i;

	for (i = from; i < from + count; i++) {
		made_init(&m, 4, i, 2400);
		(void)made_store(f, &m);
	}
}

/* A damaged body may come back; one of another fingerprint never. */
static void
assert_reads_or_fails(struct fixture *f)
{
	struct cert_rows rows;
	struct store_query q = {.kind = QUERY_EMAIL};
	struct change_batch batch;
	struct cert_row row;
	struct made m;
	enum status st;
	uint32_t i;

	for (i = 0; i < ROWS; i++) {
		made_init(&m, 4, i, 2400);
		arena_reset(f->arena);
		st = store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err);
		if (st == STATUS_OK)
			assert_memory_equal(
				&row.id.fpr, &m.row.id.fpr, sizeof(row.id.fpr));
		else
			assert_true(st == STATUS_IO || st == STATUS_NOT_FOUND ||
				    st == STATUS_LIMIT);
		q.octets = m.emails[0];
		st = find_rows(f, &q, 10, &rows);
		assert_true(st == STATUS_OK || st == STATUS_IO ||
			    st == STATUS_NOT_FOUND || st == STATUS_LIMIT);
	}
	st = store_read_changes(f->r, 0, 100, f->arena, &batch, &f->err);
	assert_true(st == STATUS_OK || st == STATUS_IO || st == STATUS_LIMIT);
}

static void
try_damaged(struct fixture *f)
{
	enum status st = store_open(&f->settings, &f->store, &f->err);

	if (st != STATUS_OK) {
		assert_true(st == STATUS_IO || st == STATUS_REJECTED);
		assert_true(strlen(f->err.text) > 0);
		return;
	}
	st = session_open(f->store, SESSION_READ, &f->r, &f->err);
	if (st == STATUS_OK)
		assert_reads_or_fails(f);
	else
		assert_true(st == STATUS_IO || st == STATUS_REJECTED);
	session_close(f->r);
	store_close(f->store);
	f->r = NULL;
	f->store = NULL;
}

static void
test_flipped_octets_are_refused_or_read(void **state)
{
	struct fixture *f = *state;
	uint8_t was, flipped;
	uint32_t rng = 12345;
	struct stat sb;
	off_t at;
	int fd, i;

	store_rows(f, 0, ROWS);
	fixture_close(f);
	fd = open_db(f, O_RDWR);
	assert_int_equal(fstat(fd, &sb), 0);
	assert_true(sb.st_size > 100000); /* all is in the file, not the log */
	for (i = 0; i < FLIPS; i++) {
		rng = rng * 1664525u + 1013904223u;
		/* Every third in the header page, the rest anywhere. */
		at = i % 3 == 0 ? (off_t)(rng >> 8) % 400
				: (off_t)(rng >> 4) % sb.st_size;
		assert_int_equal(pread(fd, &was, 1, at), 1);
		flipped = was ^ (uint8_t)(1u << (rng >> 29));
		assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
		try_damaged(f);
		assert_int_equal(pwrite(fd, &was, 1, at), 1);
	}
	(void)close(fd);
	fixture_open(f);
	assert_reads_or_fails(f);
}

static void
test_damaged_page_stops_writing_not_reading(void **state)
{
	struct fixture *f = *state;
	static const uint8_t rubbish[8192] = {0xFF, 0xFF, 0xFF};
	struct store_facts facts;
	struct cert_row row;
	struct made m;
	struct stat sb;
	enum status st;
	off_t at;
	int fd, failed = 0, read = 0;
	uint32_t i;

	store_rows(f, 0, ROWS);
	fixture_close(f);
	fd = open_db(f, O_RDWR);
	assert_int_equal(fstat(fd, &sb), 0);
	/* The last pages hold bodies. */
	at = sb.st_size / 8192 * 8192 - 2 * 8192;
	assert_int_equal(
		pwrite(fd, rubbish, sizeof(rubbish), at), sizeof(rubbish));
	(void)close(fd);
	fixture_open(f);
	for (i = 0; i < ROWS; i++) {
		made_init(&m, 4, i, 2400);
		st = store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err);
		read += st == STATUS_OK;
		failed += st == STATUS_IO;
	}
	assert_true(read > 0);
	assert_true(failed > 0);
	assert_int_equal(store_check_space(f->w, &f->err), STATUS_IO);
	assert_non_null(strstr(f->err.text, "damaged"));
	assert_int_equal(store_begin(f->w, &f->err), STATUS_IO);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_true(facts.read_failed);
}

static void
test_text_in_place_of_database_is_refused(void **state)
{
	struct fixture *f = *state;
	char text[5000];
	int fd;

	store_rows(f, 0, 1); /* so that stopping empties the log */
	fixture_close(f);
	memset(text, 'x', sizeof(text));
	fd = open_db(f, O_RDWR | O_TRUNC);
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	(void)close(fd);
	assert_int_equal(
		store_open(&f->settings, &f->store, &f->err), STATUS_IO);
	assert_non_null(strstr(f->err.text, "damaged"));
	/* It is left as it was. */
	fd = open_db(f, O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), sizeof(text));
	assert_int_equal(text[0], 'x');
	(void)close(fd);
}

/* In a child: stores until told to stop, then ends as by kill -9. */
static void
die_after(struct fixture *f, uint32_t rows)
{
	pid_t pid;
	int status;

	fixture_close(f);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_open(f);
		store_rows(f, 0, rows);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
wait_for_check(struct fixture *f, struct store_facts *facts)
{
	int i;

	for (i = 0; i < 5000; i++) {
		assert_int_equal(
			store_get_facts(f->r, facts, &f->err), STATUS_OK);
		if (strcmp(facts->check, "running") != 0)
			return;
		(void)usleep(2000);
	}
	fail_msg("the check does not end");
}

static void
test_unclean_stop_is_checked_and_counted(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;

	die_after(f, 5);
	fixture_open(f);
	wait_for_check(f, &facts);
	assert_string_equal(facts.check, "ok");
	assert_int_equal(facts.certs, 5);
	store_rows(f, 5, 1);
	fixture_close(f);
	/* Stopped as it should: no check, and the count is remembered. */
	fixture_open(f);
	wait_for_check(f, &facts);
	assert_string_equal(facts.check, "not needed");
	assert_int_equal(facts.certs, 6);
}

static void
test_check_after_unclean_stop_finds_damage(void **state)
{
	struct fixture *f = *state;
	static const uint8_t rubbish[8192] = {0xFF, 0xFF, 0xFF};
	struct store_facts facts;
	struct stat sb;
	int fd;

	store_rows(f, 100, ROWS);
	die_after(f, 1);
	fd = open_db(f, O_RDWR);
	assert_int_equal(fstat(fd, &sb), 0);
	assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish),
				 sb.st_size / 8192 / 2 * 8192),
		sizeof(rubbish));
	(void)close(fd);
	fixture_open(f);
	wait_for_check(f, &facts);
	assert_string_not_equal(facts.check, "ok");
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_true(facts.read_failed);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_IO);
}

/* Files may not grow further; then they may. */
static void
test_file_size_limit_is_a_full_disk_and_passes(void **state)
{
	struct fixture *f = *state;
	struct rlimit old, tight;
	struct cert_row row;
	struct made m;
	enum status st = STATUS_OK;
	uint32_t i, stored = 0;
	int64_t seq;
	struct change c = {.origin = "http", .seen = ""};

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 512 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	for (i = 0; i < 1000 && st == STATUS_OK; i++) {
		made_init(&m, 4, i, 2400);
		c.cert = m.row.id;
		st = store_begin(f->w, &f->err);
		if (st == STATUS_OK)
			st = store_put_cert(f->w, &m.row, &m.search, &f->err);
		if (st == STATUS_OK)
			st = store_append_change(f->w, &c, &seq, &f->err);
		if (st == STATUS_OK)
			st = store_commit(f->w, &f->err);
		else
			store_rollback(f->w);
		stored += st == STATUS_OK;
	}
	assert_int_equal(st, STATUS_IO);
	if (strstr(f->err.text, "no room left") == NULL)
		fail_msg("%s", f->err.text);
	assert_true(stored > 0);
	/* Look-ups go on. */
	made_init(&m, 4, 0, 2400);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	made_init(&m, 4, 5000, 2400);
	(void)made_store(f, &m);
	for (i = 0; i < stored; i++) {
		made_init(&m, 4, i, 2400);
		assert_int_equal(store_get_cert(f->r, &m.row.id, f->arena, &row,
					 &f->err),
			STATUS_OK);
		assert_row(&row, &m);
	}
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_flipped_octets_are_refused_or_read),
		CASE(test_damaged_page_stops_writing_not_reading),
		CASE(test_text_in_place_of_database_is_refused),
		CASE(test_unclean_stop_is_checked_and_counted),
		CASE(test_check_after_unclean_stop_finds_damage),
		CASE(test_file_size_limit_is_a_full_disk_and_passes),
	};

	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
