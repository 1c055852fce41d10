/* Promises of the writer with submissions: lost races, failed batches. */
#include "writer_world.h"

/* Marks the writer's thread, so that lies reach it alone. */
static void
mark_writer(struct fixture *f)
{
	struct task t = {0};
	struct err err;

	t.job.run = task_run;
	assert_ok(writer_do(ingest_writer(f->in), &t.job, &err));
}

static void
test_submission_that_loses_every_race_is_busy(void **state)
{
	struct fixture *f = &((struct world *)*state)->f;
	struct submission *sub;
	struct buf cert = {0};

	fixture_start(f);
	mark_writer(f);
	make_cert(&cert, 1, 0);
	atomic_store(&head_lies, 4);
	sub = fixture_submit(f, buf_view(&cert));
	assert_status(sub->status, STATUS_BUSY);
	assert_int_equal(atomic_load(&head_lies), 0);
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
	buf_done(&cert);
}

static void
test_submission_that_loses_three_races_is_stored(void **state)
{
	struct fixture *f = &((struct world *)*state)->f;
	struct submission *sub;
	struct buf cert = {0};

	fixture_start(f);
	mark_writer(f);
	make_cert(&cert, 1, 0);
	atomic_store(&head_lies, 3);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	buf_done(&cert);
}

/* Memory is short, and what fills it is the very work that comes again. */
static void
test_work_that_comes_again_does_not_wait_for_itself(void **state)
{
	struct fixture *f = &((struct world *)*state)->f;
	struct submission *sub;
	struct buf cert = {0};

	f->settings.policy.max_worked = 1;
	f->settings.policy.workers = 1;
	fixture_start(f);
	mark_writer(f);
	make_cert(&cert, 1, 0);
	atomic_store(&head_lies, 2);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	submission_free(sub);
	buf_done(&cert);
}

static void
test_submission_in_a_failed_batch_is_not_there(void **state)
{
	struct fixture *f = &((struct world *)*state)->f;
	struct change_batch log;
	struct submission *sub;
	struct buf cert = {0};

	f->settings.policy.retry_time_ms = 1;
	fixture_start(f);
	make_cert(&cert, 1, 0);
	atomic_store(&commit_faults, 1);
	sub = fixture_submit(f, buf_view(&cert));
	assert_status(sub->status, STATUS_IO);
	assert_int_equal(fixture_certs(f), 0);
	assert_int_equal(fixture_changes(f, &log), 0);
	submission_free(sub);
	pause_ms(5);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(fixture_changes(f, &log), 1);
	submission_free(sub);
	buf_done(&cert);
}

static void
submission_done(struct submission *sub)
{
	atomic_fetch_add((atomic_int *)sub->ctx, 1);
}

/* The loser of a race knows it, also when the batch has to run again. */
static void
test_race_in_a_repeated_batch_loses_nothing(void **state)
{
	struct fixture *f = &((struct world *)*state)->f;
	struct buf cert = {0}, other = {0}, parts[2] = {{0}};
	struct submission *subs[2];
	struct task gate = {0};
	atomic_bool open = false;
	atomic_int done = 0;
	size_t i;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	make_cert(&other, 2, 0);
	make_without(&parts[0], buf_view(&cert), 3);
	make_without(&parts[1], buf_view(&cert), 4);
	assert_ok(buf_put(&parts[1], buf_view(&other)));
	gate.gate = &open;
	task_put(ingest_writer(f->in), &gate, NULL, STATUS_OK);
	while (atomic_load(&gate.runs) == 0)
		pause_ms(1);
	for (i = 0; i < 2; i++) {
		subs[i] = submission_new(1 << 24);
		subs[i]->body = buf_view(&parts[i]);
		subs[i]->done = submission_done;
		subs[i]->ctx = &done;
		assert_ok(ingest_submit(f->in, subs[i]));
	}
	while (writer_waiting(ingest_writer(f->in)) < 2)
		pause_ms(1);
	atomic_store(&commit_fault, STATUS_BUSY);
	atomic_store(&commit_faults, 2);
	atomic_store(&open, true);
	ingest_drain(f->in);
	assert_int_equal(atomic_load(&done), 2);
	assert_int_equal(atomic_load(&commit_faults), 0);
	assert_int_equal(subs[0]->counts[OUTCOME_NEW], 1);
	assert_int_equal(subs[1]->counts[OUTCOME_UPDATED], 1);
	assert_int_equal(subs[1]->counts[OUTCOME_NEW], 1);
	assert_int_equal(fixture_certs(f), 2);
	assert_int_equal(fixture_row(f, subs[0]).octets.len, cert.len);
	for (i = 0; i < 2; i++) {
		submission_free(subs[i]);
		buf_done(&parts[i]);
	}
	buf_done(&other);
	buf_done(&cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_submission_that_loses_every_race_is_busy),
		WORLD_PROMISE(test_submission_that_loses_three_races_is_stored),
		WORLD_PROMISE(
			test_work_that_comes_again_does_not_wait_for_itself),
		WORLD_PROMISE(test_submission_in_a_failed_batch_is_not_there),
		WORLD_PROMISE(test_race_in_a_repeated_batch_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
