#include "http/state/health.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/thread.h"
#include "http/services.h"

struct health {
	enum status (*ask)(void *ctx, struct err *err);
	void *ctx;
	_Atomic bool good;
	_Atomic int64_t asked_ms; /* an answer is owed since then; 0: none */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
	struct thread thread;
};

struct health *
health_new(enum status (*ask)(void *ctx, struct err *err), void *ctx)
{
	struct health *h = xcalloc(1, sizeof(*h));

	h->ask = ask;
	h->ctx = ctx;
	pthread_mutex_init(&h->lock, NULL);
	lock_cond_init(&h->wake);
	return h;
}

void
health_free(struct health *h)
{
	if (h == NULL)
		return;
	health_stop(h);
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

static void
ask_once(struct health *h)
{
	struct err err = {""};
	int64_t now = clock_mono_ms();
	bool good;

	atomic_store(&h->asked_ms, now > 0 ? now : 1);
	good = h->ask(h->ctx, &err) == STATUS_OK;
	if (!good && atomic_load(&h->good))
		log_line(LOG_ERROR, "health", "outcome=failed reason=%s",
			log_quote_str(err.text).text);
	atomic_store(&h->good, good);
	atomic_store(&h->asked_ms, 0);
}

/* False when it is time to stop. */
static bool
rest(struct health *h)
{
	struct timespec end = lock_until(HEALTH_PERIOD_MS);
	bool go_on;

	pthread_mutex_lock(&h->lock);
	if (!h->stopping)
		pthread_cond_timedwait(&h->wake, &h->lock, &end);
	go_on = !h->stopping;
	pthread_mutex_unlock(&h->lock);
	return go_on;
}

static void *
health_main(void *arg)
{
	struct health *h = arg;

	while (rest(h))
		ask_once(h);
	return NULL;
}

enum status
health_start(struct health *h, struct err *err)
{
	atomic_store(&h->good, true);
	ask_once(h);
	return thread_start(&h->thread, "health", health_main, h, err);
}

void
health_stop(struct health *h)
{
	if (!h->thread.started)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	thread_join(&h->thread);
}

bool
health_is_good(const struct health *h, int64_t now_ms)
{
	int64_t asked = atomic_load(&h->asked_ms);

	return atomic_load(&h->good) &&
	       (asked == 0 || now_ms - asked <= HEALTH_ANSWER_MS);
}

enum status
health_ask_store(void *ctx, struct err *err)
{
	struct store *store = ctx;
	struct store_session *s;
	int64_t seq;
	enum status st;

	st = session_borrow(store, &s, err);
	if (st != STATUS_OK)
		return st;
	st = store_last_seq(s, &seq, err);
	session_return(store, s);
	return st;
}

static enum status
say_ok(struct reply *reply)
{
	reply->type = REPLY_TEXT;
	return buf_puts(&reply->body, "OK\n");
}

enum status
health_handle(struct request *req, struct reply *reply)
{
	const struct services *sv = req->services;

	if (atomic_load(&sv->meters->stopping)) {
		err_set(&reply->err, "stopping");
		return STATUS_CLOSED;
	}
	if (!health_is_good(sv->health, clock_mono_ms())) {
		err_set(&reply->err, "the store does not answer");
		return STATUS_BUSY;
	}
	return say_ok(reply);
}

enum status
health_alive(struct request *req, struct reply *reply)
{
	(void)req;
	return say_ok(reply);
}
