#include "ingest/raise.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/thread.h"
#include "ingest/raise_rows.h"
#include "ingest/record.h"
#include "ingest/stage.h"

enum {
	RAISE_AT_ONCE = 64, /* rows in one job */
	RAISE_WORK_MS = 50, /* levelled in one go */
	RAISE_YIELD_MS = 10,
	RAISE_YIELDS = 100,    /* so that it comes to an end on a busy server */
	RAISE_BEATEN_MAX = 3,  /* by submissions to one row, before the next */
	RAISE_PAUSE_MS = 1000, /* until a store in trouble is tried again */
	RAISE_RATE_MS = 10000  /* the rate is that of so long */
};

struct raise {
	struct ingest *in;
	struct store_session *session;
	struct thread thread;
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* for stop */

	struct level_walk walk;
	int64_t total;   /* rows there are */
	int64_t skipped; /* of this walk */
	bool in_trouble; /* said already */
	unsigned beaten; /* times in turn that a submission was faster */
	int64_t rate_from;
	int64_t rate_rows;
	struct counter *running, *left, *rate, *raised, *changed, *removed,
		*failed;
};

/* False when it shall stop. */
static bool
raise_sleep(struct raise *r, int64_t ms)
{
	struct timespec until = lock_until(ms);
	int rc = 0;

	lock_must(pthread_mutex_lock(&r->lock));
	while (!atomic_load(&r->stop) && rc == 0)
		rc = pthread_cond_timedwait(&r->wake, &r->lock, &until);
	lock_must(pthread_mutex_unlock(&r->lock));
	return !atomic_load(&r->stop);
}

static const struct policy *
raise_policy(const struct raise *r)
{
	return &r->in->settings.policy;
}

/* Submissions go first, but not for ever. */
static bool
raise_yield(struct raise *r)
{
	bool busy = true;
	int i;

	for (i = 0; busy && i < RAISE_YIELDS; i++) {
		lock_must(pthread_mutex_lock(&r->in->lock));
		busy = r->in->items > 0;
		lock_must(pthread_mutex_unlock(&r->in->lock));
		if (busy && !raise_sleep(r, RAISE_YIELD_MS))
			return false;
	}
	return !atomic_load(&r->stop);
}

/* ---- one job ----------------------------------------------------------- */

static enum status
raise_write(struct write_job *job, struct store_session *w, struct err *err)
{
	struct submission_work *work = (struct submission_work *)job;

	return record_submission(work->sub, w, work->ingest->writer, err);
}

static void
raise_tell(struct raise *r, const struct raise_sums *sums)
{
	int64_t rows = sums->changed + sums->same + sums->removed, ms;

	counter_add(r->raised, rows);
	counter_add(r->changed, sums->changed);
	counter_add(r->removed, sums->removed);
	r->skipped += sums->skipped;
	counter_set(r->failed, r->skipped);
	r->rate_rows += rows;
	ms = clock_mono_ms() - r->rate_from;
	if (ms < RAISE_RATE_MS)
		return;
	counter_set(r->rate, r->rate_rows * 1000 / ms);
	r->rate_rows = 0;
	r->rate_from += ms;
}

/* Levels and writes the first of these rows. BUSY: a submission was faster. */
static enum status
raise_some(struct raise *r, const struct level_row *rows, size_t count,
	size_t *taken, struct err *err)
{
	struct submission *sub = submission_new(raise_policy(r)->max_arena);
	struct raise_sums sums = {0};
	enum status st;

	sub->origin = "admin";
	sub->work->ingest = r->in;
	st = raise_rows(r->session, raise_policy(r), sub, rows, count,
		RAISE_WORK_MS, &r->stop, taken, &sums, err);
	if (st == STATUS_OK && record_has(sub, WORK_TO_WRITE)) {
		sub->work->job.run = raise_write;
		st = writer_do(r->in->writer, &sub->work->job, err);
	}
	if (st == STATUS_OK)
		raise_tell(r, &sums);
	submission_free(sub);
	return st;
}

/* Works on these rows, and rests in proportion. */
static enum status
raise_batch(struct raise *r, const struct level_row *rows, size_t count,
	struct err *err)
{
	int64_t share = (int64_t)raise_policy(r)->verify_share, from, ms;
	enum status st = STATUS_OK;
	size_t i = 0, n, taken;

	while (i < count) {
		if (!raise_yield(r))
			return STATUS_CLOSED;
		from = clock_mono_ms();
		n = r->beaten == 0 ? count - i : 1;
		st = raise_some(r, rows + i, n, &taken, err);
		if (st == STATUS_BUSY && ++r->beaten == RAISE_BEATEN_MAX) {
			/* Whoever keeps changing it holds up no other: what
			 * was faster has begun another walk. */
			counter_set(r->failed, ++r->skipped);
			taken = 1;
			st = STATUS_OK;
		}
		if (st != STATUS_OK)
			return st;
		r->beaten = 0;
		i += taken;
		r->walk.place = rows[i - 1].place;
		r->walk.looked = rows[i - 1].looked;
		counter_set(r->left, r->total > r->walk.looked
					     ? r->total - r->walk.looked
					     : 0);
		ms = clock_mono_ms() - from;
		if (share < 100 &&
			!raise_sleep(r, ms * (100 - share) / share + 1))
			return STATUS_CLOSED;
	}
	return STATUS_OK;
}

/* ---- the walk ---------------------------------------------------------- */

static enum status
raise_begin(struct raise *r, struct err *err)
{
	struct store_facts facts;
	enum status st = store_get_facts(r->session, &facts, err);

	if (st != STATUS_OK)
		return st;
	memset(&r->walk, 0, sizeof(r->walk));
	r->total = facts.certs;
	r->skipped = 0;
	r->rate_from = clock_mono_ms();
	r->rate_rows = 0;
	counter_set(r->running, 1);
	counter_set(r->left, r->total);
	counter_set(r->failed, 0);
	if (r->total > 0)
		log_line(LOG_INFO, "raise",
			"outcome=begun level=%s certificates=%lld",
			level_word(raise_policy(r)->level),
			(long long)r->total);
	return STATUS_OK;
}

static enum status
raise_step(struct raise *r, struct err *err)
{
	struct level_row rows[RAISE_AT_ONCE];
	struct level_walk walk = r->walk;
	enum status st;
	size_t count;

	st = store_find_below(r->session, (uint8_t)raise_policy(r)->level,
		&walk, RAISE_AT_ONCE, rows, &count, err);
	if (st == STATUS_OK && count > 0)
		st = raise_batch(r, rows, count, err);
	if (st != STATUS_OK)
		return st;
	r->walk = walk;
	counter_set(r->left, walk.at_end || r->total < walk.looked
				     ? 0
				     : r->total - walk.looked);
	return STATUS_OK;
}

struct floor_job {
	struct write_job job; /* first: handed back by the writer */
	struct raise *r;
	unsigned long long lowered; /* before the walk */
};

static enum status
raise_write_floor(
	struct write_job *job, struct store_session *w, struct err *err)
{
	struct floor_job *f = (struct floor_job *)job;
	struct ingest *in = f->r->in;

	/* On the writer's thread nothing is written meanwhile. */
	if (atomic_load(&in->lowered) != f->lowered) {
		job->wrote_nothing = true;
		err_set(err, "a lower row was written meanwhile");
		return STATUS_REJECTED;
	}
	return store_put_floor(w, (uint8_t)in->settings.policy.level, err);
}

/* All rows were looked at. */
static enum status
raise_end(struct raise *r, unsigned long long lowered, struct err *err)
{
	struct floor_job f = {.r = r, .lowered = lowered};
	enum status st = STATUS_OK;

	f.job.run = raise_write_floor;
	if (r->skipped == 0)
		st = writer_do(r->in->writer, &f.job, err);
	if (st != STATUS_OK && st != STATUS_REJECTED)
		return st;
	counter_set(r->running, 0);
	counter_set(r->rate, 0);
	if (r->total > 0)
		log_line(LOG_INFO, "raise", "outcome=done skipped=%lld",
			(long long)r->skipped);
	return STATUS_OK;
}

/* False when it shall stop. What is in trouble is tried again. */
static bool
raise_pause(struct raise *r, enum status st, const struct err *err)
{
	if (st == STATUS_BUSY)
		return raise_sleep(r, RAISE_YIELD_MS);
	if (!r->in_trouble)
		log_line(LOG_WARN, "raise", "outcome=waiting reason=%s",
			log_quote_str(err->text).text);
	r->in_trouble = true;
	return raise_sleep(r, RAISE_PAUSE_MS);
}

/* A whole walk; false when it shall stop. */
static bool
raise_run(struct raise *r, unsigned long long lowered)
{
	enum { BEGIN, WALK, END, DONE } at = BEGIN;
	struct err err = {{0}};
	enum status st = STATUS_OK;

	while (at != DONE) {
		if (at == BEGIN)
			st = raise_begin(r, &err);
		else if (at == WALK)
			st = raise_step(r, &err);
		else
			st = raise_end(r, lowered, &err);
		if (atomic_load(&r->stop))
			return false;
		if (st != STATUS_OK && !raise_pause(r, st, &err))
			return false;
		if (st != STATUS_OK)
			continue;
		r->in_trouble = false;
		if (at != WALK || r->walk.at_end)
			at++;
	}
	return true;
}

static void *
raise_main(void *arg)
{
	struct raise *r = arg;
	unsigned long long now, done = ULLONG_MAX;
	struct err err = {{0}};
	uint8_t floor;

	do {
		now = atomic_load(&r->in->lowered);
		if (now == done ||
			store_get_floor(r->session, &floor, &err) != STATUS_OK)
			continue;
		if (floor < (uint8_t)raise_policy(r)->level &&
			!raise_run(r, now))
			break;
		done = now;
	} while (raise_sleep(r, RAISE_PAUSE_MS));
	return NULL;
}

/* ---- start and stop ---------------------------------------------------- */

enum status
raise_new(struct ingest *in, struct raise **raise, struct err *err)
{
	struct raise *r = xcalloc(1, sizeof(*r));
	enum status st;

	st = session_open(in->store, SESSION_READ, &r->session, err);
	if (st != STATUS_OK) {
		free(r);
		return st;
	}
	r->in = in;
	lock_must(pthread_mutex_init(&r->lock, NULL));
	lock_cond_init(&r->wake);
	r->running = counter_get("raise_running");
	r->left = counter_get("raise_left");
	r->rate = counter_get("raise_rate");
	r->raised = counter_get("raise_rows");
	r->changed = counter_get("raise_changed");
	r->removed = counter_get("raise_removed");
	r->failed = counter_get("raise_skipped");
	*raise = r;
	return STATUS_OK;
}

enum status
raise_start(struct raise *r, struct err *err)
{
	if (raise_policy(r)->verify_share == 0)
		return STATUS_OK;
	return thread_start(&r->thread, "raise", raise_main, r, err);
}

void
raise_stop(struct raise *r)
{
	if (r == NULL || !r->thread.started)
		return;
	lock_must(pthread_mutex_lock(&r->lock));
	atomic_store(&r->stop, true);
	lock_must(pthread_cond_signal(&r->wake));
	lock_must(pthread_mutex_unlock(&r->lock));
	thread_join(&r->thread);
}

void
raise_free(struct raise *r)
{
	if (r == NULL)
		return;
	session_close(r->session);
	lock_must(pthread_cond_destroy(&r->wake));
	lock_must(pthread_mutex_destroy(&r->lock));
	free(r);
}
