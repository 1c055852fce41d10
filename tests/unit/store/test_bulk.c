/* A store that one load fills is, when it ends, as if it had come by rows. */
#include "../unit.h"

#include <string.h>

#include <sqlite3.h>

#include "filled.h"
#include "store/care.h"
#include "store/sqlite/db.h"

static void
test_filled_in_bulk_it_is_the_same(void **state)
{
	struct fixture *f = *state;

	filled_reopen(f, true);
	filled_fill(f, 0, FILLED_CERTS);
	filled_finish(f);
	filled_compare(f);
}

static void
test_keys_are_known_while_it_is_filled(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_KEY_ID};
	struct sks_digest digest;
	struct cert_rows rows;
	struct cert_row row;
	struct made m;
	uint8_t level;

	filled_reopen(f, true);
	filled_begin(f);
	filled_make(&m, 1);
	assert_int_equal(
		store_get_head(f->w, &m.row.id, &digest, &level, &f->err),
		STATUS_NOT_FOUND);
	filled_put(f, &m);
	filled_commit(f);
	assert_int_equal(
		store_get_head(f->r, &m.row.id, &digest, &level, &f->err),
		STATUS_OK);
	assert_memory_equal(&digest, &m.row.sks_digest, sizeof(digest));
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	q.number = m.row.key_id;
	assert_int_equal(find_rows(f, &q, 8, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	q.kind = QUERY_FINGERPRINT;
	q.octets = bytes_make(m.row.id.fpr.octets, m.row.id.fpr.len);
	assert_int_equal(find_rows(f, &q, 8, &rows), STATUS_OK);
	q.octets = bytes_make(m.keys[1].fpr.octets, m.keys[1].fpr.len);
	assert_int_equal(find_rows(f, &q, 8, &rows), STATUS_NOT_FOUND);
}

static void
test_who_opens_it_next_makes_the_indexes(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	filled_reopen(f, true);
	filled_fill(f, 0, FILLED_CERTS);
	fixture_close(f);
	f->settings.read_only = true;
	f->settings.bulk = false;
	assert_int_equal(
		store_open(&f->settings, &s, &f->err), STATUS_UNSUPPORTED);
	assert_non_null(strstr(f->err.text, "interrupted"));
	f->settings.read_only = false;
	filled_compare(f);
}

static void
count_word(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	(void)step;
	(void)done;
	(void)total;
	(*(size_t *)ctx)++;
}

static void
test_who_waits_for_the_indexes_hears_of_it(void **state)
{
	struct fixture *f = *state;
	size_t words = 0;
	const struct care_watch watch = {count_word, &words};

	filled_reopen(f, true);
	filled_fill(f, 0, FILLED_CERTS);
	f->settings.completes = &watch;
	filled_reopen(f, false);
	assert_true(words > 0);
	words = 0;
	filled_reopen(f, false);
	assert_int_equal(words, 0);
	f->settings.completes = NULL;
}

static void
test_the_next_load_goes_on(void **state)
{
	struct fixture *f = *state;
	size_t words = 0;
	struct care_watch watch = {count_word, &words};

	filled_reopen(f, true);
	filled_fill(f, 0, FILLED_CERTS / 2);
	assert_int_equal(store_bulk_sync(f->store, &f->err), STATUS_OK);
	f->settings.completes = &watch;
	filled_reopen(f, true);
	/* It was copied: who told of it may be gone. */
	memset(&watch, 0, sizeof(watch));
	/* Whoever waits for what it reads first hears of that, too. */
	assert_true(words > 0);
	words = 0;
	filled_fill(f, FILLED_CERTS / 2, FILLED_CERTS);
	filled_finish(f);
	assert_true(words > 0);
	f->settings.completes = NULL;
	filled_compare(f);
}

/* SQLite undoes all by itself when the disk is full, for one. */
static void
test_nothing_is_written_outside_of_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct buf count = {0};
	struct made m;

	filled_reopen(f, true);
	filled_begin(f);
	filled_make(&m, 1);
	filled_put(f, &m);
	assert_int_equal(sqlite3_exec(sqlite_session_of(f->w)->db, "ROLLBACK",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(store_savepoint(f->w, &f->err), STATUS_IO);
	assert_int_equal(
		sqlite3_get_autocommit(sqlite_session_of(f->w)->db), 1);
	store_rollback(f->w);
	fixture_close(f);
	filled_ask(f, "SELECT count(*) FROM cert", &count);
	assert_string_equal((const char *)count.data, "0|\n");
	buf_done(&count);
	filled_reopen(f, true);
}

static void
test_a_store_with_content_is_not_filled_in_bulk(void **state)
{
	struct fixture *f = *state;

	filled_fill(f, 0, 2);
	fixture_close(f);
	f->settings.bulk = true;
	fixture_open(f);
	assert_false(store_is_bulk(f->store));
	assert_int_equal(store_bulk_sync(f->store, &f->err), STATUS_OK);
	assert_int_equal(store_bulk_finish(f->store, &f->err), STATUS_OK);
}

int
main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_filled_in_bulk_it_is_the_same),
		TEST(test_keys_are_known_while_it_is_filled),
		TEST(test_who_opens_it_next_makes_the_indexes),
		TEST(test_who_waits_for_the_indexes_hears_of_it),
		TEST(test_the_next_load_goes_on),
		TEST(test_nothing_is_written_outside_of_a_transaction),
		TEST(test_a_store_with_content_is_not_filled_in_bulk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
