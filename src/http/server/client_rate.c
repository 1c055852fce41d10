#include "http/server/client_rate.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	WAYS = 8, /* entries that an address can be in */
	SETS = RATE_ENTRIES / WAYS,
	LOCKS = 64
};

struct rule {
	int64_t per_second;
	int64_t burst;
};

static const struct rule rules[RATE_KINDS] = {
	[RATE_LOOKUP] = {50, 200},
	[RATE_SEARCH] = {2, 20},
	[RATE_SUBMISSION] = {2, 30},
	[RATE_OCTETS] = {1000000, 16 * 1024 * 1024},
	[RATE_MALFORMED] = {1, 20},
};

struct entry {
	struct peer_address from;
	bool used;
	int64_t seen;
	int64_t out_until;
	int64_t left[RATE_KINDS]; /* thousandths; below zero: owed */
};

struct client_rates {
	pthread_mutex_t locks[LOCKS];
	struct entry entries[SETS][WAYS];
};

struct client_rates *
client_rates_new(void)
{
	struct client_rates *t = xcalloc(1, sizeof(*t));
	size_t i;

	for (i = 0; i < LOCKS; i++)
		pthread_mutex_init(&t->locks[i], NULL);
	return t;
}

void
client_rates_free(struct client_rates *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&t->locks[i]);
	free(t);
}

static struct entry *
find(struct entry *set, const struct peer_address *from)
{
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (set[i].used && peer_address_same(&set[i].from, from))
			return &set[i];
	return NULL;
}

/* Its own, a free one, or the one used longest ago: with full buckets. */
static struct entry *
find_or_replace(struct entry *set, const struct peer_address *from, int64_t now)
{
	struct entry *e = find(set, from);
	size_t i;

	if (e != NULL)
		return e;
	e = &set[0];
	for (i = 0; i < WAYS && e->used; i++)
		if (!set[i].used || set[i].seen < e->seen)
			e = &set[i];
	e->from = *from;
	e->used = true;
	e->seen = now;
	e->out_until = 0;
	for (i = 0; i < RATE_KINDS; i++)
		e->left[i] = rules[i].burst * 1000;
	return e;
}

static void
refill(struct entry *e, int64_t now)
{
	int64_t passed = now - e->seen;
	size_t i;

	if (passed <= 0)
		return;
	/* After an hour every bucket is full, whatever was owed. */
	if (passed > 3600000)
		passed = 3600000;
	for (i = 0; i < RATE_KINDS; i++) {
		e->left[i] += passed * rules[i].per_second;
		if (e->left[i] > rules[i].burst * 1000)
			e->left[i] = rules[i].burst * 1000;
	}
	e->seen = now;
}

bool
client_rate_take(struct client_rates *t, const struct peer_address *from,
	enum client_rate kind, uint64_t cost, int64_t now)
{
	size_t set = peer_address_hash(from) % SETS;
	struct entry *e;
	bool granted;

	if (cost > INT32_MAX)
		cost = INT32_MAX;
	pthread_mutex_lock(&t->locks[set % LOCKS]);
	e = find_or_replace(t->entries[set], from, now);
	refill(e, now);
	granted = e->left[kind] >= 1000;
	if (granted)
		e->left[kind] -= (int64_t)cost * 1000;
	else if (kind == RATE_MALFORMED)
		e->out_until = now + RATE_SHUT_OUT_MS;
	pthread_mutex_unlock(&t->locks[set % LOCKS]);
	return granted;
}

bool
client_rate_shut_out(
	struct client_rates *t, const struct peer_address *from, int64_t now)
{
	size_t set = peer_address_hash(from) % SETS;
	const struct entry *e;
	bool out;

	pthread_mutex_lock(&t->locks[set % LOCKS]);
	e = find(t->entries[set], from);
	out = e != NULL && now < e->out_until;
	pthread_mutex_unlock(&t->locks[set % LOCKS]);
	return out;
}
