/* Promises of the writer: batches, faults, wakes. */
#include "writer_world.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_what_is_queued_is_one_commit),
		WORLD_PROMISE(test_a_batch_is_no_larger_than_it_may_be),
		WORLD_PROMISE(test_a_failed_job_is_undone_alone),
		WORLD_PROMISE(
			test_failed_commit_fails_every_job_and_leaves_nothing),
		WORLD_PROMISE(test_io_fault_of_a_job_fails_the_batch),
		WORLD_PROMISE(test_busy_at_commit_runs_the_batch_again),
		WORLD_PROMISE(test_full_disk_is_io_until_it_was_tried_again),
		WORLD_PROMISE(
			test_full_queue_is_busy_and_a_stopped_writer_closed),
		WORLD_PROMISE(test_writer_do_waits_and_tells),
		WORLD_PROMISE(test_only_commits_with_changes_wake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
