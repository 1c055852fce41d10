/* What was erased is on no page of the store's files: SQLite. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "base/file.h"
#include "store/sqlite/terms.h"

enum { CERTS = 300, FILE_MAX_OCTETS = 256 * 1024 * 1024 };

static bool
is_in_files(struct fixture *f, struct bytes what)
{
	static const char *const names[] = {"keypost.db", "keypost.db-wal"};
	bool found = false;
	char path[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf b = {0};

		(void)snprintf(path, sizeof(path), "%s/%s", f->where, names[i]);
		assert_int_equal(file_read(path, FILE_MAX_OCTETS, &b, &f->err),
			STATUS_OK);
		found = found || (b.len > 0 && memmem(b.data, b.len, what.data,
						       what.len) != NULL);
		buf_done(&b);
	}
	return found;
}

/* What the index holds of an address: its terms share their first digits with
 * their neighbours, and those are written once. */
static struct bytes
end_of_token(const struct made *m, char token[TOKEN_SIZE])
{
	uint8_t octets[TERM_MAX];
	struct term t = {.kind = TERM_EMAIL};

	octets[0] = TERM_EMAIL;
	memcpy(octets + 1, m->emails[0].data, m->emails[0].len);
	t.octets = bytes_make(octets, m->emails[0].len + 1);
	terms_token(&t, token);
	return bytes_of(token + TOKEN_SIZE - 1 - 9);
}

static void
scrub(struct fixture *f)
{
	int step = 0, steps = 0;

	while (step >= 0) {
		assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
		assert_int_equal(store_scrub(f->w, &step, &f->err), STATUS_OK);
		assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
		assert_true(++steps < 10000);
	}
	store_want_empty_log(f->w);
	assert_true(store_wants_empty_log(f->w));
	store_checkpoint(f->w, false);
	assert_false(store_wants_empty_log(f->w));
}

static void
erase(struct fixture *f, const struct cert_id *id, enum status want)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_erase_cert(f->w, id, &f->err), want);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

/* A change of so many packets. */
static void
log_large(struct fixture *f, const struct cert_row *row, struct bytes delta)
{
	struct change c = {
		.cert = row->id, .delta = delta, .origin = "http", .seen = ""};
	int64_t seq;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
test_erased_octets_and_terms_are_on_no_page(void **state)
{
	struct fixture *f = *state;
	static const char stale[] = "what the certificate was before ";
	static uint8_t large[40000];
	char token[TOKEN_SIZE];
	struct cert_row row;
	struct made m, gone;
	struct bytes term;

	made_init(&gone, 4, 77, 100);
	for (uint32_t i = 0; i < CERTS; i++) {
		made_init(&m, 4, i, 4000);
		(void)made_store(f, &m);
	}
	/* It was larger once: the log holds what it was. */
	for (size_t i = 0; i + sizeof(stale) <= sizeof(large); i++)
		large[i] = (uint8_t)stale[i % (sizeof(stale) - 1)];
	made_init(&m, 4, 77, 100);
	m.row.octets = bytes_make(large, sizeof(large));
	(void)made_store(f, &m);
	log_large(f, &m.row, m.row.octets);
	store_want_empty_log(f->w);
	store_checkpoint(f->w, false);
	made_init(&m, 4, 77, 100);
	(void)made_store(f, &m);
	term = end_of_token(&gone, token);
	store_want_empty_log(f->w);
	store_checkpoint(f->w, false);
	assert_true(is_in_files(f, bytes_of(stale)));
	assert_true(is_in_files(f, gone.row.octets));
	assert_true(is_in_files(f, term));
	assert_true(is_in_files(f, gone.emails[0]));
	erase(f, &gone.row.id, STATUS_OK);
	scrub(f);
	assert_false(is_in_files(f, bytes_of(stale)));
	assert_false(is_in_files(f, gone.row.octets));
	assert_false(is_in_files(f, term));
	assert_false(is_in_files(f, gone.emails[0]));
	assert_false(
		is_in_files(f, bytes_make(gone.digests, sizeof(gone.digests))));
	/* The others are whole. */
	made_init(&m, 4, 78, 4000);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	assert_true(is_in_files(f, m.emails[0]));
}

/* Pages freed and taken again in one transaction: the taker's value ends
 * somewhere on its last page. */
static void
test_nothing_stays_behind_the_ends_of_other_values(void **state)
{
	static const char stale[] = "what the certificate was before ";
	static uint8_t large[40000], other[24900];
	struct fixture *f = *state;
	struct made m, n;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (uint8_t)stale[i % (sizeof(stale) - 1)];
	made_init(&m, 4, 77, 100);
	m.row.octets = bytes_make(large, sizeof(large));
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_cert(f->w, &m.row, &m.search, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	made_init(&m, 4, 77, 100);
	made_init(&n, 4, 78, 100);
	n.row.octets = bytes_make(other, sizeof(other));
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_cert(f->w, &m.row, &m.search, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_cert(f->w, &n.row, &n.search, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	erase(f, &m.row.id, STATUS_OK);
	scrub(f);
	assert_false(is_in_files(f, bytes_of(stale)));
}

static void
test_other_addresses_are_found_after_a_scrub(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_EMAIL};
	struct cert_rows rows;
	struct made m;

	for (uint32_t i = 0; i < CERTS; i++) {
		made_init(&m, 4, i, 40);
		(void)made_store(f, &m);
	}
	made_init(&m, 4, 5, 40);
	erase(f, &m.row.id, STATUS_OK);
	erase(f, &m.row.id, STATUS_NOT_FOUND);
	scrub(f);
	q.octets = m.emails[0];
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
	for (uint32_t i = 0; i < CERTS; i++) {
		if (i == 5)
			continue;
		made_init(&m, 4, i, 40);
		q.octets = m.emails[0];
		assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
		assert_int_equal(rows.count, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_erased_octets_and_terms_are_on_no_page,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_nothing_stays_behind_the_ends_of_other_values,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_other_addresses_are_found_after_a_scrub,
			fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
