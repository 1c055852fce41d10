#include "store/sqlite/hits.h"

#include <stdlib.h>

#include "store/sqlite/terms.h"

void
hits_init(struct hits *h, struct arena *arena)
{
	*h = (struct hits){.arena = arena};
}

bool
hits_full(const struct hits *h)
{
	return h->count >= STORE_TOTAL_MAX;
}

enum status
hits_add(struct hits *h, int64_t cert, uint8_t role, struct err *err)
{
	enum status st;

	if ((role & h->skip_roles) != 0)
		return STATUS_OK;
	st = arena_grow(h->arena, (void **)&h->list, &h->cap, h->count + 1,
		sizeof(*h->list));
	if (st != STATUS_OK) {
		err_set(err, "more hits than memory for them");
		return st;
	}
	h->list[h->count].cert = cert;
	h->list[h->count++].role = role;
	return STATUS_OK;
}

static int
by_cert(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->cert > y->cert) - (x->cert < y->cert);
}

static int
by_owner(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int px = x->role & ROLE_PRIMARY, py = y->role & ROLE_PRIMARY;

	return px != py ? py - px : by_cert(a, b);
}

void
hits_fold(struct hits *h)
{
	size_t i, kept = 0;

	if (h->count < 2)
		return;
	qsort(h->list, h->count, sizeof(*h->list), by_cert);
	for (i = 0; i < h->count; i++) {
		if (kept > 0 && h->list[kept - 1].cert == h->list[i].cert)
			h->list[kept - 1].role |= h->list[i].role;
		else
			h->list[kept++] = h->list[i];
	}
	h->count = kept;
	qsort(h->list, h->count, sizeof(*h->list), by_owner);
}
