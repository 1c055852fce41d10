#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/load.h"
#include "store/care.h"

/* Pieces that wait for the writer while it commits, or the workers would. */
enum { AHEAD = 14 };

struct store_target {
	struct load_target target;
	struct store *store;
	struct ingest *ingest;
	bool started;
	bool was_empty; /* nobody has a cursor: no change records needed */
	size_t max;
	pthread_mutex_t lock;
	pthread_cond_t done;
	size_t flying;       /* under the lock, as are the sums meanwhile */
	enum status trouble; /* of the first piece the store did not take */
	struct err why;
};

/* A piece and its copy of the octets. */
struct piece {
	struct store_target *target;
	struct load_place place;
	struct buf octets;
};

/* Not the piece is at fault: the next load brings it again. */
static bool
is_trouble(enum status st)
{
	return st == STATUS_IO || st == STATUS_BUSY || st == STATUS_TIMEOUT;
}

static void
count_piece(struct store_target *s, const struct piece *p,
	const struct submission *sub)
{
	if (!is_trouble(sub->status)) {
		load_count_submission(&s->target, &p->place, sub);
	} else if (s->trouble == STATUS_OK) {
		s->trouble = sub->status;
		s->why = sub->err;
	}
}

/* On an ingest thread. */
static void
piece_done(struct submission *sub)
{
	struct piece *p = sub->ctx;
	struct store_target *s = p->target;

	pthread_mutex_lock(&s->lock);
	count_piece(s, p, sub);
	s->flying--;
	atomic_fetch_sub(&s->target.waiting, p->octets.len);
	pthread_cond_signal(&s->done);
	pthread_mutex_unlock(&s->lock);
	submission_free(sub);
	buf_done(&p->octets);
	free(p);
}

/* Whoever takes a piece back needs the lock. */
static void
tick(struct store_target *s)
{
	if (s->target.tick == NULL)
		return;
	pthread_mutex_unlock(&s->lock);
	s->target.tick(s->target.tick_ctx);
	pthread_mutex_lock(&s->lock);
}

static enum status
await(struct store_target *s, size_t left, struct err *err)
{
	enum status st;

	pthread_mutex_lock(&s->lock);
	while (s->flying > left) {
		pthread_cond_wait(&s->done, &s->lock);
		tick(s);
	}
	st = s->trouble;
	if (st != STATUS_OK)
		err_set(err, "%s", s->why.text);
	pthread_mutex_unlock(&s->lock);
	return st;
}

static struct submission *
make_submission(struct store_target *s, struct bytes octets,
	const struct load_place *place)
{
	struct piece *p = xcalloc(1, sizeof(*p));
	struct submission *sub =
		submission_new(ingest_policy(s->ingest)->max_arena);

	p->target = s;
	p->place = *place;
	buf_init(&p->octets, 0);
	if (buf_put(&p->octets, octets) != STATUS_OK)
		abort(); /* it has no limit */
	sub->origin = "load";
	sub->seen = "";
	sub->armor = ARMOR_LENIENT;
	sub->bulk = true;
	sub->no_change_log = s->was_empty;
	sub->body = buf_view(&p->octets);
	sub->done = piece_done;
	sub->ctx = p;
	return sub;
}

static enum status
submit_piece(struct load_target *t, struct bytes octets,
	const struct load_place *place, struct err *err)
{
	static const struct timespec again = {.tv_nsec = 5000000};
	struct store_target *s = (struct store_target *)t;
	struct submission *sub;
	enum status st;

	st = await(s, s->max - 1, err);
	if (st != STATUS_OK)
		return st;
	sub = make_submission(s, octets, place);
	pthread_mutex_lock(&s->lock);
	s->flying++;
	atomic_fetch_add(&s->target.waiting, octets.len);
	pthread_mutex_unlock(&s->lock);
	while ((st = ingest_submit(s->ingest, sub)) == STATUS_BUSY)
		(void)nanosleep(&again, NULL);
	if (st != STATUS_OK) {
		sub->status = st;
		piece_done(sub);
	}
	return st;
}

static enum status
settle(struct load_target *t, struct err *err)
{
	return await((struct store_target *)t, 0, err);
}

static enum status
sync_store(struct load_target *t, struct err *err)
{
	enum status st = settle(t, err);

	return st == STATUS_OK
		       ? store_bulk_sync(((struct store_target *)t)->store, err)
		       : st;
}

static enum status
finish(struct load_target *t, struct err *err)
{
	struct store_target *s = (struct store_target *)t;
	enum status st = settle(t, err);

	if (st != STATUS_OK)
		return st;
	ingest_drain(s->ingest);
	ingest_stop(s->ingest);
	s->started = false;
	return store_bulk_finish(s->store, err);
}

static void
close_target(struct load_target *t)
{
	struct store_target *s = (struct store_target *)t;
	struct err err;

	if (s->started) {
		if (await(s, 0, &err) != STATUS_OK)
			s->trouble = STATUS_OK; /* said already */
		ingest_drain(s->ingest);
		ingest_stop(s->ingest);
	}
	ingest_free(s->ingest);
	if (s->store != NULL)
		store_close(s->store);
	pthread_cond_destroy(&s->done);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static enum status
look_if_empty(struct store_target *s, struct err *err)
{
	struct store_session *session = NULL;
	struct store_facts facts;
	enum status st;

	s->was_empty = store_is_bulk(s->store);
	if (s->was_empty)
		return STATUS_OK;
	st = session_borrow(s->store, &session, err);
	if (st != STATUS_OK)
		return st;
	st = store_get_facts(session, &facts, err);
	session_return(s->store, session);
	if (st == STATUS_OK)
		s->was_empty = facts.certs == 0 && facts.last_seq == 0;
	return st;
}

/* The writer is mostly waiting for the disk. */
static size_t
all_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1                    ? 1
	       : n > POLICY_WORKERS_MAX ? POLICY_WORKERS_MAX
					: (size_t)n;
}

enum status
load_to_store(struct cli *c, const struct care_watch *watch,
	struct load_target **target, struct err *err)
{
	struct store_target *s = xcalloc(1, sizeof(*s));
	enum status st;

	s->target = (struct load_target){.piece = submit_piece,
		.settle = settle,
		.sync = sync_store,
		.finish = finish,
		.close = close_target};
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->done, NULL);
	c->conf->ingest.policy.workers = c->jobs > 0 ? c->jobs : all_cores();
	c->conf->store.bulk = true;
	arena_keep_memory();
	s->max = 2 * policy_workers(&c->conf->ingest.policy) + AHEAD;
	c->conf->store.completes = watch;
	st = store_open(&c->conf->store, &s->store, err);
	if (st == STATUS_OK)
		st = look_if_empty(s, err);
	if (st == STATUS_OK)
		st = ingest_new(&c->conf->ingest, s->store, &s->ingest, err);
	if (st == STATUS_OK)
		st = ingest_start(s->ingest, err);
	s->started = st == STATUS_OK;
	s->target.counts_early = s->store != NULL && store_is_bulk(s->store);
	if (st == STATUS_OK)
		*target = &s->target;
	else
		close_target(&s->target);
	return st;
}
