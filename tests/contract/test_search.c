/* What store.h promises of searches, on each backend. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"
#include "store/pack.h"

static void
test_every_key_is_found_by_fingerprint(void **state)
{
	static const uint8_t versions[] = {3, 4, 5, 6};
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct cert_rows rows;
	struct made m;
	size_t v, k;

	for (v = 0; v < sizeof(versions); v++) {
		made_init(&m, versions[v], 5, 100);
		(void)made_store(f, &m);
		for (k = 0; k < 3; k++) {
			q.octets = bytes_make(
				m.keys[k].fpr.octets, m.keys[k].fpr.len);
			assert_int_equal(
				find_rows(f, &q, 10, &rows), STATUS_OK);
			assert_int_equal(rows.count, 1);
			assert_int_equal(rows.total, 1);
			assert_row(&rows.list[0], &m);
			assert_int_equal(rows.list[0].by_subkey, k != 0);
			assert_int_equal(rows.list[0].bound, k == 1);
		}
	}
}

static void
test_every_key_up_to_v4_is_found_by_key_id(void **state)
{
	static const uint8_t versions[] = {3, 4, 5, 6};
	struct fixture *f = *state;
	struct store_query q;
	struct cert_rows rows;
	struct made m;
	enum status want;
	size_t v, k;

	for (v = 0; v < sizeof(versions); v++) {
		made_init(&m, versions[v], 6, 100);
		(void)made_store(f, &m);
		want = versions[v] > 4 ? STATUS_NOT_FOUND : STATUS_OK;
		for (k = 0; k < 3; k++) {
			memset(&q, 0, sizeof(q));
			q.kind = QUERY_KEY_ID;
			q.number = m.keys[k].key_id;
			assert_int_equal(find_rows(f, &q, 10, &rows), want);
			if (want == STATUS_OK) {
				assert_int_equal(rows.count, 1);
				assert_row(&rows.list[0], &m);
				assert_int_equal(
					rows.list[0].by_subkey, k != 0);
			}
			q.kind = QUERY_SHORT_ID;
			q.number &= 0xFFFFFFFFu;
			assert_int_equal(find_rows(f, &q, 10, &rows), want);
			if (want == STATUS_OK)
				assert_row(&rows.list[0], &m);
		}
	}
}

static void
test_owner_by_primary_comes_before_adopters(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_KEY_ID};
	struct cert_rows rows;
	struct made owner, adopter;

	made_init(&adopter, 4, 1, 10);
	made_init(&owner, 4, 2, 20);
	adopter.keys[1].fpr = owner.row.id.fpr;
	adopter.keys[1].key_id = owner.row.key_id;
	(void)made_store(f, &adopter);
	(void)made_store(f, &owner);
	q.number = owner.row.key_id;
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 2);
	assert_row(&rows.list[0], &owner);
	assert_false(rows.list[0].by_subkey);
	assert_row(&rows.list[1], &adopter);
	assert_true(rows.list[1].by_subkey);
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.total, 2);
	assert_row(&rows.list[0], &owner);
}

static void
test_key_id_of_all_ones_is_a_range_with_an_end(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_KEY_ID, .number = UINT64_MAX};
	struct cert_rows rows;
	struct made m;

	made_init(&m, 4, 1, 10);
	memset(m.row.id.fpr.octets, 0xFF, 20);
	m.row.key_id = UINT64_MAX;
	(void)made_store(f, &m);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	q.number = 0;
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
}

static void
test_sks_digest_finds_all_that_have_it(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_SKS_DIGEST};
	struct cert_rows rows;
	struct made a, b;

	made_init(&a, 4, 1, 10);
	made_init(&b, 4, 2, 20);
	b.row.sks_digest = a.row.sks_digest;
	(void)made_store(f, &a);
	(void)made_store(f, &b);
	q.octets = bytes_make(a.row.sks_digest.octets, 16);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 2);
	made_change(&b, 9);
	(void)made_store(f, &b);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	assert_row(&rows.list[0], &a);
}

static void
test_email_and_domain_match_whole(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_EMAIL};
	struct cert_rows rows;
	struct made m;
	uint32_t i;

	for (i = 0; i < 20; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	q.octets = bytes_of("name1@host0.example");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	q.octets = bytes_of("name1@host0.exampl");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
	q.octets = bytes_of("name1%");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
	q.octets = bytes_of("host0.example");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
	q.kind = QUERY_DOMAIN;
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, 10);
}

static void
test_all_words_must_be_there(void **state)
{
	struct fixture *f = *state;
	struct bytes words[3];
	struct store_query q = {.kind = QUERY_WORDS, .words = words};
	struct cert_rows rows;
	struct made m;
	uint32_t i;

	for (i = 0; i < 30; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	words[0] = bytes_of("all");
	q.word_count = 1;
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, 30);
	assert_int_equal(find_rows(f, &q, 4, &rows), STATUS_OK);
	assert_int_equal(rows.count, 4);
	assert_int_equal(rows.total, 30);
	words[1] = bytes_of("tens1");
	q.word_count = 2;
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, 10);
	words[2] = bytes_of("name15");
	q.word_count = 3;
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, 1);
	words[2] = bytes_of("name25");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
	words[2] = bytes_of("nam");
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
	q.word_count = 0;
	assert_int_equal(find_rows(f, &q, 100, &rows), STATUS_NOT_FOUND);
}

/* Found by the new address and two of its keys, and no more by the old address
 * and the third. */
static void
assert_is_new(struct fixture *f, const struct made *m, const char *old)
{
	struct store_query q = {.kind = QUERY_EMAIL, .octets = bytes_of(old)};
	struct cert_rows rows;

	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
	q.octets = bytes_of("new@host.example");
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_row(&rows.list[0], m);
	q.kind = QUERY_FINGERPRINT;
	q.octets = bytes_make(m->keys[2].fpr.octets, 20);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
	q.octets = bytes_make(m->keys[1].fpr.octets, 20);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
}

static void
test_replaced_search_rows_find_no_more(void **state)
{
	struct fixture *f = *state;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	m.emails[0] = bytes_of("new@host.example");
	m.search.key_count = 2;
	made_change(&m, 1);
	(void)made_store(f, &m);
	assert_is_new(f, &m, "name1@host0.example");
}

static void
test_what_was_packed_before_is_found_as_ever(void **state)
{
	struct fixture *f = *state;
	struct made m;

	made_init(&m, 4, 1, 10);
	for (uint8_t i = 0; i < 2; i++) {
		arena_reset(f->arena);
		m.emails[0] = bytes_of(i == 0 ? "old@host.example"
					      : "new@host.example");
		m.search.key_count = 3U - i;
		made_change(&m, i);
		assert_int_equal(store_pack_cert(f->r, f->arena, &m.row,
					 &m.search, &f->err),
			STATUS_OK);
		(void)made_store(f, &m);
	}
	assert_is_new(f, &m, "old@host.example");
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_key_is_found_by_fingerprint),
		CASE(test_every_key_up_to_v4_is_found_by_key_id),
		CASE(test_owner_by_primary_comes_before_adopters),
		CASE(test_key_id_of_all_ones_is_a_range_with_an_end),
		CASE(test_sks_digest_finds_all_that_have_it),
		CASE(test_email_and_domain_match_whole),
		CASE(test_all_words_must_be_there),
		CASE(test_replaced_search_rows_find_no_more),
		CASE(test_what_was_packed_before_is_found_as_ever),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
