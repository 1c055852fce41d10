/* What store.h promises of certificates and sessions, on each backend. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"

static void
test_put_row_is_read_back_whole(void **state)
{
	static const uint8_t versions[] = {2, 3, 4, 5, 6};
	struct fixture *f = *state;
	struct cert_row row;
	struct made m;
	size_t i;

	for (i = 0; i < sizeof(versions); i++) {
		made_init(&m, versions[i], 7, 2400);
		m.row.level = 1;
		m.row.flags = 0xFFFFFFFFu;
		(void)made_store(f, &m);
		assert_int_equal(store_get_cert(f->r, &m.row.id, f->arena, &row,
					 &f->err),
			STATUS_OK);
		assert_row(&row, &m);
	}
}

static void
test_key_id_above_2_to_63_is_read_back(void **state)
{
	struct fixture *f = *state;
	struct cert_row row;
	struct made m;

	made_init(&m, 4, 1, 10);
	memset(m.row.id.fpr.octets + 12, 0xFF, 8);
	m.row.key_id = UINT64_MAX;
	m.keys[0].fpr = m.row.id.fpr;
	(void)made_store(f, &m);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_true(row.key_id == UINT64_MAX);
}

static void
test_row_not_stored_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct sks_digest digest;
	struct cert_row row;
	uint8_t level;
	struct made m;

	made_init(&m, 4, 1, 10);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
	assert_int_equal(
		store_get_head(f->r, &m.row.id, &digest, &level, &f->err),
		STATUS_NOT_FOUND);
}

static void
test_second_put_replaces_and_keeps_one_row(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;
	struct sks_digest digest;
	struct cert_row row;
	uint8_t level;
	struct made m;

	made_init(&m, 4, 1, 3000);
	(void)made_store(f, &m);
	made_change(&m, 0xAB);
	m.row.level = 2;
	m.row.octets.len = 4000;
	(void)made_store(f, &m);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	assert_int_equal(
		store_get_head(f->r, &m.row.id, &digest, &level, &f->err),
		STATUS_OK);
	assert_memory_equal(&digest, &m.row.sks_digest, 16);
	assert_int_equal(level, 2);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 1);
}

static void
test_version_3_certs_with_equal_fingerprint_are_two(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct cert_rows rows;
	struct cert_row row;
	struct made a, b;

	made_init(&a, 3, 1, 10);
	made_init(&b, 3, 2, 20);
	b.row.id.fpr = a.row.id.fpr;
	b.keys[0].fpr = a.row.id.fpr;
	(void)made_store(f, &a);
	(void)made_store(f, &b);
	assert_int_equal(
		store_get_cert(f->r, &a.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &a);
	assert_int_equal(
		store_get_cert(f->r, &b.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &b);
	q.octets = bytes_make(a.row.id.fpr.octets, 16);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 2);
	/* The same again replaces: still two. */
	(void)made_store(f, &b);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_OK);
	assert_int_equal(rows.count, 2);
}

static void
test_same_octets_as_fingerprint_of_other_version_are_another(void **state)
{
	struct fixture *f = *state;
	struct cert_row row;
	struct made a, b;

	made_init(&a, 5, 1, 10);
	made_init(&b, 6, 2, 20);
	memcpy(b.row.id.fpr.octets, a.row.id.fpr.octets, 32);
	(void)made_store(f, &a);
	assert_int_equal(
		store_get_cert(f->r, &b.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
	(void)made_store(f, &b);
	assert_int_equal(
		store_get_cert(f->r, &b.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &b);
}

static void
test_deleted_cert_leaves_nothing_to_find(void **state)
{
	struct fixture *f = *state;
	struct bytes word = bytes_of("name1");
	struct store_query q = {
		.kind = QUERY_WORDS, .words = &word, .word_count = 1};
	struct store_facts facts;
	struct cert_rows rows;
	struct cert_row row;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_NOT_FOUND);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
	q.kind = QUERY_KEY_ID;
	q.number = m.keys[1].key_id;
	assert_int_equal(find_rows(f, &q, 10, &rows), STATUS_NOT_FOUND);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 0);
}

static void
test_reading_session_sees_one_snapshot(void **state)
{
	struct fixture *f = *state;
	struct cert_row row;
	struct made a, b;

	made_init(&a, 4, 1, 10);
	made_init(&b, 4, 2, 10);
	(void)made_store(f, &a);
	assert_int_equal(session_begin(f->r, &f->err), STATUS_OK);
	(void)made_store(f, &b);
	assert_int_equal(
		store_get_cert(f->r, &a.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_int_equal(
		store_get_cert(f->r, &b.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
	session_end(f->r);
	assert_int_equal(
		store_get_cert(f->r, &b.row.id, f->arena, &row, &f->err),
		STATUS_OK);
}

static void
test_nothing_is_seen_before_commit(void **state)
{
	struct fixture *f = *state;
	struct cert_row row;
	struct made m;

	made_init(&m, 4, 1, 10);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_cert(f->w, &m.row, &m.search, &f->err), STATUS_OK);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
	assert_int_equal(
		store_get_cert(f->w, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	store_rollback(f->w);
	assert_int_equal(
		store_get_cert(f->w, &m.row.id, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
}

static void
test_savepoint_undoes_one_job_of_a_batch(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;
	struct cert_row row;
	struct made m[3];
	uint32_t i;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (i = 0; i < 3; i++) {
		made_init(&m[i], 4, i, 10);
		assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
		assert_int_equal(
			store_put_cert(f->w, &m[i].row, &m[i].search, &f->err),
			STATUS_OK);
		assert_int_equal(
			store_release(f->w, i != 1, &f->err), STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	for (i = 0; i < 3; i++)
		assert_int_equal(store_get_cert(f->r, &m[i].row.id, f->arena,
					 &row, &f->err),
			i == 1 ? STATUS_NOT_FOUND : STATUS_OK);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 2);
}

static void
test_row_larger_than_arena_is_limit(void **state)
{
	struct fixture *f = *state;
	struct arena *small = arena_new(1000);
	struct cert_row row = {.level = 77};
	struct made m;

	made_init(&m, 4, 1, 4000);
	(void)made_store(f, &m);
	assert_int_equal(store_get_cert(f->r, &m.row.id, small, &row, &f->err),
		STATUS_LIMIT);
	assert_int_equal(row.level, 77);
	arena_free(small);
}

static void
test_there_is_one_write_session(void **state)
{
	struct fixture *f = *state;
	struct store_session *second = NULL;

	assert_int_equal(
		session_open(f->store, SESSION_WRITE, &second, &f->err),
		STATUS_BUSY);
	assert_null(second);
	session_close(f->w);
	assert_int_equal(session_open(f->store, SESSION_WRITE, &f->w, &f->err),
		STATUS_OK);
}

static void
test_borrowed_session_comes_back_and_serves_again(void **state)
{
	struct fixture *f = *state;
	struct store_session *a, *b, *c;
	struct cert_row row;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	assert_int_equal(session_borrow(f->store, &a, &f->err), STATUS_OK);
	assert_int_equal(session_borrow(f->store, &b, &f->err), STATUS_OK);
	assert_ptr_not_equal(a, b);
	/* Given back inside a snapshot: the next borrower is not in it. */
	assert_int_equal(session_begin(a, &f->err), STATUS_OK);
	session_return(f->store, a);
	made_change(&m, 3);
	(void)made_store(f, &m);
	assert_int_equal(session_borrow(f->store, &c, &f->err), STATUS_OK);
	assert_ptr_equal(a, c);
	assert_int_equal(store_get_cert(c, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	session_return(f->store, b);
	session_return(f->store, c);
}

static void
test_all_is_there_after_reopening(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;
	struct cert_row row;
	struct made m;
	char id[33];

	made_init(&m, 4, 1, 3000);
	(void)made_store(f, &m);
	strcpy(id, store_id(f->store));
	assert_int_equal(strlen(id), 32);
	assert_int_equal(strspn(id, "0123456789abcdef"), 32);
	fixture_close(f);
	fixture_open(f);
	assert_string_equal(store_id(f->store), id);
	assert_int_equal(
		store_get_cert(f->r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 1);
	assert_int_equal(facts.changes, 1);
	assert_int_equal(facts.last_seq, 1);
	assert_false(facts.read_failed);
}

static void
test_reader_beside_the_daemon_reads_what_is_committed(void **state)
{
	struct fixture *f = *state;
	struct store_settings beside = f->settings;
	struct store_session *r = NULL, *w = NULL;
	struct store *other;
	struct store_facts facts;
	struct cert_row row;
	struct made m;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	beside.read_only = true;
	assert_int_equal(store_open(&beside, &other, &f->err), STATUS_OK);
	assert_string_equal(store_id(other), store_id(f->store));
	assert_int_equal(session_open(other, SESSION_WRITE, &w, &f->err),
		STATUS_REJECTED);
	assert_int_equal(
		session_open(other, SESSION_READ, &r, &f->err), STATUS_OK);
	assert_int_equal(store_get_cert(r, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_int_equal(store_get_facts(r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 1);
	session_close(r);
	store_close(other);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_put_row_is_read_back_whole),
		CASE(test_key_id_above_2_to_63_is_read_back),
		CASE(test_row_not_stored_is_not_found),
		CASE(test_second_put_replaces_and_keeps_one_row),
		CASE(test_version_3_certs_with_equal_fingerprint_are_two),
		CASE(test_same_octets_as_fingerprint_of_other_version_are_another),
		CASE(test_deleted_cert_leaves_nothing_to_find),
		CASE(test_reading_session_sees_one_snapshot),
		CASE(test_nothing_is_seen_before_commit),
		CASE(test_savepoint_undoes_one_job_of_a_batch),
		CASE(test_row_larger_than_arena_is_limit),
		CASE(test_there_is_one_write_session),
		CASE(test_borrowed_session_comes_back_and_serves_again),
		CASE(test_all_is_there_after_reopening),
		CASE(test_reader_beside_the_daemon_reads_what_is_committed),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
