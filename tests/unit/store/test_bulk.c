/* A store that one load fills is, when it ends, as if it had come by rows. */
#include "../unit.h"

#include <string.h>

#include <sqlite3.h>
#include <stdio.h>

#include "backend.h"
#include "store/care.h"
#include "store/pack.h"
#include "store/sqlite/db.h"

enum { CERTS = 300 };

static void
reopen(struct fixture *f, bool bulk)
{
	if (f->store != NULL)
		fixture_close(f);
	f->settings.bulk = bulk;
	fixture_open(f);
	assert_int_equal(store_is_bulk(f->store), bulk);
}

/* In bulk packed before, as ingest does; else at once: nobody can tell. */
static void
put(struct fixture *f, const struct made *m)
{
	struct cert_search search = m->search;

	arena_reset(f->arena);
	if (store_is_bulk(f->store))
		assert_int_equal(store_pack_cert(f->r, f->arena, &m->row,
					 &search, &f->err),
			STATUS_OK);
	if (store_put_cert(f->w, &m->row, &search, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static void
begin(struct fixture *f)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
}

static void
commit(struct fixture *f)
{
	if (store_commit(f->w, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static void
make(struct made *m, uint32_t i)
{
	made_init(m, (uint8_t)(3 + i % 4), i, 100 + i % 1000);
}

/* New ones, changed ones, fewer keys, deleted ones, and what was undone. */
static void
fill(struct fixture *f, uint32_t from, uint32_t to)
{
	struct made m;
	uint32_t i;

	for (i = from; i < to; i++) {
		begin(f);
		make(&m, i);
		put(f, &m);
		commit(f);
		begin(f);
		if (i % 3 == 0) {
			made_change(&m, (uint8_t)i);
			m.search.key_count = 1 + i / 3 % 3;
			m.search.word_count = 1;
			put(f, &m);
		}
		if (i % 10 == 0)
			assert_int_equal(
				store_delete_cert(f->w, &m.row.id, &f->err),
				STATUS_OK);
		if (i % 20 == 0)
			put(f, &m);
		commit(f);
		begin(f);
		make(&m, i + 100000);
		put(f, &m);
		store_rollback(f->w);
		begin(f);
		assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
		put(f, &m);
		assert_int_equal(
			store_release(f->w, false, &f->err), STATUS_OK);
		commit(f);
	}
}

static void
ask(struct fixture *f, const char *sql, struct buf *out)
{
	char path[512];
	sqlite3_stmt *stmt;
	sqlite3 *db;
	int i;

	(void)snprintf(path, sizeof(path), "%s/keypost.db", f->where);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (i = 0; i < sqlite3_column_count(stmt); i++)
			assert_int_equal(
				buf_printf(out, "%s|",
					(const char *)sqlite3_column_text(
						stmt, i)),
				STATUS_OK);
		assert_int_equal(buf_printf(out, "\n"), STATUS_OK);
	}
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
}

/* Rows by what they say: numbers may differ. */
static const char *const questions[] = {
	"SELECT version, hex(fpr), hex(body_sha256), key_id, hex(sks_digest),"
	" level, flags, hex(search), octets_sum, hex(octets) FROM"
	" cert ORDER BY fpr, body_sha256",
	"SELECT hex(handle), hex(fpr), role FROM subkey k JOIN cert c ON"
	" c.id = k.cert ORDER BY handle, fpr, body_sha256",
	"SELECT count(*) FROM subkey",
	"SELECT hex(sks_digest) FROM cert INDEXED BY cert_by_digest"
	" ORDER BY sks_digest",
	"SELECT name, sql FROM sqlite_schema ORDER BY name",
	/* Who only reads it does not say that it stopped. */
	"SELECT key FROM meta WHERE key <> 'stopped' ORDER BY key",
	"PRAGMA integrity_check",
	"PRAGMA journal_mode",
};

static void
assert_same(struct fixture *a, struct fixture *b)
{
	struct buf x, y;
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		buf_init(&x, 0);
		buf_init(&y, 0);
		ask(a, questions[i], &x);
		ask(b, questions[i], &y);
		assert_true(x.len > 0);
		assert_string_equal((char *)x.data, (char *)y.data);
		buf_done(&x);
		buf_done(&y);
	}
}

/* By each of its keys, and by its words. */
static void
assert_found_all(struct fixture *a, struct fixture *b)
{
	struct cert_rows x, y;
	struct store_query q = {0};
	struct made m;
	uint32_t i;
	size_t k;

	for (i = 0; i < CERTS; i++) {
		make(&m, i);
		for (k = 0; k <= 3; k++) {
			q.kind = k < 3 ? QUERY_FINGERPRINT : QUERY_WORDS;
			q.words = m.words;
			q.word_count = 1;
			if (k < 3)
				q.octets = bytes_make(m.keys[k].fpr.octets,
					m.keys[k].fpr.len);
			arena_reset(a->arena);
			arena_reset(b->arena);
			memset(&x, 0, sizeof(x));
			memset(&y, 0, sizeof(y));
			assert_int_equal(find_rows(a, &q, 10, &x),
				find_rows(b, &q, 10, &y));
			assert_int_equal(x.total, y.total);
		}
	}
}

/* The same by rows, as a daemon stores them. */
static struct fixture *
by_rows(void)
{
	struct fixture *f;

	assert_int_equal(fixture_setup((void **)&f), 0);
	fill(f, 0, CERTS);
	reopen(f, false);
	return f;
}

static void
finish(struct fixture *f)
{
	if (store_bulk_finish(f->store, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static void
compare(struct fixture *f)
{
	struct fixture *want = by_rows();

	reopen(f, false);
	assert_found_all(f, want);
	fixture_close(f);
	fixture_close(want);
	assert_same(f, want);
	fixture_open(want);
	fixture_open(f);
	(void)fixture_teardown((void **)&want);
}

static void
test_filled_in_bulk_it_is_the_same(void **state)
{
	struct fixture *f = *state;

	reopen(f, true);
	fill(f, 0, CERTS);
	finish(f);
	compare(f);
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

	reopen(f, true);
	begin(f);
	make(&m, 1);
	assert_int_equal(
		store_get_head(f->w, &m.row.id, &digest, &level, &f->err),
		STATUS_NOT_FOUND);
	put(f, &m);
	commit(f);
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

	reopen(f, true);
	fill(f, 0, CERTS);
	fixture_close(f);
	f->settings.read_only = true;
	f->settings.bulk = false;
	assert_int_equal(
		store_open(&f->settings, &s, &f->err), STATUS_UNSUPPORTED);
	assert_non_null(strstr(f->err.text, "interrupted"));
	f->settings.read_only = false;
	compare(f);
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

	reopen(f, true);
	fill(f, 0, CERTS);
	f->settings.completes = &watch;
	reopen(f, false);
	assert_true(words > 0);
	words = 0;
	reopen(f, false);
	assert_int_equal(words, 0);
	f->settings.completes = NULL;
}

static void
test_the_next_load_goes_on(void **state)
{
	struct fixture *f = *state;
	size_t words = 0;
	struct care_watch watch = {count_word, &words};

	reopen(f, true);
	fill(f, 0, CERTS / 2);
	assert_int_equal(store_bulk_sync(f->store, &f->err), STATUS_OK);
	f->settings.completes = &watch;
	reopen(f, true);
	/* It was copied: who told of it may be gone. */
	memset(&watch, 0, sizeof(watch));
	/* Whoever waits for what it reads first hears of that, too. */
	assert_true(words > 0);
	words = 0;
	fill(f, CERTS / 2, CERTS);
	finish(f);
	assert_true(words > 0);
	f->settings.completes = NULL;
	compare(f);
}

/* SQLite undoes all by itself when the disk is full, for one. */
static void
test_nothing_is_written_outside_of_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct buf count = {0};
	struct made m;

	reopen(f, true);
	begin(f);
	make(&m, 1);
	put(f, &m);
	assert_int_equal(sqlite3_exec(sqlite_session_of(f->w)->db, "ROLLBACK",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(store_savepoint(f->w, &f->err), STATUS_IO);
	assert_int_equal(
		sqlite3_get_autocommit(sqlite_session_of(f->w)->db), 1);
	store_rollback(f->w);
	fixture_close(f);
	ask(f, "SELECT count(*) FROM cert", &count);
	assert_string_equal((const char *)count.data, "0|\n");
	buf_done(&count);
	reopen(f, true);
}

static void
test_a_store_with_content_is_not_filled_in_bulk(void **state)
{
	struct fixture *f = *state;

	fill(f, 0, 2);
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
