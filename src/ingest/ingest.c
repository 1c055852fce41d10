#include "ingest/ingest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/crash.h"
#include "base/lock.h"
#include "base/workq.h"
#include "ingest/latch.h"
#include "ingest/raise.h"
#include "ingest/stage.h"
#include "ingest/tally.h"
#include "ingest/work.h"

enum { DRAIN_SECONDS = 10 };

/* ---- for others -------------------------------------------------------- */

enum status
ingest_submit(struct ingest *in, struct submission *sub)
{
	const struct policy *p = &in->settings.policy;
	enum status st = STATUS_OK;
	size_t total;

	lock_must(pthread_mutex_lock(&in->lock));
	if (in->closing)
		st = STATUS_CLOSED;
	else if (__builtin_add_overflow(in->octets, sub->body.len, &total) ||
		 in->items >= p->max_queue_items ||
		 (in->items > 0 && total > p->max_queue_octets))
		st = STATUS_BUSY;
	if (st == STATUS_OK) {
		in->items++;
		in->octets = total;
		counter_set(in->depth, (int64_t)in->items);
	}
	lock_must(pthread_mutex_unlock(&in->lock));
	if (st != STATUS_OK)
		return st;
	sub->started_ms = clock_mono_ms();
	sub->work->ingest = in;
	sub->work->weight = sub->body.len;
	/* The limit was met above, where what is under way counts too. */
	st = workq_put_again(in->queue, sub, sub->work->weight);
	assert(st == STATUS_OK);
	crash_point("queued");
	return st;
}

static void
ingest_wait_done(struct submission *sub)
{
	latch_end(sub->ctx);
}

enum status
ingest_submit_wait(struct ingest *in, struct submission *sub)
{
	struct latch latch = LATCH_INIT;
	enum status st;

	sub->done = ingest_wait_done;
	sub->ctx = &latch;
	st = ingest_submit(in, sub);
	if (st == STATUS_OK)
		latch_wait(&latch);
	return st;
}

struct writer *
ingest_writer(struct ingest *in)
{
	return in->writer;
}

struct tombstones *
ingest_tombstones(const struct ingest *in)
{
	return in == NULL ? NULL : in->tombstones;
}

struct store *
ingest_store(const struct ingest *in)
{
	return in->store;
}

const struct policy *
ingest_policy(const struct ingest *in)
{
	return &in->settings.policy;
}

/* ---- start and stop ---------------------------------------------------- */

static enum status
ingest_open_writer(struct ingest *in, struct err *err)
{
	const struct policy *p = &in->settings.policy;
	struct writer_settings w = {.batch = p->commit_batch,
		.max_waiting = p->max_queue_items * 2,
		.retry_ms = p->retry_time_ms,
		.beat = in->settings.beat,
		.beat_ctx = in->settings.beat_ctx};

	return writer_new(&w, in->store, &in->writer, err);
}

static enum status
ingest_open_sessions(struct ingest *in, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	in->thread_count = policy_workers(&in->settings.policy) + 1;
	in->threads = xcalloc(in->thread_count, sizeof(*in->threads));
	for (i = 0; st == STATUS_OK && i < in->thread_count; i++) {
		struct stage_thread *t = &in->threads[i];

		t->in = in;
		t->queue = i + 1 < in->thread_count ? in->queue : in->dear;
		if (t->queue == in->dear)
			(void)snprintf(t->name, sizeof(t->name), "worker-dear");
		else
			(void)snprintf(t->name, sizeof(t->name), "worker-%u",
				(unsigned)i % 100);
		st = session_open(in->store, SESSION_READ, &t->session, err);
	}
	return st;
}

enum status
ingest_new(const struct ingest_settings *settings, struct store *store,
	struct ingest **ingest, struct err *err)
{
	struct ingest *in = xcalloc(1, sizeof(*in));
	char name[32];
	enum status st;
	int k;

	in->settings = *settings;
	in->store = store;
	lock_must(pthread_mutex_init(&in->lock, NULL));
	lock_cond_init(&in->eased);
	in->queue = workq_new(settings->policy.max_queue_items, 0);
	in->dear = workq_new(settings->policy.max_queue_items, 0);
	for (k = 0; k <= OUTCOME_REFUSED; k++) {
		(void)snprintf(name, sizeof(name), "ingest_%s",
			outcome_word((enum outcome_kind)k));
		in->outcomes[k] = counter_get(name);
	}
	tally_init();
	in->failed = counter_get("ingest_failed");
	in->conflicts = counter_get("ingest_conflicts");
	in->depth = counter_get("ingest_queue");
	st = settings->folder == NULL
		     ? STATUS_OK
		     : tombstones_open(settings->folder, &in->tombstones, err);
	if (st == STATUS_OK)
		st = ingest_open_writer(in, err);
	if (st == STATUS_OK)
		st = ingest_open_sessions(in, err);
	if (st == STATUS_OK && settings->raise)
		st = raise_new(in, &in->raise, err);
	if (st != STATUS_OK) {
		ingest_free(in);
		return st;
	}
	*ingest = in;
	return STATUS_OK;
}

enum status
ingest_start(struct ingest *in, struct err *err)
{
	enum status st;
	size_t i;

	st = writer_start(in->writer, err);
	for (i = 0; st == STATUS_OK && i < in->thread_count; i++) {
		struct stage_thread *t = &in->threads[i];

		st = thread_start(&t->thread, t->name, stage_worker, t, err);
	}
	if (st == STATUS_OK && in->raise != NULL)
		st = raise_start(in->raise, err);
	return st;
}

/* Nobody will work on what came before a start that never was. */
static void
ingest_give_up(struct ingest *in)
{
	struct err err = {{0}};
	void *item;

	err_set(&err, "stopping");
	while (workq_take(in->queue, 0, &item) == STATUS_OK)
		stage_finish(item, STATUS_CLOSED, &err);
}

/* Each item is answered: it was worked off, or given back. What takes minutes
 * to verify may fill the queue, and who stops a server does not wait so long.
 */
static void
ingest_await(struct ingest *in)
{
	int seconds = in->settings.drain_seconds;
	struct timespec until =
		lock_until(1000LL * (seconds ? seconds : DRAIN_SECONDS));
	int rc = 0;

	lock_must(pthread_mutex_lock(&in->lock));
	in->sleepers++;
	while (in->items > 0 && rc == 0)
		rc = pthread_cond_timedwait(&in->eased, &in->lock, &until);
	if (in->items > 0)
		ingest_hurry(in);
	while (in->items > 0)
		lock_must(pthread_cond_wait(&in->eased, &in->lock));
	in->sleepers--;
	lock_must(pthread_mutex_unlock(&in->lock));
}

void
ingest_end_loads(struct ingest *in)
{
	atomic_store(&in->no_loads, true);
}

void
ingest_hurry(struct ingest *in)
{
	ingest_end_loads(in);
	atomic_store(&in->hurried, true);
}

void
ingest_drain(struct ingest *in)
{
	size_t i;

	raise_stop(in->raise);
	lock_must(pthread_mutex_lock(&in->lock));
	in->closing = true;
	lock_must(pthread_mutex_unlock(&in->lock));
	if (in->thread_count == 0 || !in->threads[0].thread.started)
		ingest_give_up(in);
	ingest_await(in);
	workq_close(in->queue);
	workq_close(in->dear);
	for (i = 0; i < in->thread_count; i++)
		thread_join(&in->threads[i].thread);
}

void
ingest_stop(struct ingest *in)
{
	ingest_drain(in);
	writer_stop(in->writer);
}

void
ingest_free(struct ingest *in)
{
	size_t i;

	if (in == NULL)
		return;
	for (i = 0; i < in->thread_count; i++) {
		assert(!in->threads[i].thread.started);
		if (in->threads[i].session != NULL)
			session_close(in->threads[i].session);
	}
	raise_free(in->raise);
	writer_free(in->writer);
	tombstones_free(in->tombstones);
	workq_free(in->queue);
	workq_free(in->dear);
	free(in->threads);
	lock_must(pthread_cond_destroy(&in->eased));
	lock_must(pthread_mutex_destroy(&in->lock));
	free(in);
}
