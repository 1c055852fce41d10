#include "http/server/share.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

struct share {
	_Atomic long held;
	_Atomic(struct arrival *) head; /* what came last */
};

struct share *
share_new(void)
{
	return xcalloc(1, sizeof(struct share));
}

void
share_free(struct share *s)
{
	assert(s == NULL || atomic_load(&s->head) == NULL);
	free(s);
}

void
share_add(struct share *s, int n)
{
	atomic_fetch_add_explicit(&s->held, n, memory_order_relaxed);
}

static long
held(const struct share *s)
{
	return atomic_load_explicit(&s->held, memory_order_relaxed);
}

size_t
share_choose(struct share *const shares[], size_t count, size_t own)
{
	size_t i, least = own;

	for (i = 0; i < count; i++)
		if (held(shares[i]) < held(shares[least]))
			least = i;
	return held(shares[own]) - held(shares[least]) < SHARE_SLACK ? own
								     : least;
}

void
share_give(struct share *s, struct conn *conn, int fd,
	const struct sockaddr_storage *from)
{
	struct arrival *a = xcalloc(1, sizeof(*a));

	a->conn = conn;
	a->fd = fd;
	a->from = *from;
	a->next = atomic_load(&s->head);
	while (!atomic_compare_exchange_weak(&s->head, &a->next, a))
		continue;
}

struct arrival *
share_take(struct share *s)
{
	struct arrival *a = atomic_exchange(&s->head, NULL), *first = NULL;

	while (a != NULL) {
		struct arrival *next = a->next;

		a->next = first;
		first = a;
		a = next;
	}
	return first;
}
