#include "ingest/stage.h"

#include <errno.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/workq.h"
#include "ingest/lone.h"
#include "ingest/prepare.h"
#include "ingest/record.h"
#include "ingest/tally.h"
#include "ingest/worker.h"

enum {
	STAGE_ROUNDS_MAX = 3, /* back to a worker, before it is busy */
	STAGE_BEAT_MS = 1000
};

/* ---- the end of a submission ------------------------------------------- */

static void
stage_forget(struct ingest *in, struct submission_work *work)
{
	lock_must(pthread_mutex_lock(&in->lock));
	in->items--;
	in->octets -= work->weight;
	in->held -= work->held;
	counter_set(in->depth, (int64_t)in->items);
	if (in->sleepers > 0)
		lock_must(pthread_cond_broadcast(&in->eased));
	lock_must(pthread_mutex_unlock(&in->lock));
}

/* The one place where `done` runs. */
void
stage_finish(struct submission *sub, enum status st, const struct err *err)
{
	struct ingest *in = sub->work->ingest;
	struct submission_work work = *sub->work;
	size_t i;

	sub->status = st;
	if (st == STATUS_OK) {
		worker_count(sub);
		for (i = 0; i <= OUTCOME_REFUSED; i++)
			if (sub->counts[i] > 0)
				counter_add(in->outcomes[i],
					(int64_t)sub->counts[i]);
	} else {
		sub->err = *err;
		counter_add(in->failed, 1);
	}
	tally_submission(sub);
	sub->done(sub);
	/* It may be freed by now; drain waits until its maker was told. */
	stage_forget(in, &work);
}

static bool
stage_is_late(
	const struct ingest *in, const struct submission *sub, struct err *err)
{
	if (sub->bulk || clock_mono_ms() - sub->started_ms <
				 in->settings.policy.queue_time_ms)
		return false;
	err_set(err, "it waited for too long");
	return true;
}

/* ---- the writer's half ------------------------------------------------- */

static enum status
stage_write(struct write_job *job, struct store_session *s, struct err *err)
{
	struct submission_work *work = (struct submission_work *)job;

	if (stage_is_late(work->ingest, work->sub, err)) {
		job->wrote_nothing = true;
		return STATUS_TIMEOUT;
	}
	return record_submission(work->sub, s, work->ingest->writer, err);
}

static enum status
stage_queue(struct submission_work *work)
{
	struct ingest *in = work->ingest;

	return workq_put_again(
		work->is_dear ? in->dear : in->queue, work->sub, work->weight);
}

/* To the end of the queue: a worker takes it again. */
static bool
stage_again(struct submission_work *work)
{
	struct ingest *in = work->ingest;

	/* It is no longer the writer's, and a worker must not wait for it. */
	lock_must(pthread_mutex_lock(&in->lock));
	in->held -= work->held;
	if (in->sleepers > 0)
		lock_must(pthread_cond_broadcast(&in->eased));
	lock_must(pthread_mutex_unlock(&in->lock));
	work->held = 0;
	return stage_queue(work) == STATUS_OK;
}

static bool
stage_send_back(struct submission_work *work)
{
	if (!record_has(work->sub, WORK_RACED) ||
		work->rounds >= STAGE_ROUNDS_MAX)
		return false;
	work->rounds++;
	counter_add(work->ingest->conflicts, 1);
	return stage_again(work);
}

static void
stage_written(struct write_job *job, enum status st, const struct err *err)
{
	struct submission_work *work = (struct submission_work *)job;

	if (st == STATUS_BUSY && stage_send_back(work))
		return;
	if (st == STATUS_OK)
		record_settle(work->sub);
	if (st == STATUS_OK && record_has(work->sub, WORK_TO_MERGE)) {
		if (stage_again(work))
			return;
		st = STATUS_CLOSED;
	}
	stage_finish(work->sub, st, err);
}

/* ---- the workers' half ------------------------------------------------- */

static void
stage_beat_for(const struct ingest *in, const char *thread)
{
	if (in != NULL && in->settings.beat != NULL && thread != NULL)
		in->settings.beat(in->settings.beat_ctx, thread);
}

void
stage_beat(void *ctx)
{
	const struct submission_work *work = ctx;

	stage_beat_for(work->ingest, work->thread);
}

const atomic_bool *
stage_stop(const struct submission *sub)
{
	const struct ingest *in = sub->work->ingest;

	if (in == NULL)
		return NULL;
	return sub->bulk ? &in->no_loads : &in->hurried;
}

bool
stage_is_stopped(const struct submission *sub)
{
	const atomic_bool *stop = stage_stop(sub);

	return stop != NULL && atomic_load(stop);
}

/* Under the lock, until something was answered; who waits is no thread that
 * hangs. */
static void
stage_sleep(struct ingest *in, const char *thread)
{
	struct timespec until = lock_until(STAGE_BEAT_MS);
	int rc = pthread_cond_timedwait(&in->eased, &in->lock, &until);

	if (rc != ETIMEDOUT)
		lock_must(rc);
	stage_beat_for(in, thread);
}

/* Memory: whoever worked far ahead of the writer waits for it. */
static void
stage_wait_for_writer(struct stage_thread *t)
{
	struct ingest *in = t->in;

	lock_must(pthread_mutex_lock(&in->lock));
	in->sleepers++;
	while (in->held > in->settings.policy.max_worked)
		stage_sleep(in, t->name);
	in->sleepers--;
	lock_must(pthread_mutex_unlock(&in->lock));
}

void
stage_claim_large(struct submission_work *work)
{
	struct ingest *in = work->ingest;

	if (work->is_large)
		return;
	lock_must(pthread_mutex_lock(&in->lock));
	in->sleepers++;
	while (in->large || in->held > in->settings.policy.max_worked)
		stage_sleep(in, work->thread);
	in->sleepers--;
	in->large = true;
	lock_must(pthread_mutex_unlock(&in->lock));
	work->is_large = true;
}

static void
stage_give_up_large(struct submission_work *work)
{
	struct ingest *in = work->ingest;

	if (!work->is_large)
		return;
	work->is_large = false;
	lock_must(pthread_mutex_lock(&in->lock));
	in->large = false;
	if (in->sleepers > 0)
		lock_must(pthread_cond_broadcast(&in->eased));
	lock_must(pthread_mutex_unlock(&in->lock));
}

static void
stage_hold(struct ingest *in, struct submission *sub)
{
	struct submission_work *work = sub->work;
	size_t used = arena_used(sub->arena) + arena_used(work->turn);

	lock_must(pthread_mutex_lock(&in->lock));
	in->held += used - work->held;
	lock_must(pthread_mutex_unlock(&in->lock));
	work->held = used;
}

/*
 * What takes long to verify waits for a thread of its own, one after the
 * other: nobody else waits for it. It waits unread, since what was read takes
 * ten times the memory.
 */
static enum status
stage_hand_over(struct submission *sub, bool *gone, struct err *err)
{
	enum status st;

	worker_forget(sub);
	sub->work->is_dear = true;
	st = stage_queue(sub->work);
	if (st != STATUS_OK)
		err_set(err, "stopping");
	*gone = st == STATUS_OK;
	return st;
}

/*
 * Which keys lone revocations name is known only when these are looked for, and
 * what it takes with that: a worker spends no more on them than a share.
 */
static enum status
stage_resolve(struct stage_thread *t, struct submission *sub, bool *dear,
	struct err *err)
{
	const struct policy *policy = &t->in->settings.policy;
	const struct verify_budget share =
		worker_budget(policy, WORKER_CHEAP_SHARE);
	struct verify_budget *left = &sub->work->budget, all = *left;
	enum status st;

	*dear = false;
	if (sub->work->lone_count == 0 || sub->work->is_dear || sub->bulk)
		return lone_resolve(t->session, policy, sub, err);
	*left = share;
	st = lone_resolve(t->session, policy, sub, err);
	left->octets += all.octets - share.octets;
	left->operations += all.operations - share.operations;
	*dear = sub->work->spent;
	return st;
}

/* `*gone`: it is another thread's, or done, by now. */
static enum status
stage_work(struct stage_thread *t, struct submission *sub, bool *gone,
	struct err *err)
{
	const struct policy *policy = &t->in->settings.policy;
	enum status st = STATUS_OK;
	bool dear;

	if (stage_is_late(t->in, sub, err))
		return STATUS_TIMEOUT;
	if (!sub->work->is_read) {
		st = worker_read(policy, sub, err);
		sub->work->is_read = true;
		if (st == STATUS_OK && !sub->work->is_dear &&
			worker_is_dear(policy, sub))
			return stage_hand_over(sub, gone, err);
	}
	if (st != STATUS_OK)
		return st;
	st = stage_resolve(t, sub, &dear, err);
	if (dear)
		return stage_hand_over(sub, gone, err);
	if (st == STATUS_OK)
		st = prepare_certs(t->session, policy, sub, err);
	if (st == STATUS_MALFORMED) {
		/* What came was read: it is the stored row that is damaged. */
		err_prefix(err, "stored certificate");
		log_line(LOG_ERROR, "store", "damaged row reason=%s",
			log_quote_str(err->text).text);
		return STATUS_IO;
	}
	return st;
}

static void
stage_take(struct stage_thread *t, struct submission *sub)
{
	struct err err = {{0}};
	bool gone = false;
	enum status st;

	stage_wait_for_writer(t);
	sub->work->thread = t->name;
	st = STATUS_CLOSED;
	if (!stage_is_stopped(sub))
		st = stage_work(t, sub, &gone, &err);
	if (gone)
		return;
	if (st == STATUS_CLOSED)
		err_set(&err, "the server is stopping: try again later");
	if (st != STATUS_OK || (!record_has(sub, WORK_TO_WRITE) &&
				       !record_has(sub, WORK_TO_REJECT))) {
		stage_give_up_large(sub->work);
		stage_finish(sub, st, &err);
		return;
	}
	/* Held before the place is given up: who takes it next sees it. */
	stage_hold(t->in, sub);
	stage_give_up_large(sub->work);
	sub->work->job.run = stage_write;
	sub->work->job.done = stage_written;
	st = writer_put(t->in->writer, &sub->work->job);
	if (st != STATUS_OK) {
		err_set(&err, "the writer takes no more");
		stage_finish(sub, st, &err);
	}
}

void *
stage_worker(void *arg)
{
	struct stage_thread *t = arg;
	struct ingest *in = t->in;
	void *item;
	enum status st;

	do {
		if (in->settings.beat != NULL)
			in->settings.beat(in->settings.beat_ctx, t->name);
		st = workq_take(t->queue, STAGE_BEAT_MS, &item);
		if (st == STATUS_OK)
			stage_take(t, item);
	} while (st != STATUS_CLOSED);
	return NULL;
}
