#include "http/server/slow.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"
#include "base/workq.h"
#include "http/server/wait.h"
#include "http/services.h"

struct slow {
	struct workq *queue;
	struct thread thread;
	int64_t (*idle)(void *ctx); /* in how many ms to call it again */
	void *idle_ctx;
	_Atomic bool stopping;
};

struct slow_item {
	struct request *req;
	enum status (*run)(struct request *req, struct reply *reply);
	void *arg;
	struct waiter *waiter;
	int64_t queued_ms;
	enum status status;
	bool again; /* it wants another turn */
};

struct slow *
slow_new(void)
{
	struct slow *s = xcalloc(1, sizeof(*s));

	s->queue = workq_new(SLOW_QUEUE_MAX, 0);
	return s;
}

/* True: it is in the queue again. */
static bool
run_turn(struct slow *s, struct slow_item *item)
{
	item->again = false;
	item->status = item->run(item->req, &item->req->reply);
	if (!item->again)
		return false;
	item->queued_ms = clock_mono_ms();
	if (workq_put_again(s->queue, item, 0) == STATUS_OK)
		return true;
	err_set(&item->req->reply.err, "the server is stopping");
	item->status = STATUS_CLOSED;
	return false;
}

static void
run_item(struct slow *s, struct slow_item *item)
{
	struct reply *reply = &item->req->reply;

	if (atomic_load(&s->stopping)) {
		err_set(&reply->err, "the server is stopping");
		item->status = STATUS_CLOSED;
	} else if (clock_mono_ms() - item->queued_ms > SLOW_WAIT_MS) {
		err_set(&reply->err, "too many searches are waiting");
		item->status = STATUS_BUSY;
	} else if (run_turn(s, item)) {
		return;
	}
	/* The request may be gone after this line. */
	wait_wake(item->waiter);
}

static void *
slow_main(void *arg)
{
	struct slow *s = arg;
	int64_t due = clock_mono_ms();
	enum status st;
	void *item;

	for (;;) {
		int64_t now = clock_mono_ms();

		if (s->idle != NULL && now >= due)
			due = now + s->idle(s->idle_ctx);
		st = workq_take(
			s->queue, s->idle == NULL ? -1 : due - now, &item);
		if (st == STATUS_OK)
			run_item(s, item);
		else if (st != STATUS_TIMEOUT)
			return NULL;
	}
}

void
slow_idle(struct slow *s, int64_t (*idle)(void *ctx), void *ctx)
{
	s->idle = idle;
	s->idle_ctx = ctx;
}

enum status
slow_start(struct slow *s, struct err *err)
{
	return thread_start(&s->thread, "search", slow_main, s, err);
}

void
slow_stop(struct slow *s)
{
	if (!s->thread.started)
		return;
	atomic_store(&s->stopping, true);
	workq_close(s->queue);
	thread_join(&s->thread);
}

void
slow_free(struct slow *s)
{
	if (s == NULL)
		return;
	workq_free(s->queue);
	free(s);
}

static enum status
finish(struct request *req, struct reply *reply)
{
	const struct slow_item *item = req->job;

	(void)reply;
	return item->status;
}

void *
slow_arg(const struct request *req)
{
	const struct slow_item *item = req->job;

	return item->arg;
}

void
slow_again(struct request *req)
{
	struct slow_item *item = req->job;

	item->again = true;
}

static struct slow_item *
item_new(struct request *req,
	enum status (*run)(struct request *req, struct reply *reply), void *arg)
{
	struct slow_item *item = arena_alloc(req->arena, sizeof(*item));

	if (item == NULL)
		return NULL;
	item->req = req;
	item->run = run;
	item->arg = arg;
	item->queued_ms = clock_mono_ms();
	item->again = false;
	req->job = item;
	return item;
}

enum status
slow_now(struct request *req, struct reply *reply,
	enum status (*run)(struct request *req, struct reply *reply), void *arg)
{
	struct slow_item *item = item_new(req, run, arg);
	enum status st;

	if (item == NULL)
		return STATUS_LIMIT;
	do {
		item->again = false;
		st = run(req, reply);
	} while (item->again);
	return st;
}

static void
enter_queue(struct request *req)
{
	const struct services *sv = req->services;
	struct slow_item *item = req->job;
	enum status st;

	item->waiter = wait_begin(sv->waits, req->connection, -1);
	req->waiter = item->waiter;
	st = workq_put(sv->slow->queue, item, 0);
	if (st != STATUS_OK) {
		err_set(&req->reply.err, "too many searches are waiting");
		item->status = st;
		wait_wake(item->waiter);
	}
}

enum status
slow_later(struct request *req, struct reply *reply,
	enum status (*run)(struct request *req, struct reply *reply), void *arg)
{
	if (req->connection == NULL)
		return slow_now(req, reply, run, arg);
	if (item_new(req, run, arg) == NULL)
		return STATUS_LIMIT;
	req->later = enter_queue;
	req->resume = finish;
	return STATUS_OK;
}
