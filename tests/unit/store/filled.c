#include "filled.h"

#include "../unit.h"

#include <string.h>

#include <sqlite3.h>
#include <stdio.h>

#include "store/care.h"
#include "store/pack.h"

void
filled_reopen(struct fixture *f, bool bulk)
{
	if (f->store != NULL)
		fixture_close(f);
	f->settings.bulk = bulk;
	fixture_open(f);
	assert_int_equal(store_is_bulk(f->store), bulk);
}

/* In bulk packed before, as ingest does; else at once: nobody can tell. */
void
filled_put(struct fixture *f, const struct made *m)
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

void
filled_begin(struct fixture *f)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
}

void
filled_commit(struct fixture *f)
{
	if (store_commit(f->w, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

void
filled_make(struct made *m, uint32_t i)
{
	made_init(m, (uint8_t)(3 + i % 4), i, 100 + i % 1000);
}

/* New ones, changed ones, fewer keys, deleted ones, and what was undone. */
void
filled_fill(struct fixture *f, uint32_t from, uint32_t to)
{
	struct made m;
	uint32_t i;

	for (i = from; i < to; i++) {
		filled_begin(f);
		filled_make(&m, i);
		filled_put(f, &m);
		filled_commit(f);
		filled_begin(f);
		if (i % 3 == 0) {
			made_change(&m, (uint8_t)i);
			m.search.key_count = 1 + i / 3 % 3;
			m.search.word_count = 1;
			filled_put(f, &m);
		}
		if (i % 10 == 0)
			assert_int_equal(
				store_delete_cert(f->w, &m.row.id, &f->err),
				STATUS_OK);
		if (i % 20 == 0)
			filled_put(f, &m);
		filled_commit(f);
		filled_begin(f);
		filled_make(&m, i + 100000);
		filled_put(f, &m);
		store_rollback(f->w);
		filled_begin(f);
		assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
		filled_put(f, &m);
		assert_int_equal(
			store_release(f->w, false, &f->err), STATUS_OK);
		filled_commit(f);
	}
}

void
filled_ask(struct fixture *f, const char *sql, struct buf *out)
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
		filled_ask(a, questions[i], &x);
		filled_ask(b, questions[i], &y);
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

	for (i = 0; i < FILLED_CERTS; i++) {
		filled_make(&m, i);
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
	filled_fill(f, 0, FILLED_CERTS);
	filled_reopen(f, false);
	return f;
}

void
filled_finish(struct fixture *f)
{
	if (store_bulk_finish(f->store, &f->err) != STATUS_OK)
		fail_msg("%s", f->err.text);
}

void
filled_compare(struct fixture *f)
{
	struct fixture *want = by_rows();

	filled_reopen(f, false);
	assert_found_all(f, want);
	fixture_close(f);
	fixture_close(want);
	assert_same(f, want);
	fixture_open(want);
	fixture_open(f);
	(void)fixture_teardown((void **)&want);
}

