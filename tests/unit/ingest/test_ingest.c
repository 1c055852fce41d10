/* Promises of the way in: what becomes of one certificate. */
#include "fixture.h"

#include <string.h>

#include "base/counter.h"
#include "pgp/digest.h"
#include "store/store.h"

enum { DIGEST = sizeof(struct digest) };

/* Placed, sorted. */
static struct bytes
digests_of(struct fixture *f, const struct cert_row *row)
{
	struct bytes sorted = {NULL, 0};
	struct cert *cert;
	struct err err;

	assert_ok(cert_read_stored(f->arena, row->octets, &cert, &err));
	assert_ok(cert_placed_digests(f->arena, cert, &sorted));
	return sorted;
}

/* ---- what becomes of one certificate ------------------------------------ */

static void
test_new_certificate_is_stored_with_its_change(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0};
	struct change_batch log;
	struct submission *sub;
	struct cert_row row;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	assert_int_equal(sub->outcomes[0].verdict, VERDICT_KEPT);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	row = fixture_row(f, sub);
	assert_int_equal(row.level, LEVEL_SKS);
	assert_int_equal(row.octets.len, cert.len);
	assert_int_equal(fixture_changes(f, &log), 1);
	assert_int_equal(log.list[0].flags, CHANGE_NEW_CERT);
	assert_string_equal(log.list[0].origin, "http");
	assert_string_equal(log.list[0].seen, "");
	assert_true(cert_id_eq(&log.list[0].cert, &row.id));
	assert_true(bytes_eq(log.list[0].delta, digests_of(f, &row)));
	assert_memory_equal(&log.list[0].new_digest, &row.sks_digest,
		sizeof(row.sks_digest));
	submission_free(sub);
	buf_done(&cert);
}

static void
test_what_is_known_is_unchanged_and_logged_once(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, part = {0};
	struct change_batch log;
	struct submission *sub;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	submission_free(fixture_submit(f, buf_view(&cert)));
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	assert_int_equal(sub->counts[OUTCOME_UNCHANGED], 1);
	submission_free(sub);
	make_without(&part, buf_view(&cert), 4);
	sub = fixture_submit(f, buf_view(&part));
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	submission_free(sub);
	assert_int_equal(fixture_changes(f, &log), 1);
	buf_done(&part);
	buf_done(&cert);
}

static void
test_a_new_signature_updates_and_the_delta_is_just_it(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, part = {0};
	struct submission *first, *sub;
	struct change_batch log;
	struct cert_row row, old;
	struct digest d;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	make_without(&part, buf_view(&cert), 4);
	first = fixture_submit(f, buf_view(&part));
	old = fixture_row(f, first);
	sub = fixture_submit(f, buf_view(&cert));
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UPDATED);
	row = fixture_row(f, sub);
	assert_int_equal(row.octets.len, cert.len);
	assert_int_equal(fixture_changes(f, &log), 2);
	assert_int_equal(log.list[1].flags, 0);
	assert_int_equal(log.list[1].delta.len, DIGEST);
	memcpy(&d, log.list[1].delta.data, DIGEST);
	assert_true(digest_in(digests_of(f, &row), &d));
	assert_false(digest_in(digests_of(f, &old), &d));
	assert_memory_equal(&log.list[1].old_digest, &old.sks_digest,
		sizeof(old.sks_digest));
	assert_memory_equal(&log.list[1].new_digest, &row.sks_digest,
		sizeof(row.sks_digest));
	submission_free(first);
	submission_free(sub);
	buf_done(&part);
	buf_done(&cert);
}

static bool
is_found(struct fixture *f, enum query_kind kind, struct bytes octets,
	uint64_t number)
{
	struct store_query q = {
		.kind = kind, .octets = octets, .number = number};
	struct cert_rows rows;
	struct err err;

	if (kind == QUERY_WORDS) {
		q.words = &octets;
		q.word_count = 1;
	}
	return store_find(f->read, &q, 10, f->arena, &rows, &err) ==
		       STATUS_OK &&
	       rows.count == 1;
}

static void
test_it_is_found_by_all_that_names_it(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};
	struct cert_row row;

	fixture_start(f);
	make_cert(&cert, 5, 1);
	sub = fixture_submit(f, buf_view(&cert));
	row = fixture_row(f, sub);
	assert_true(is_found(f, QUERY_FINGERPRINT,
		bytes_make(row.id.fpr.octets, row.id.fpr.len), 0));
	assert_true(is_found(f, QUERY_KEY_ID, bytes_of(""), row.key_id));
	assert_true(is_found(
		f, QUERY_SHORT_ID, bytes_of(""), row.key_id & 0xFFFFFFFF));
	assert_true(is_found(f, QUERY_SKS_DIGEST,
		bytes_make(&row.sks_digest, sizeof(row.sks_digest)), 0));
	assert_true(
		is_found(f, QUERY_EMAIL, bytes_of("person5@example.org"), 0));
	assert_true(is_found(f, QUERY_WORDS, bytes_of("person"), 0));
	assert_false(is_found(f, QUERY_WORDS, bytes_of("nobody"), 0));
	assert_false(
		is_found(f, QUERY_EMAIL, bytes_of("person6@example.org"), 0));
	submission_free(sub);
	buf_done(&cert);
}

/* An algorithm nobody knows: version 4, algorithm 99, no user ID. */
static void
test_unknown_algorithm_is_marked_modern(void **state)
{
	static const uint8_t body[] = {4, 0x59, 0, 0, 0, 99, 1, 2, 3, 4};
	struct fixture *f = *state;
	struct change_batch log;
	struct submission *sub;
	struct buf cert = {0};

	fixture_start(f);
	assert_ok(packet_write(&cert, PACKET_PUBLIC_KEY,
		bytes_make(body, sizeof(body)), false));
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	assert_int_equal(fixture_changes(f, &log), 1);
	assert_int_equal(log.list[0].flags & CHANGE_MODERN, CHANGE_MODERN);
	assert_int_equal(change_cert_flags(log.list[0].flags),
		CERT_UNVERIFIED | CERT_UNKNOWN_ALGORITHM);
	submission_free(sub);
	buf_done(&cert);
}

static void
test_load_into_an_empty_store_makes_no_change_record(void **state)
{
	struct fixture *f = *state;
	struct change_batch log;
	struct submission *sub;
	struct buf cert = {0};

	fixture_start(f);
	make_cert(&cert, 1, 0);
	sub = fixture_load(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(fixture_changes(f, &log), 0);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	buf_done(&cert);
}

static void
test_a_thousand_certificates_are_one_commit(void **state)
{
	struct counter *batches = counter_get("writer_batches");
	struct fixture *f = *state;
	struct change_batch log;
	struct submission *sub;
	struct buf all = {0};
	int64_t before;
	uint64_t i;

	fixture_start(f);
	before = counter_value(batches);
	for (i = 0; i < 1000; i++) {
		struct buf cert = {0}, head = {0};

		/* Primary keys alone: quick to make, and enough to count. */
		make_revoked(&cert, i);
		make_part(&head, buf_view(&cert), 0, 1);
		assert_ok(buf_put(&all, buf_view(&head)));
		buf_done(&head);
		buf_done(&cert);
	}
	sub = fixture_submit(f, buf_view(&all));
	ingest_drain(f->in);
	ingest_stop(f->in);
	assert_ok(sub->status);
	assert_int_equal(counter_value(batches) - before, 1);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1000);
	assert_int_equal(fixture_changes(f, &log), 1000);
	submission_free(sub);
	buf_done(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_new_certificate_is_stored_with_its_change),
		FIXTURE_PROMISE(
			test_what_is_known_is_unchanged_and_logged_once),
		FIXTURE_PROMISE(
			test_a_new_signature_updates_and_the_delta_is_just_it),
		FIXTURE_PROMISE(test_it_is_found_by_all_that_names_it),
		FIXTURE_PROMISE(test_unknown_algorithm_is_marked_modern),
		FIXTURE_PROMISE(
			test_load_into_an_empty_store_makes_no_change_record),
		FIXTURE_PROMISE(test_a_thousand_certificates_are_one_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
