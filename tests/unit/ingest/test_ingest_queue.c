/* Promises of the way in: the queue, start and stop, two at once. */
#include "fixture.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "pgp/digest.h"
#include "pgp/packet.h"
#include "store/store.h"

enum { DIGEST = sizeof(struct digest) };

/* ---- two at once -------------------------------------------------------- */

/* A write job that keeps the writer until the gate opens. */
struct gate {
	struct write_job job;
	atomic_bool reached, open, ended;
};

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

/* ---- the queue, start and stop ------------------------------------------ */

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

/* Nobody waits at the end of a connection for a bulk load. */
static void
test_what_waited_too_long_is_not_stored_but_in_bulk(void **state)
{
	struct fixture *f = *state;
	struct submission *sub, *bulk;
	struct buf cert = {0}, other = {0};
	atomic_int done = 0;

	f->settings.policy.queue_time_ms = 30000;
	fixture_new(f);
	make_cert(&cert, 1, 0);
	make_cert(&other, 2, 0);
	clock_set_for_test(1000000, 1700000000);
	sub = submit_later(f, buf_view(&cert), &done);
	bulk = submit_later(f, buf_view(&other), &done);
	bulk->bulk = true; /* no thread has begun yet */
	clock_set_for_test(1000000 + 30000, 1700000000);
	assert_ok(ingest_start(f->in, NULL));
	ingest_drain(f->in);
	clock_set_for_test(-1, -1);
	assert_int_equal(atomic_load(&done), 2);
	assert_status(sub->status, STATUS_TIMEOUT);
	assert_ok(bulk->status);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	submission_free(bulk);
	buf_done(&cert);
	buf_done(&other);
}

/* A certificate with so many packets that merging with it takes megabytes. */
static void
make_large(struct buf *out, uint64_t index)
{
	enum { PACKETS = 20000 };
	uint8_t sig[2];
	uint32_t i;

	make_cert(out, index, 0);
	for (i = 0; i < PACKETS; i++) {
		sig[0] = (uint8_t)(i >> 8);
		sig[1] = (uint8_t)i;
		assert_ok(packet_write(out, PACKET_SIGNATURE,
			bytes_make(sig, sizeof(sig)), false));
	}
}

/* However many workers there are, large rows are merged one after another,
 * and no further than the writer follows. */
static void
test_large_rows_do_not_add_up(void **state)
{
	enum { COUNT = 4 };
	struct fixture *f = *state;
	struct buf cert = {0}, revoked[COUNT] = {0};
	struct submission *subs[COUNT];
	atomic_int done[COUNT] = {0};
	struct gate gate;
	size_t waiting;
	uint64_t i;

	f->settings.policy.workers = COUNT;
	f->settings.policy.max_worked = 1024;
	f->settings.policy.limits.max_packets = 100000;
	fixture_start(f);
	for (i = 0; i < COUNT; i++) {
		buf_clear(&cert);
		make_large(&cert, i);
		submission_free(fixture_submit(f, buf_view(&cert)));
		make_revoked(&revoked[i], i);
	}
	gate_shut(f, &gate);
	for (i = 0; i < COUNT; i++)
		subs[i] = submit_later(f, buf_view(&revoked[i]), &done[i]);
	while (writer_waiting(ingest_writer(f->in)) < 1)
		pause_ms(1);
	pause_ms(300);
	waiting = writer_waiting(ingest_writer(f->in));
	atomic_store(&gate.open, true);
	ingest_drain(f->in);
	assert_int_equal(waiting, 1);
	for (i = 0; i < COUNT; i++) {
		assert_int_equal(atomic_load(&done[i]), 1);
		assert_ok(subs[i]->status);
		assert_int_equal(subs[i]->outcomes[0].kind, OUTCOME_UPDATED);
		submission_free(subs[i]);
		buf_done(&revoked[i]);
	}
	buf_done(&cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(
			test_two_changes_of_one_certificate_at_once_both_survive),
		FIXTURE_PROMISE(
			test_the_same_new_certificate_twice_at_once_is_stored_once),
		FIXTURE_PROMISE(test_full_queue_is_busy_by_items),
		FIXTURE_PROMISE(test_full_queue_is_busy_by_octets),
		FIXTURE_PROMISE(test_stop_completes_everything_exactly_once),
		FIXTURE_PROMISE(
			test_what_was_queued_before_a_start_that_never_was_is_closed),
		FIXTURE_PROMISE(test_what_waited_too_long_is_not_stored_but_in_bulk),
		FIXTURE_PROMISE(test_large_rows_do_not_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
