#include "base/workq.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/lock.h"

struct node {
	struct node *next;
	void *item;
	size_t weight;
};

struct workq {
	pthread_mutex_t lock;
	pthread_cond_t filled; /* an item came, or the queue was closed */
	struct node *first, **last;
	size_t len, weight;
	size_t max_items, max_weight;
	bool closed;
};

struct workq *
workq_new(size_t max_items, size_t max_weight)
{
	struct workq *q = xcalloc(1, sizeof *q);

	lock_must(pthread_mutex_init(&q->lock, NULL));
	lock_cond_init(&q->filled);
	q->last = &q->first;
	q->max_items = max_items;
	q->max_weight = max_weight;
	return q;
}

void
workq_free(struct workq *q)
{
	if (!q)
		return;
	assert(q->len == 0);
	lock_must(pthread_cond_destroy(&q->filled));
	lock_must(pthread_mutex_destroy(&q->lock));
	free(q);
}

static bool
is_full(const struct workq *q, size_t weight)
{
	size_t total;

	if (q->len == 0)
		return false;
	if (q->len >= q->max_items)
		return true;
	if (q->max_weight == 0)
		return false;
	return __builtin_add_overflow(q->weight, weight, &total) ||
	       total > q->max_weight;
}

static enum status
put(struct workq *q, void *item, size_t weight, bool past_limit)
{
	struct node *n = xmalloc(sizeof *n);
	enum status st = STATUS_OK;

	*n = (struct node){NULL, item, weight};
	lock_must(pthread_mutex_lock(&q->lock));
	if (q->closed)
		st = STATUS_CLOSED;
	else if (!past_limit && is_full(q, weight))
		st = STATUS_BUSY;
	if (st == STATUS_OK) {
		*q->last = n;
		q->last = &n->next;
		q->len++;
		q->weight += weight;
		lock_must(pthread_cond_signal(&q->filled));
	}
	lock_must(pthread_mutex_unlock(&q->lock));
	if (st != STATUS_OK)
		free(n);
	return st;
}

enum status
workq_put(struct workq *q, void *item, size_t weight)
{
	return put(q, item, weight, false);
}

enum status
workq_put_again(struct workq *q, void *item, size_t weight)
{
	return put(q, item, weight, true);
}

/* With the lock held: waits until there is an item or there never will be. */
static enum status
wait_filled(struct workq *q, int64_t wait_ms)
{
	struct timespec until = {0};
	int rc;

	if (wait_ms > 0)
		until = lock_until(wait_ms);
	while (q->len == 0) {
		if (q->closed)
			return STATUS_CLOSED;
		if (wait_ms == 0)
			return STATUS_TIMEOUT;
		if (wait_ms < 0) {
			lock_must(pthread_cond_wait(&q->filled, &q->lock));
			continue;
		}
		rc = pthread_cond_timedwait(&q->filled, &q->lock, &until);
		if (rc == ETIMEDOUT)
			wait_ms = 0; /* one last look */
		else
			lock_must(rc);
	}
	return STATUS_OK;
}

enum status
workq_take(struct workq *q, int64_t wait_ms, void **item)
{
	struct node *n = NULL;
	enum status st;

	lock_must(pthread_mutex_lock(&q->lock));
	st = wait_filled(q, wait_ms);
	if (st == STATUS_OK) {
		n = q->first;
		q->first = n->next;
		if (!q->first)
			q->last = &q->first;
		q->len--;
		q->weight -= n->weight;
	}
	lock_must(pthread_mutex_unlock(&q->lock));
	if (!n)
		return st;
	*item = n->item;
	free(n);
	return STATUS_OK;
}

void
workq_close(struct workq *q)
{
	lock_must(pthread_mutex_lock(&q->lock));
	q->closed = true;
	lock_must(pthread_cond_broadcast(&q->filled));
	lock_must(pthread_mutex_unlock(&q->lock));
}
