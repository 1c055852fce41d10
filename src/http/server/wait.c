#include "http/server/wait.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/lock.h"
#include "http/server/loop.h"

enum waiter_state { WAITING, WOKEN, GAVE_UP };

struct waiter {
	struct wait_list *list;
	struct MHD_Connection *connection;
	struct loop *loop;           /* of the connection */
	struct waiter *next, **link; /* while WAITING */
	int64_t deadline_ms;
	enum waiter_state state;
	unsigned int refs;
};

struct wait_list {
	pthread_mutex_t lock; /* of every field of every waiter */
	pthread_cond_t empty;
	struct waiter *head;
};

struct wait_list *
wait_list_new(void)
{
	struct wait_list *l = xcalloc(1, sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	lock_cond_init(&l->empty);
	return l;
}

void
wait_list_free(struct wait_list *l)
{
	if (l == NULL)
		return;
	assert(l->head == NULL);
	pthread_cond_destroy(&l->empty);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct waiter *
wait_begin(struct wait_list *l, struct MHD_Connection *c, int64_t deadline_ms)
{
	struct waiter *w = xcalloc(1, sizeof(*w));

	w->list = l;
	w->connection = c;
	w->loop = loop_conn(c)->loop;
	w->deadline_ms = deadline_ms;
	w->state = WAITING;
	w->refs = 2;
	/* First of all: from the next line on anyone may resume it. */
	MHD_suspend_connection(c);
	pthread_mutex_lock(&l->lock);
	w->next = l->head;
	w->link = &l->head;
	if (l->head != NULL)
		l->head->link = &w->next;
	l->head = w;
	pthread_mutex_unlock(&l->lock);
	return w;
}

/*
 * With the lock held, so that wait_until_empty cannot return, and the server
 * end, before libmicrohttpd has been told.
 */
static void
leave(struct waiter *w, enum waiter_state state)
{
	struct wait_list *l = w->list;

	*w->link = w->next;
	if (w->next != NULL)
		w->next->link = w->link;
	w->state = state;
	MHD_resume_connection(w->connection);
	loop_wake(w->loop);
	if (l->head == NULL)
		pthread_cond_broadcast(&l->empty);
}

static void
unref(struct waiter *w)
{
	if (--w->refs == 0)
		free(w);
}

bool
wait_wake(struct waiter *w)
{
	struct wait_list *l = w->list;
	bool first;

	pthread_mutex_lock(&l->lock);
	first = w->state == WAITING;
	if (first)
		leave(w, WOKEN);
	unref(w);
	pthread_mutex_unlock(&l->lock);
	return first;
}

bool
wait_gave_up(const struct waiter *w)
{
	bool gave_up;

	pthread_mutex_lock(&w->list->lock);
	gave_up = w->state == GAVE_UP;
	pthread_mutex_unlock(&w->list->lock);
	return gave_up;
}

void
waiter_drop(struct waiter *w)
{
	struct wait_list *l = w->list;

	pthread_mutex_lock(&l->lock);
	unref(w);
	pthread_mutex_unlock(&l->lock);
}

void
wait_sweep(struct wait_list *l, int64_t now)
{
	struct waiter *w, *next;

	pthread_mutex_lock(&l->lock);
	for (w = l->head; w != NULL; w = next) {
		next = w->next;
		if (w->deadline_ms >= 0 && now >= w->deadline_ms)
			leave(w, GAVE_UP);
	}
	pthread_mutex_unlock(&l->lock);
}

bool
wait_until_empty(struct wait_list *l, int64_t wait_ms)
{
	struct timespec end = lock_until(wait_ms);
	bool empty;

	pthread_mutex_lock(&l->lock);
	while (l->head != NULL)
		if (pthread_cond_timedwait(&l->empty, &l->lock, &end) ==
			ETIMEDOUT)
			break;
	empty = l->head == NULL;
	pthread_mutex_unlock(&l->lock);
	return empty;
}
