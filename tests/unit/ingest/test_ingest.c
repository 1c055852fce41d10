#include "fixture.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "pgp/digest.h"
#include "store/store.h"

enum { DIGEST = sizeof(struct digest) };

static int
setup(void **state)
{
	static struct fixture f;

	fixture_open(&f);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

/* ---- what becomes of one certificate
 * ------------------------------------------ */

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
	assert_int_equal(row.packet_digests.len,
		count_packets(buf_view(&cert)) * DIGEST);
	assert_int_equal(fixture_changes(f, &log), 1);
	assert_int_equal(log.list[0].flags, CHANGE_NEW_CERT);
	assert_string_equal(log.list[0].origin, "http");
	assert_string_equal(log.list[0].seen, "");
	assert_true(cert_id_eq(&log.list[0].cert, &row.id));
	assert_true(bytes_eq(log.list[0].delta, row.packet_digests));
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
	assert_true(digest_in(row.packet_digests, &d));
	assert_false(digest_in(old.packet_digests, &d));
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
	assert_int_equal(log.list[0].flags, CHANGE_NEW_CERT | CHANGE_MODERN);
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
	sub = submission_new(ingest_policy(f->in)->max_arena);
	sub->origin = "load";
	sub->bulk = true;
	sub->no_change_log = true;
	sub->body = buf_view(&cert);
	assert_ok(ingest_submit_wait(f->in, sub));
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

/* ---- two at once
 * ------------------------------------------------------------------ */

/* A write job that keeps the writer until the gate opens. */
struct gate {
	struct write_job job;
	atomic_bool reached, open, ended;
};

static void
pause_ms(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000};

	(void)nanosleep(&t, NULL);
}

static enum status
gate_run(struct write_job *job, struct store_session *w, struct err *err)
{
	struct gate *g = (struct gate *)job;

	(void)w;
	(void)err;
	atomic_store(&g->reached, true);
	while (!atomic_load(&g->open))
		pause_ms(1);
	return STATUS_OK;
}

static void
gate_done(struct write_job *job, enum status st, const struct err *err)
{
	(void)st;
	(void)err;
	atomic_store(&((struct gate *)job)->ended, true);
}

static void
gate_shut(struct fixture *f, struct gate *g)
{
	memset(g, 0, sizeof(*g));
	g->job.run = gate_run;
	g->job.done = gate_done;
	assert_ok(writer_put(ingest_writer(f->in), &g->job));
	while (!atomic_load(&g->reached))
		pause_ms(1);
}

static atomic_int done_count;

static void
count_done(struct submission *sub)
{
	atomic_fetch_add((atomic_int *)sub->ctx, 1);
	atomic_fetch_add(&done_count, 1);
}

static struct submission *
submit_later(struct fixture *f, struct bytes body, atomic_int *done)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);

	sub->origin = "http";
	sub->body = body;
	sub->done = count_done;
	sub->ctx = done;
	assert_ok(ingest_submit(f->in, sub));
	return sub;
}

/* Both are worked against the same row before either is written. */
static void
test_two_changes_of_one_certificate_at_once_both_survive(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, a = {0}, b = {0}, base = {0};
	struct submission *subs[2];
	struct change_batch log;
	atomic_int done[2] = {0, 0};
	struct cert_row row;
	struct counter *conflicts = counter_get("ingest_conflicts");
	int64_t before = counter_value(conflicts);
	struct gate gate;
	size_t i;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	make_without(&a, buf_view(&cert), 3);
	make_without(&b, buf_view(&cert), 4);
	make_without(&base, buf_view(&a), 3);
	submission_free(fixture_submit(f, buf_view(&base)));
	gate_shut(f, &gate);
	subs[0] = submit_later(f, buf_view(&a), &done[0]);
	subs[1] = submit_later(f, buf_view(&b), &done[1]);
	while (writer_waiting(ingest_writer(f->in)) < 2)
		pause_ms(1);
	atomic_store(&gate.open, true);
	ingest_drain(f->in);
	for (i = 0; i < 2; i++) {
		assert_int_equal(atomic_load(&done[i]), 1);
		assert_ok(subs[i]->status);
		assert_int_equal(subs[i]->outcomes[0].kind, OUTCOME_UPDATED);
	}
	assert_int_equal(counter_value(conflicts) - before, 1);
	row = fixture_row(f, subs[0]);
	assert_int_equal(row.octets.len, cert.len);
	assert_int_equal(fixture_changes(f, &log), 3);
	assert_int_equal(log.list[1].delta.len, DIGEST);
	assert_int_equal(log.list[2].delta.len, DIGEST);
	assert_false(bytes_eq(log.list[1].delta, log.list[2].delta));
	assert_memory_equal(&log.list[2].old_digest, &log.list[1].new_digest,
		sizeof(struct sks_digest));
	submission_free(subs[0]);
	submission_free(subs[1]);
	buf_done(&cert);
	buf_done(&a);
	buf_done(&b);
	buf_done(&base);
}

/* The second finds, when it comes again, that nothing is left to add. */
static void
test_the_same_new_certificate_twice_at_once_is_stored_once(void **state)
{
	struct fixture *f = *state;
	struct submission *subs[2];
	struct change_batch log;
	atomic_int done[2] = {0, 0};
	struct buf cert = {0};
	struct gate gate;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	gate_shut(f, &gate);
	subs[0] = submit_later(f, buf_view(&cert), &done[0]);
	subs[1] = submit_later(f, buf_view(&cert), &done[1]);
	while (writer_waiting(ingest_writer(f->in)) < 2)
		pause_ms(1);
	atomic_store(&gate.open, true);
	ingest_drain(f->in);
	assert_int_equal(
		subs[0]->counts[OUTCOME_NEW] + subs[1]->counts[OUTCOME_NEW], 1);
	assert_int_equal(subs[0]->counts[OUTCOME_UNCHANGED] +
				 subs[1]->counts[OUTCOME_UNCHANGED],
		1);
	assert_int_equal(fixture_changes(f, &log), 1);
	submission_free(subs[0]);
	submission_free(subs[1]);
	buf_done(&cert);
}

/* ---- the queue, start and stop
 * ------------------------------------------------------ */

static void
test_full_queue_is_busy_by_items(void **state)
{
	struct fixture *f = *state;
	struct submission *subs[4];
	atomic_int done[4] = {0};
	struct buf cert = {0};
	size_t i;

	f->settings.policy.max_queue_items = 3;
	fixture_new(f);
	make_cert(&cert, 1, 0);
	for (i = 0; i < 3; i++)
		subs[i] = submit_later(f, buf_view(&cert), &done[i]);
	subs[3] = submission_new(1 << 20);
	subs[3]->body = buf_view(&cert);
	subs[3]->done = count_done;
	subs[3]->ctx = &done[3];
	assert_status(ingest_submit(f->in, subs[3]), STATUS_BUSY);
	assert_ok(ingest_start(f->in, NULL));
	ingest_drain(f->in);
	for (i = 0; i < 3; i++) {
		assert_int_equal(atomic_load(&done[i]), 1);
		assert_ok(subs[i]->status);
	}
	assert_int_equal(atomic_load(&done[3]), 0);
	assert_status(ingest_submit(f->in, subs[3]), STATUS_CLOSED);
	for (i = 0; i < 4; i++)
		submission_free(subs[i]);
	buf_done(&cert);
}

static void
test_full_queue_is_busy_by_octets(void **state)
{
	struct fixture *f = *state;
	struct submission *subs[3];
	atomic_int done[3] = {0};
	struct buf cert = {0};
	size_t i;

	make_cert(&cert, 1, 0);
	f->settings.policy.max_queue_octets = 2 * cert.len;
	fixture_new(f);
	subs[0] = submit_later(f, buf_view(&cert), &done[0]);
	subs[1] = submit_later(f, buf_view(&cert), &done[1]);
	subs[2] = submission_new(1 << 20);
	subs[2]->body = bytes_make(cert.data, 1);
	subs[2]->done = count_done;
	subs[2]->ctx = &done[2];
	assert_status(ingest_submit(f->in, subs[2]), STATUS_BUSY);
	assert_ok(ingest_start(f->in, NULL));
	ingest_drain(f->in);
	assert_int_equal(atomic_load(&done[0]) + atomic_load(&done[1]), 2);
	assert_int_equal(atomic_load(&done[2]), 0);
	for (i = 0; i < 3; i++)
		submission_free(subs[i]);
	buf_done(&cert);
}

static void
test_stop_completes_everything_exactly_once(void **state)
{
	enum { COUNT = 200 };
	struct submission *subs[COUNT];
	struct buf certs[COUNT] = {{0}};
	struct fixture *f = *state;
	atomic_int done[COUNT];
	size_t i;

	f->settings.policy.workers = 4;
	f->settings.policy.commit_batch = 7;
	fixture_start(f);
	for (i = 0; i < COUNT; i++) {
		atomic_init(&done[i], 0);
		make_cert(&certs[i], i / 2, (unsigned)i % 2);
	}
	for (i = 0; i < COUNT; i++)
		subs[i] = submit_later(f, buf_view(&certs[i]), &done[i]);
	ingest_stop(f->in);
	for (i = 0; i < COUNT; i++) {
		assert_int_equal(atomic_load(&done[i]), 1);
		assert_ok(subs[i]->status);
		assert_int_equal(subs[i]->outcome_count, 1);
		submission_free(subs[i]);
		buf_done(&certs[i]);
	}
	assert_int_equal(fixture_certs(f), COUNT / 2);
}

static void
test_what_was_queued_before_a_start_that_never_was_is_closed(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};
	atomic_int done = 0;

	fixture_new(f);
	make_cert(&cert, 1, 0);
	sub = submit_later(f, buf_view(&cert), &done);
	ingest_stop(f->in);
	assert_int_equal(atomic_load(&done), 1);
	assert_status(sub->status, STATUS_CLOSED);
	submission_free(sub);
	buf_done(&cert);
}

static void
test_what_waited_too_long_is_not_stored(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};
	atomic_int done = 0;

	f->settings.policy.queue_time_ms = 30000;
	fixture_new(f);
	make_cert(&cert, 1, 0);
	clock_set_for_test(1000000, 1700000000);
	sub = submit_later(f, buf_view(&cert), &done);
	clock_set_for_test(1000000 + 30000, 1700000000);
	assert_ok(ingest_start(f->in, NULL));
	ingest_drain(f->in);
	clock_set_for_test(-1, -1);
	assert_int_equal(atomic_load(&done), 1);
	assert_status(sub->status, STATUS_TIMEOUT);
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
	buf_done(&cert);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_new_certificate_is_stored_with_its_change),
		CASE(test_what_is_known_is_unchanged_and_logged_once),
		CASE(test_a_new_signature_updates_and_the_delta_is_just_it),
		CASE(test_it_is_found_by_all_that_names_it),
		CASE(test_unknown_algorithm_is_marked_modern),
		CASE(test_load_into_an_empty_store_makes_no_change_record),
		CASE(test_a_thousand_certificates_are_one_commit),
		CASE(test_two_changes_of_one_certificate_at_once_both_survive),
		CASE(test_the_same_new_certificate_twice_at_once_is_stored_once),
		CASE(test_full_queue_is_busy_by_items),
		CASE(test_full_queue_is_busy_by_octets),
		CASE(test_stop_completes_everything_exactly_once),
		CASE(test_what_was_queued_before_a_start_that_never_was_is_closed),
		CASE(test_what_waited_too_long_is_not_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
