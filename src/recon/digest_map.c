#include "recon/digest_map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FIRST_CAP = 64, NONE = 0 };

/* Links are indexes into the pool; 0 is none, and the list's two ends. */
struct slot {
	struct digest_entry entry;
	uint32_t next;         /* of the same bucket, or free */
	uint32_t older, newer; /* slot 0: the newest, the oldest */
	bool used;
};

struct digest_map {
	struct slot *slots;
	uint32_t *buckets;
	size_t max, cap;     /* entries; cap is a power of two, as buckets */
	size_t count, fresh; /* fresh: slots never used begin here */
	uint32_t spare;
	uint64_t seed; /* or strangers choose what falls together */
};

struct digest_map *
digest_map_new(size_t max)
{
	struct digest_map *m = xcalloc(1, sizeof(*m));

	m->max = max;
	m->cap = FIRST_CAP;
	m->fresh = 1;
	m->slots = xcalloc(m->cap + 1, sizeof(*m->slots));
	m->buckets = xcalloc(m->cap, sizeof(*m->buckets));
	if (getrandom(&m->seed, sizeof(m->seed), 0) != (ssize_t)sizeof(m->seed))
		m->seed = (uint64_t)(uintptr_t)m;
	return m;
}

void
digest_map_free(struct digest_map *m)
{
	if (m == NULL)
		return;
	free(m->slots);
	free(m->buckets);
	free(m);
}

static uint32_t *
bucket_of(struct digest_map *m, const struct sks_digest *d, uint32_t number)
{
	uint64_t a, b;

	memcpy(&a, d->octets, 8);
	memcpy(&b, d->octets + 8, 8);
	a = (a ^ m->seed) * 0x9E3779B97F4A7C15u;
	a = (a ^ (a >> 32) ^ b ^ number) * 0xD6E8FEB86659FD93u;
	return &m->buckets[(a >> 32) & (m->cap - 1)];
}

static void
unlink_age(struct digest_map *m, uint32_t i)
{
	struct slot *s = &m->slots[i];

	m->slots[s->older].newer = s->newer;
	m->slots[s->newer].older = s->older;
}

/* Slot 0's `older` is the newest one, its `newer` the oldest. */
static void
link_newest(struct digest_map *m, uint32_t i)
{
	uint32_t first = m->slots[0].older;

	m->slots[i].older = first;
	m->slots[i].newer = 0;
	m->slots[first].newer = i;
	m->slots[0].older = i;
}

static uint32_t
find(struct digest_map *m, const struct sks_digest *d, uint32_t number)
{
	uint32_t i = *bucket_of(m, d, number);

	while (i != NONE &&
		(m->slots[i].entry.number != number ||
			memcmp(&m->slots[i].entry.digest, d, sizeof(*d)) != 0))
		i = m->slots[i].next;
	return i;
}

static void
grow(struct digest_map *m)
{
	size_t cap = m->cap * 2;

	m->slots = xrealloc(m->slots, (cap + 1) * sizeof(*m->slots));
	memset(m->slots + m->cap + 1, 0, (cap - m->cap) * sizeof(*m->slots));
	free(m->buckets);
	m->buckets = xcalloc(cap, sizeof(*m->buckets));
	m->cap = cap;
	for (uint32_t i = 1; i < m->fresh; i++) {
		struct slot *s = &m->slots[i];
		uint32_t *b;

		if (!s->used)
			continue;
		b = bucket_of(m, &s->entry.digest, s->entry.number);
		s->next = *b;
		*b = i;
	}
}

struct digest_entry *
digest_map_find(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number)
{
	uint32_t i = find(m, digest, number);

	if (i == NONE)
		return NULL;
	unlink_age(m, i);
	link_newest(m, i);
	return &m->slots[i].entry;
}

static uint32_t
take_slot(struct digest_map *m)
{
	uint32_t i = m->spare;

	if (i != NONE) {
		m->spare = m->slots[i].next;
		return i;
	}
	if (m->fresh > m->cap)
		grow(m);
	return (uint32_t)m->fresh++;
}

struct digest_entry *
digest_map_put(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number)
{
	struct digest_entry *e = digest_map_find(m, digest, number);
	struct slot *oldest;
	uint32_t i, *b;

	if (e != NULL)
		return e;
	if (m->count == m->max) {
		oldest = &m->slots[m->slots[0].newer];
		digest_map_remove(
			m, &oldest->entry.digest, oldest->entry.number);
	}
	i = take_slot(m);
	memset(&m->slots[i], 0, sizeof(m->slots[i]));
	m->slots[i].entry.digest = *digest;
	m->slots[i].entry.number = number;
	m->slots[i].used = true;
	b = bucket_of(m, digest, number);
	m->slots[i].next = *b;
	*b = i;
	link_newest(m, i);
	m->count++;
	return &m->slots[i].entry;
}

void
digest_map_remove(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number)
{
	uint32_t i = find(m, digest, number);
	uint32_t *at;

	if (i == NONE)
		return;
	at = bucket_of(m, digest, number);
	while (*at != i)
		at = &m->slots[*at].next;
	*at = m->slots[i].next;
	unlink_age(m, i);
	m->slots[i].used = false;
	m->slots[i].next = m->spare;
	m->spare = i;
	m->count--;
}

size_t
digest_map_count(const struct digest_map *m)
{
	return m->count;
}

void
digest_map_later(const struct digest_map *m, int64_t now,
	void (*visit)(void *ctx, const struct digest_entry *e), void *ctx)
{
	for (size_t i = 1; i < m->fresh; i++) {
		const struct slot *s = &m->slots[i];

		if (s->used && s->entry.until > now)
			visit(ctx, &s->entry);
	}
}
