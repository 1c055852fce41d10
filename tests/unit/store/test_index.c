/* The search tables follow their rows, and are not believed without them. */
#include "../unit.h"

#include <stdio.h>

#include "backend.h"
#include "store/sqlite/db.h"
#include "store/sqlite/terms.h"

static void
exec(struct fixture *f, const char *sql)
{
	assert_int_equal(
		db_exec(sqlite_session_of(f->w), sql, &f->err), STATUS_OK);
}

static enum status
find_word(struct fixture *f, const char *text)
{
	struct bytes word = bytes_of(text);
	struct store_query q = {
		.kind = QUERY_WORDS, .words = &word, .word_count = 1};
	struct cert_rows rows;

	return find_rows(f, &q, 10, &rows);
}

static void
test_handle_that_its_row_does_not_claim_finds_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_KEY_ID, .number = 0};
	struct cert_rows rows;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	exec(f, "INSERT INTO subkey VALUES(zeroblob(20), 1, 3)");
	exec(f, "INSERT INTO subkey VALUES(zeroblob(20), 99, 3)");
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
}

static void
test_token_that_its_row_does_not_claim_finds_nothing(void **state)
{
	struct fixture *f = *state;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	made_init(&m, 4, 2, 10);
	(void)made_store(f, &m);
	assert_int_equal(find_word(f, "name1"), STATUS_OK);
	/* As if the words of the two had the same hash. */
	exec(f, "UPDATE cert SET search = (SELECT search FROM cert"
		" WHERE id = 2) WHERE id = 1");
	assert_int_equal(find_word(f, "name1"), STATUS_NOT_FOUND);
	assert_int_equal(find_word(f, "name2"), STATUS_OK);
}

static void
test_index_agrees_with_its_rows_after_many_changes(void **state)
{
	struct fixture *f = *state;
	struct made m;
	uint32_t i, round;

	for (round = 0; round < 4; round++)
		for (i = 0; i < 40; i++) {
			made_init(&m, 4, i, 100);
			made_change(&m, (uint8_t)(round + 1));
			m.search.word_count = 1 + (i + round) % 3;
			(void)made_store(f, &m);
		}
	assert_int_equal(find_word(f, "name1"), STATUS_OK);
	assert_int_equal(find_word(f, "name3"), STATUS_NOT_FOUND);
	for (i = 0; i < 40; i++) {
		made_init(&m, 4, i, 100);
		assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
		assert_int_equal(
			store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
		assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	}
	exec(f, "INSERT INTO user_id(user_id) VALUES('integrity-check')");
	assert_int_equal(find_word(f, "all"), STATUS_NOT_FOUND);
}

static void
test_words_of_an_undone_job_are_not_written(void **state)
{
	struct fixture *f = *state;
	struct made m;
	uint32_t i;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (i = 0; i < 3; i++) {
		made_init(&m, 4, i, 100);
		assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
		assert_int_equal(
			store_put_cert(f->w, &m.row, &m.search, &f->err),
			STATUS_OK);
		assert_int_equal(
			store_release(f->w, i == 1, &f->err), STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(find_word(f, "name0"), STATUS_NOT_FOUND);
	assert_int_equal(find_word(f, "name1"), STATUS_OK);
	assert_int_equal(find_word(f, "name2"), STATUS_NOT_FOUND);
}

/* As many words as a certificate may have, the last one left out or not. */
static enum status
put_wordy(
	struct fixture *f, uint32_t number, const struct bytes *words, bool all)
{
	struct made m;

	made_init(&m, 4, number, 10);
	m.search.words = words;
	m.search.word_count = all ? TERM_WORDS_MAX : TERM_WORDS_MAX - 1;
	return store_put_cert(f->w, &m.row, &m.search, &f->err);
}

/*
 * More tokens than are gathered at once. `apart`: each job has a savepoint,
 * and every third is undone, which leaves its row as the one before it did.
 */
static void
check_crowded(struct fixture *f, const struct bytes *words, bool apart)
{
	enum { ROWS = 8, PUTS = 480 };
	struct store_query first = {
		.kind = QUERY_WORDS, .words = words, .word_count = 1};
	struct store_query last = {.kind = QUERY_WORDS,
		.words = &words[TERM_WORDS_MAX - 1],
		.word_count = 1};
	struct cert_rows rows;
	uint32_t i;
	bool keep;

	assert_ok(store_begin(f->w, &f->err));
	for (i = 0; i < PUTS; i++) {
		keep = !apart || i % 3 != 0;
		if (apart)
			assert_ok(store_savepoint(f->w, &f->err));
		assert_ok(put_wordy(f, i % ROWS, words, i / ROWS % 2 == 0));
		if (apart)
			assert_ok(store_release(f->w, keep, &f->err));
	}
	assert_ok(store_commit(f->w, &f->err));
	for (i = 0; i < ROWS; i++) {
		assert_ok(store_begin(f->w, &f->err));
		assert_ok(put_wordy(f, i, words, false));
		assert_ok(store_commit(f->w, &f->err));
	}
	assert_ok(find_rows(f, &first, ROWS, &rows));
	assert_int_equal(rows.total, ROWS);
	assert_int_equal(find_rows(f, &last, 1, &rows), STATUS_NOT_FOUND);
	exec(f, "INSERT INTO user_id(user_id) VALUES('integrity-check')");
}

static void
test_more_words_than_are_gathered_at_once_are_written(void **state)
{
	static char texts[TERM_WORDS_MAX][16];
	static struct bytes words[TERM_WORDS_MAX];
	size_t i;

	for (i = 0; i < TERM_WORDS_MAX; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "word%06zu", i);
		words[i] = bytes_of(texts[i]);
	}
	check_crowded(*state, words, false);
	check_crowded(*state, words, true);
}

static void
test_search_syntax_in_a_word_is_only_a_word(void **state)
{
	static const char *const hostile[] = {"\" OR \"all", "all*", "NOT",
		"terms:all", "al%", "", "NEAR(", "'; DROP TABLE cert; --"};
	struct fixture *f = *state;
	struct made m;
	size_t i;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		assert_int_equal(find_word(f, hostile[i]), STATUS_NOT_FOUND);
	/* And it is found where it is one. */
	m.words[0] = bytes_of(hostile[0]);
	made_change(&m, 2);
	(void)made_store(f, &m);
	assert_int_equal(find_word(f, hostile[0]), STATUS_OK);
}

static void
test_unpacking_ends_at_what_is_not_packed(void **state)
{
	static const uint8_t cut[] = {'w', 0, 3, 'w', 'a', 'b', 'w', 0, 9, 'w'};
	struct bytes packed = bytes_make(cut, sizeof(cut));
	struct term t;
	size_t pos = 0;

	(void)state;
	assert_int_equal(terms_next(packed, &pos, &t), STATUS_OK);
	assert_int_equal(t.octets.len, 3);
	assert_int_equal(terms_next(packed, &pos, &t), STATUS_MALFORMED);
	pos = sizeof(cut) - 2;
	assert_int_equal(terms_next(packed, &pos, &t), STATUS_MALFORMED);
	pos = sizeof(cut);
	assert_int_equal(terms_next(packed, &pos, &t), STATUS_NOT_FOUND);
}

/* FTS5's record of its structure: cookie, levels, runs (each below 128). */
static int
count_runs(struct fixture *f)
{
	sqlite3_stmt *stmt;
	const uint8_t *record;
	int runs;

	assert_int_equal(sqlite3_prepare_v2(sqlite_session_of(f->w)->db,
				 "SELECT block FROM user_id_data WHERE id = 10",
				 -1, &stmt, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	record = sqlite3_column_blob(stmt, 0);
	assert_true(sqlite3_column_bytes(stmt, 0) > 5);
	runs = record[5];
	(void)sqlite3_finalize(stmt);
	return runs;
}

static void
store_one(struct fixture *f, uint32_t number)
{
	struct made m;

	made_init(&m, 4, number, 100);
	(void)made_store(f, &m);
}

static void
reopen(struct fixture *f)
{
	fixture_close(f);
	fixture_open(f);
}

static void
test_index_of_a_filled_store_is_one_run(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_EMAIL};
	struct cert_rows rows;
	struct made m;
	uint32_t i;

	for (i = 0; i < 50; i++)
		store_one(f, i);
	assert_true(count_runs(f) > 1);
	reopen(f);
	assert_int_equal(count_runs(f), 1);
	for (i = 0; i < 50; i++) {
		made_init(&m, 4, i, 100);
		q.octets = bytes_of(m.email);
		assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_OK);
		assert_row(&rows.list[0], &m);
	}
	/* A little more is left beside it: 6 are a little of 56, 8 are not. */
	for (i = 50; i < 56; i++)
		store_one(f, i);
	reopen(f);
	assert_true(count_runs(f) > 1);
	for (i = 56; i < 64; i++)
		store_one(f, i);
	reopen(f);
	assert_int_equal(count_runs(f), 1);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_handle_that_its_row_does_not_claim_finds_nothing),
		CASE(test_token_that_its_row_does_not_claim_finds_nothing),
		CASE(test_index_agrees_with_its_rows_after_many_changes),
		CASE(test_words_of_an_undone_job_are_not_written),
		CASE(test_more_words_than_are_gathered_at_once_are_written),
		CASE(test_search_syntax_in_a_word_is_only_a_word),
		CASE(test_index_of_a_filled_store_is_one_run),
		cmocka_unit_test(test_unpacking_ends_at_what_is_not_packed),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
