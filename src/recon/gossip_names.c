#include "recon/gossip_names.h"

#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct question {
	struct question *next;
	struct endpoint at;
	struct name_answer answer;
};

struct list {
	struct question *first, **last;
};

/* Of two: who asks, and the thread that looks up. The last one frees it. */
struct names {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct list asked, answered;
	size_t waiting;
	unsigned int users;
	bool closed;
	bool has_thread;
	void (*wake)(void *ctx);
	void *ctx;
};

static void
list_put(struct list *l, struct question *q)
{
	q->next = NULL;
	*l->last = q;
	l->last = &q->next;
}

static struct question *
list_take(struct list *l)
{
	struct question *q = l->first;

	if (q == NULL)
		return NULL;
	l->first = q->next;
	if (l->first == NULL)
		l->last = &l->first;
	return q;
}

static void
list_done(struct list *l)
{
	struct question *q;

	while ((q = list_take(l)) != NULL) {
		free(q->answer.name);
		free(q);
	}
}

/* With the lock held, which it gives back. */
static void
leave(struct names *n)
{
	bool is_last = --n->users == 0;

	pthread_mutex_unlock(&n->lock);
	if (!is_last)
		return;
	list_done(&n->asked);
	list_done(&n->answered);
	pthread_cond_destroy(&n->more);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

static int
look_up(struct question *q, int flags)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = flags | AI_NUMERICSERV};
	struct name_answer *a = &q->answer;
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(q->at.host, q->at.port, &hints, &list);

	if (rc != 0) {
		err_set(&a->why, "%.200s: %s", q->at.host, gai_strerror(rc));
		return rc;
	}
	for (struct addrinfo *ai = list;
		ai != NULL && a->count < NAME_ADDRESSES_MAX; ai = ai->ai_next) {
		if (ai->ai_family == AF_INET || ai->ai_family == AF_INET6)
			memcpy(&a->list[a->count++], ai->ai_addr,
				ai->ai_addrlen);
	}
	freeaddrinfo(list);
	return 0;
}

static void *
run(void *arg)
{
	struct names *n = arg;
	struct question *q;

	pthread_mutex_lock(&n->lock);
	while (!n->closed) {
		q = list_take(&n->asked);
		if (q == NULL) {
			pthread_cond_wait(&n->more, &n->lock);
			continue;
		}
		pthread_mutex_unlock(&n->lock);
		(void)look_up(q, 0);
		pthread_mutex_lock(&n->lock);
		list_put(&n->answered, q);
		if (!n->closed)
			n->wake(n->ctx);
	}
	leave(n);
	return NULL;
}

/* Only if a name needs it. */
static enum status
start_thread(struct names *n)
{
	pthread_t thread;

	if (n->has_thread)
		return STATUS_OK;
	n->users++;
	if (pthread_create(&thread, NULL, run, n) != 0) {
		n->users--;
		return STATUS_BUSY;
	}
	(void)pthread_detach(thread);
	n->has_thread = true;
	return STATUS_OK;
}

struct names *
names_new(void (*wake)(void *ctx), void *ctx)
{
	struct names *n = xcalloc(1, sizeof(*n));

	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->more, NULL);
	n->asked.last = &n->asked.first;
	n->answered.last = &n->answered.first;
	n->users = 1;
	n->wake = wake;
	n->ctx = ctx;
	return n;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	n->closed = true;
	pthread_cond_signal(&n->more);
	leave(n);
}

enum status
names_ask(struct names *n, const char *peer, const struct endpoint *at)
{
	struct question *q;
	enum status st = STATUS_OK;
	bool is_address;

	pthread_mutex_lock(&n->lock);
	if (n->waiting == NAMES_MAX) {
		pthread_mutex_unlock(&n->lock);
		return STATUS_BUSY;
	}
	q = xcalloc(1, sizeof(*q));
	q->at = *at;
	q->answer.name = xstrdup(peer);
	is_address = look_up(q, AI_NUMERICHOST) == 0;
	if (!is_address)
		st = start_thread(n);
	if (st == STATUS_OK) {
		n->waiting++;
		list_put(is_address ? &n->answered : &n->asked, q);
		pthread_cond_signal(&n->more);
	} else {
		free(q->answer.name);
		free(q);
	}
	pthread_mutex_unlock(&n->lock);
	return st;
}

enum status
names_take(struct names *n, struct name_answer *out)
{
	struct question *q;

	pthread_mutex_lock(&n->lock);
	q = list_take(&n->answered);
	if (q != NULL)
		n->waiting--;
	pthread_mutex_unlock(&n->lock);
	if (q == NULL)
		return STATUS_NOT_FOUND;
	*out = q->answer;
	free(q);
	return STATUS_OK;
}
