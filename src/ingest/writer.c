#include "ingest/writer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/crash.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/thread.h"
#include "ingest/wakes.h"

enum {
	WRITER_TRIES = 6, /* of a batch that finds the store busy */
	WRITER_PAUSE_MS = 10,
	WRITER_BEAT_MS = 1000,
	WRITER_COMPLAIN_MS = 60000
};

struct writer {
	struct writer_settings settings;
	struct store_session *session;
	struct thread thread;

	pthread_mutex_t lock; /* of what follows, to the blank line */
	pthread_cond_t more;
	struct write_job *first;
	struct write_job **last;
	size_t waiting;
	bool is_asleep; /* nobody signals a thread that is at work */
	bool closing;

	struct wakes wakes;
	bool changed; /* this batch appended to the change log */
	bool dirty;   /* committed since the last idle checkpoint */
	bool broken;  /* D9: the disk is full or failed */
	int64_t retry_at;
	int64_t complain_at;
	struct counter *batches, *jobs, *failures, *gauge;
};

/* ---- the queue --------------------------------------------------------- */

enum status
writer_put(struct writer *w, struct write_job *job)
{
	enum status st = STATUS_OK;

	job->next = NULL;
	lock_must(pthread_mutex_lock(&w->lock));
	if (w->closing)
		st = STATUS_CLOSED;
	else if (w->waiting >= w->settings.max_waiting)
		st = STATUS_BUSY;
	if (st == STATUS_OK) {
		*w->last = job;
		w->last = &job->next;
		w->waiting++;
		if (w->is_asleep)
			lock_must(pthread_cond_signal(&w->more));
		w->is_asleep = false;
	}
	lock_must(pthread_mutex_unlock(&w->lock));
	return st;
}

size_t
writer_waiting(struct writer *w)
{
	size_t n;

	lock_must(pthread_mutex_lock(&w->lock));
	n = w->waiting;
	lock_must(pthread_mutex_unlock(&w->lock));
	return n;
}

/*
 * What is queued, at most one batch; it does not wait for more. NULL after a
 * while without jobs, or, with *end, when there will be none.
 */
static struct write_job *
writer_take(struct writer *w, bool *end)
{
	struct timespec until = lock_until(WRITER_BEAT_MS);
	struct write_job *list, **p;
	size_t n = 0;
	int rc = 0;

	lock_must(pthread_mutex_lock(&w->lock));
	w->is_asleep = true;
	while (w->first == NULL && !w->closing && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&w->more, &w->lock, &until);
	w->is_asleep = false;
	*end = w->closing && w->first == NULL;
	list = w->first;
	for (p = &list; *p != NULL && n < w->settings.batch; n++)
		p = &(*p)->next;
	w->first = *p;
	*p = NULL;
	if (w->first == NULL)
		w->last = &w->first;
	w->waiting -= n;
	lock_must(pthread_mutex_unlock(&w->lock));
	return list;
}

/* ---- one batch ----------------------------------------------------------- */

static void
writer_run_job(struct writer *w, struct write_job *job)
{
	job->err.text[0] = '\0';
	job->wrote_nothing = false;
	job->status = job->run(job, w->session, &job->err);
}

/* REJECTED when a job failed half-way: the batch needs savepoints then. */
static enum status
writer_run_plain(struct writer *w, struct write_job *list, struct err *err)
{
	struct write_job *job;

	for (job = list; job != NULL; job = job->next) {
		writer_run_job(w, job);
		if (job->status == STATUS_OK || job->wrote_nothing)
			continue;
		*err = job->err;
		return job->status == STATUS_IO ? STATUS_IO : STATUS_REJECTED;
	}
	return STATUS_OK;
}

/* IO of a job means that the transaction is lost. */
static enum status
writer_run_apart(struct writer *w, struct write_job *list, struct err *err)
{
	enum status st = STATUS_OK;
	struct write_job *job;

	for (job = list; st == STATUS_OK && job != NULL; job = job->next) {
		st = store_savepoint(w->session, err);
		if (st != STATUS_OK)
			break;
		writer_run_job(w, job);
		if (job->status == STATUS_IO) {
			*err = job->err;
			return STATUS_IO;
		}
		st = store_release(w->session, job->status == STATUS_OK, err);
	}
	return st;
}

static enum status
writer_try(
	struct writer *w, struct write_job *list, bool apart, struct err *err)
{
	enum status st;

	w->changed = false;
	st = store_begin(w->session, err);
	if (st != STATUS_OK)
		return st;
	st = apart ? writer_run_apart(w, list, err)
		   : writer_run_plain(w, list, err);
	crash_point("in-txn");
	if (st == STATUS_OK)
		st = store_commit(w->session, err);
	if (st != STATUS_OK)
		store_rollback(w->session);
	return st;
}

static void
writer_pause(int round)
{
	struct timespec t = {0};

	t.tv_nsec = (WRITER_PAUSE_MS << round) * 1000000L;
	(void)nanosleep(&t, NULL);
}

/* Everything but BUSY and TIMEOUT is a fault of the store: tried again later,
 * and an operator hears of it once a minute. */
static enum status
writer_fail(struct writer *w, enum status st, const struct err *err)
{
	int64_t now = clock_mono_ms();

	counter_add(w->failures, 1);
	if (st == STATUS_BUSY || st == STATUS_TIMEOUT)
		return STATUS_BUSY;
	w->broken = true;
	w->retry_at = now + w->settings.retry_ms;
	counter_set(w->gauge, 1);
	if (now >= w->complain_at) {
		w->complain_at = now + WRITER_COMPLAIN_MS;
		log_line(LOG_ERROR, "store", "nothing can be written reason=%s",
			log_quote_str(err->text).text);
	}
	return STATUS_IO;
}

static enum status
writer_check(struct writer *w, struct err *err)
{
	enum status st;

	if (w->broken && clock_mono_ms() < w->retry_at) {
		err_set(err, "the store cannot be written now");
		return STATUS_IO;
	}
	st = store_check_space(w->session, err);
	if (st != STATUS_OK)
		return writer_fail(w, STATUS_IO, err);
	return STATUS_OK;
}

static enum status
writer_commit(struct writer *w, struct write_job *list, struct err *err)
{
	enum status st = writer_check(w, err);
	int round;

	if (st != STATUS_OK)
		return st;
	st = writer_try(w, list, false, err);
	if (st == STATUS_REJECTED)
		st = writer_try(w, list, true, err);
	for (round = 0; st == STATUS_BUSY && round < WRITER_TRIES; round++) {
		writer_pause(round);
		st = writer_try(w, list, true, err);
	}
	if (st != STATUS_OK)
		return writer_fail(w, st, err);
	if (w->broken) {
		w->broken = false;
		w->complain_at = 0;
		counter_set(w->gauge, 0);
		log_line(LOG_WARN, "store", "writes again");
	}
	w->dirty = true;
	return STATUS_OK;
}

static void
writer_batch(struct writer *w, struct write_job *list)
{
	struct write_job *job, *next;
	struct err err = {{0}};
	enum status st, end;
	size_t n = 0;

	st = writer_commit(w, list, &err);
	if (st == STATUS_OK)
		crash_point("committed");
	for (job = list; job != NULL; job = next, n++) {
		next = job->next;
		end = st == STATUS_OK ? job->status : st;
		job->done(job, end, st == STATUS_OK ? &job->err : &err);
	}
	counter_add(w->batches, 1);
	counter_add(w->jobs, (int64_t)n);
	if (st != STATUS_OK)
		return;
	if (w->changed)
		wakes_run(&w->wakes);
	store_checkpoint(w->session, false);
}

static void
writer_idle(struct writer *w)
{
	struct err err = {{0}};

	if (w->broken && writer_check(w, &err) == STATUS_OK) {
		/* Space is back; the next commit says whether all is well. */
		w->retry_at = 0;
	}
	if (w->dirty && !w->broken) {
		store_checkpoint(w->session, true);
		w->dirty = false;
	}
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	struct write_job *list;
	bool end = false;

	while (!end) {
		if (w->settings.beat != NULL)
			w->settings.beat(w->settings.beat_ctx, "writer");
		list = writer_take(w, &end);
		if (list != NULL)
			writer_batch(w, list);
		else
			writer_idle(w);
	}
	return NULL;
}

/* ---- for others ---------------------------------------------------------- */

void
writer_on_change(struct writer *w, void (*wake)(void *ctx), void *ctx)
{
	wakes_add(&w->wakes, wake, ctx);
}

void
writer_forget(struct writer *w, const void *ctx)
{
	wakes_drop(&w->wakes, ctx);
}

void
writer_changed(struct writer *w)
{
	w->changed = true;
}

enum status
writer_new(const struct writer_settings *settings, struct store *store,
	struct writer **writer, struct err *err)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	enum status st;

	w->settings = *settings;
	st = session_open(store, SESSION_WRITE, &w->session, err);
	if (st != STATUS_OK) {
		free(w);
		return st;
	}
	w->last = &w->first;
	lock_must(pthread_mutex_init(&w->lock, NULL));
	wakes_init(&w->wakes);
	lock_cond_init(&w->more);
	w->batches = counter_get("writer_batches");
	w->jobs = counter_get("writer_jobs");
	w->failures = counter_get("writer_failures");
	w->gauge = counter_get("writer_broken");
	*writer = w;
	return STATUS_OK;
}

enum status
writer_start(struct writer *w, struct err *err)
{
	return thread_start(&w->thread, "writer", writer_main, w, err);
}

void
writer_stop(struct writer *w)
{
	lock_must(pthread_mutex_lock(&w->lock));
	w->closing = true;
	lock_must(pthread_cond_signal(&w->more));
	lock_must(pthread_mutex_unlock(&w->lock));
	if (!w->thread.started)
		return;
	thread_join(&w->thread);
	store_checkpoint(w->session, true);
}

void
writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	assert(!w->thread.started && w->first == NULL);
	session_close(w->session);
	lock_must(pthread_cond_destroy(&w->more));
	lock_must(pthread_mutex_destroy(&w->lock));
	wakes_done(&w->wakes);
	free(w);
}
