#include "fixture.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- faults of the store, by the linker's --wrap
 * ------------------------------- */

static atomic_int commits, commit_faults, space_faults, head_lies;
static atomic_int commit_fault = STATUS_IO;

enum status __real_store_commit(struct store_session *s, struct err *err);
enum status __wrap_store_commit(struct store_session *s, struct err *err);
enum status __real_store_check_space(struct store_session *s, struct err *err);
enum status __wrap_store_check_space(struct store_session *s, struct err *err);
enum status __real_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);
enum status __wrap_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);

static bool
take_one(atomic_int *n)
{
	int left = atomic_load(n);

	while (left > 0)
		if (atomic_compare_exchange_weak(n, &left, left - 1))
			return true;
	return false;
}

enum status
__wrap_store_commit(struct store_session *s, struct err *err)
{
	if (take_one(&commit_faults)) {
		err_set(err, "the disk is on fire");
		return (enum status)atomic_load(&commit_fault);
	}
	atomic_fetch_add(&commits, 1);
	return __real_store_commit(s, err);
}

enum status
__wrap_store_check_space(struct store_session *s, struct err *err)
{
	if (take_one(&space_faults)) {
		err_set(err, "the disk is full");
		return STATUS_BUSY;
	}
	return __real_store_check_space(s, err);
}

/* Lies to the writer only: the workers' sessions are never in a batch. */
static _Thread_local bool is_writer;

enum status
__wrap_store_get_head(struct store_session *s, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	if (is_writer && take_one(&head_lies)) {
		memset(digest, 0xEE, sizeof(*digest));
		*level = 0;
		return STATUS_OK;
	}
	return __real_store_get_head(s, id, digest, level, err);
}

/* ---- jobs
 * ------------------------------------------------------------------------ */

struct task {
	struct write_job job;
	const char *peer; /* a row that it writes */
	enum status end;  /* what run returns */
	struct writer *announce;
	atomic_int runs, dones;
	enum status got;
	struct err why;
	atomic_bool *gate; /* run waits for it */
};

static void
pause_ms(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000};

	(void)nanosleep(&t, NULL);
}

static enum status
task_run(struct write_job *job, struct store_session *w, struct err *err)
{
	struct task *t = (struct task *)job;
	struct peer p = {
		.name = t->peer, .address = "a@example.org", .last_error = ""};
	enum status st = STATUS_OK;

	is_writer = true;
	atomic_fetch_add(&t->runs, 1);
	while (t->gate != NULL && !atomic_load(t->gate))
		pause_ms(1);
	if (t->peer != NULL)
		st = store_put_peer(w, &p, err);
	if (st == STATUS_OK && t->announce != NULL)
		writer_changed(t->announce);
	if (st == STATUS_OK && t->end != STATUS_OK)
		err_set(err, "as told");
	return st != STATUS_OK ? st : t->end;
}

static void
task_done(struct write_job *job, enum status st, const struct err *err)
{
	struct task *t = (struct task *)job;

	t->got = st;
	t->why = *err;
	atomic_fetch_add(&t->dones, 1);
}

static void
task_put(struct writer *w, struct task *t, const char *peer, enum status end)
{
	t->job.run = task_run;
	t->job.done = task_done;
	t->peer = peer;
	t->end = end;
	assert_ok(writer_put(w, &t->job));
}

static bool
has_peer(struct fixture *f, const char *name)
{
	struct peer p;
	struct err err;

	return store_find_peer(f->read, name, f->arena, &p, &err) == STATUS_OK;
}

/* ---- set up
 * ------------------------------------------------------------------------ */

struct world {
	struct fixture f;
	struct writer_settings settings;
	struct writer *w;
};

static int
setup(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	fixture_open(&world.f);
	world.settings.batch = 128;
	world.settings.max_waiting = 100;
	world.settings.retry_ms = 1;
	atomic_store(&commits, 0);
	atomic_store(&commit_faults, 0);
	atomic_store(&commit_fault, STATUS_IO);
	atomic_store(&space_faults, 0);
	atomic_store(&head_lies, 0);
	*state = &world;
	return 0;
}

static int
teardown(void **state)
{
	struct world *world = *state;

	if (world->w != NULL) {
		writer_stop(world->w);
		writer_free(world->w);
	}
	fixture_close(&world->f);
	return 0;
}

static void
world_new(struct world *world)
{
	struct err err;

	assert_ok(
		writer_new(&world->settings, world->f.store, &world->w, &err));
}

static void
world_start(struct world *world)
{
	struct err err;

	if (world->w == NULL)
		world_new(world);
	assert_ok(writer_start(world->w, &err));
}

/* ---- promises
 * ------------------------------------------------------------------------ */

static void
test_what_is_queued_is_one_commit(void **state)
{
	struct world *world = *state;
	struct task tasks[10] = {0};
	size_t i;

	world_new(world);
	for (i = 0; i < 10; i++)
		task_put(world->w, &tasks[i], "one", STATUS_OK);
	world_start(world);
	writer_stop(world->w);
	for (i = 0; i < 10; i++) {
		assert_int_equal(atomic_load(&tasks[i].runs), 1);
		assert_int_equal(atomic_load(&tasks[i].dones), 1);
		assert_ok(tasks[i].got);
	}
	assert_int_equal(atomic_load(&commits), 1);
	assert_true(has_peer(&world->f, "one"));
}

static void
test_a_batch_is_no_larger_than_it_may_be(void **state)
{
	struct world *world = *state;
	struct task tasks[10] = {0};
	size_t i;

	world->settings.batch = 4;
	world_new(world);
	for (i = 0; i < 10; i++)
		task_put(world->w, &tasks[i], NULL, STATUS_OK);
	world_start(world);
	writer_stop(world->w);
	assert_int_equal(atomic_load(&commits), 3);
}

static void
test_a_failed_job_is_undone_alone(void **state)
{
	struct world *world = *state;
	struct task tasks[3] = {0};

	world_new(world);
	task_put(world->w, &tasks[0], "first", STATUS_OK);
	task_put(world->w, &tasks[1], "second", STATUS_REJECTED);
	task_put(world->w, &tasks[2], "third", STATUS_OK);
	world_start(world);
	writer_stop(world->w);
	assert_ok(tasks[0].got);
	assert_status(tasks[1].got, STATUS_REJECTED);
	assert_string_equal(tasks[1].why.text, "as told");
	assert_ok(tasks[2].got);
	assert_true(has_peer(&world->f, "first"));
	assert_false(has_peer(&world->f, "second"));
	assert_true(has_peer(&world->f, "third"));
}

static void
test_failed_commit_fails_every_job_and_leaves_nothing(void **state)
{
	struct world *world = *state;
	struct task tasks[5] = {0}, later = {0};

	size_t i;

	world_new(world);
	atomic_store(&commit_faults, 1);
	for (i = 0; i < 5; i++)
		task_put(world->w, &tasks[i], "half", STATUS_OK);
	world_start(world);
	for (i = 0; i < 5; i++)
		while (atomic_load(&tasks[i].dones) == 0)
			pause_ms(1);
	for (i = 0; i < 5; i++) {
		assert_int_equal(atomic_load(&tasks[i].dones), 1);
		assert_status(tasks[i].got, STATUS_IO);
	}
	assert_false(has_peer(&world->f, "half"));
	/* And it recovers by itself. */
	pause_ms(5);
	task_put(world->w, &later, "whole", STATUS_OK);
	writer_stop(world->w);
	assert_ok(later.got);
	assert_true(has_peer(&world->f, "whole"));
}

static void
test_io_fault_of_a_job_fails_the_batch(void **state)
{
	struct world *world = *state;
	struct task tasks[2] = {0};

	world_new(world);
	task_put(world->w, &tasks[0], "before", STATUS_OK);
	task_put(world->w, &tasks[1], "torn", STATUS_IO);
	world_start(world);
	writer_stop(world->w);
	assert_status(tasks[0].got, STATUS_IO);
	assert_status(tasks[1].got, STATUS_IO);
	assert_false(has_peer(&world->f, "before"));
	assert_false(has_peer(&world->f, "torn"));
}

static void
test_busy_at_commit_runs_the_batch_again(void **state)
{
	struct world *world = *state;
	struct task t = {0};

	world_new(world);
	atomic_store(&commit_fault, STATUS_BUSY);
	atomic_store(&commit_faults, 2);
	task_put(world->w, &t, "patient", STATUS_OK);
	world_start(world);
	writer_stop(world->w);
	assert_ok(t.got);
	assert_int_equal(atomic_load(&t.runs), 3);
	assert_int_equal(atomic_load(&t.dones), 1);
	assert_true(has_peer(&world->f, "patient"));
}

static void
test_full_disk_is_io_until_it_was_tried_again(void **state)
{
	struct world *world = *state;
	struct task tasks[3] = {0};

	world->settings.retry_ms = 60000;
	world_new(world);
	atomic_store(&space_faults, 1);
	task_put(world->w, &tasks[0], "full", STATUS_OK);
	world_start(world);
	while (atomic_load(&tasks[0].dones) == 0)
		pause_ms(1);
	/* There is room again, but it is not yet time to look. */
	task_put(world->w, &tasks[1], "soon", STATUS_OK);
	writer_stop(world->w);
	assert_status(tasks[0].got, STATUS_IO);
	assert_status(tasks[1].got, STATUS_IO);
	assert_int_equal(atomic_load(&tasks[0].runs), 0);
	assert_int_equal(atomic_load(&tasks[1].runs), 0);
	assert_int_equal(atomic_load(&commits), 0);
}

static void
test_full_queue_is_busy_and_a_stopped_writer_closed(void **state)
{
	struct world *world = *state;
	struct task tasks[3] = {0};

	world->settings.max_waiting = 2;
	world_new(world);
	task_put(world->w, &tasks[0], NULL, STATUS_OK);
	task_put(world->w, &tasks[1], NULL, STATUS_OK);
	tasks[2].job.run = task_run;
	tasks[2].job.done = task_done;
	assert_status(writer_put(world->w, &tasks[2].job), STATUS_BUSY);
	assert_int_equal(writer_waiting(world->w), 2);
	world_start(world);
	writer_stop(world->w);
	assert_status(writer_put(world->w, &tasks[2].job), STATUS_CLOSED);
	assert_int_equal(atomic_load(&tasks[0].dones), 1);
	assert_int_equal(atomic_load(&tasks[1].dones), 1);
	assert_int_equal(atomic_load(&tasks[2].dones), 0);
}

static void
test_writer_do_waits_and_tells(void **state)
{
	struct world *world = *state;
	struct task good = {.peer = "done"}, bad = {.end = STATUS_NOT_FOUND};
	struct err err;

	world_start(world);
	good.job.run = bad.job.run = task_run;
	assert_ok(writer_do(world->w, &good.job, &err));
	assert_true(has_peer(&world->f, "done"));
	assert_status(writer_do(world->w, &bad.job, &err), STATUS_NOT_FOUND);
	assert_string_equal(err.text, "as told");
	writer_stop(world->w);
	assert_status(writer_do(world->w, &good.job, &err), STATUS_CLOSED);
}

static void
count_wake(void *ctx)
{
	atomic_fetch_add((atomic_int *)ctx, 1);
}

static void
test_only_commits_with_changes_wake(void **state)
{
	struct world *world = *state;
	struct task quiet = {0}, loud = {0};
	atomic_int wakes = 0;
	struct err err;

	world_new(world);
	writer_on_change(world->w, count_wake, &wakes);
	world_start(world);
	quiet.job.run = loud.job.run = task_run;
	assert_ok(writer_do(world->w, &quiet.job, &err));
	loud.announce = world->w;
	assert_ok(writer_do(world->w, &loud.job, &err));
	writer_stop(world->w);
	assert_int_equal(atomic_load(&wakes), 1);
}

/* ---- with submissions
 * ------------------------------------------------------------------ */

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

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_is_queued_is_one_commit),
		CASE(test_a_batch_is_no_larger_than_it_may_be),
		CASE(test_a_failed_job_is_undone_alone),
		CASE(test_failed_commit_fails_every_job_and_leaves_nothing),
		CASE(test_io_fault_of_a_job_fails_the_batch),
		CASE(test_busy_at_commit_runs_the_batch_again),
		CASE(test_full_disk_is_io_until_it_was_tried_again),
		CASE(test_full_queue_is_busy_and_a_stopped_writer_closed),
		CASE(test_writer_do_waits_and_tells),
		CASE(test_only_commits_with_changes_wake),
		CASE(test_submission_that_loses_every_race_is_busy),
		CASE(test_submission_that_loses_three_races_is_stored),
		CASE(test_work_that_comes_again_does_not_wait_for_itself),
		CASE(test_submission_in_a_failed_batch_is_not_there),
		CASE(test_race_in_a_repeated_batch_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
