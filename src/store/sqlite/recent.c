#include "store/sqlite/recent.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAYS = 4,         /* slots that a handle can be in */
	SLOT_OCTETS = 512 /* of a ring for each slot: rows are larger */
};

/* In a ring; behind it the row, if there is one, and its octets. */
struct entry {
	struct handle handle;
	unsigned int turn;
	bool has_row;
	struct cert_row row[];
};

/*
 * Places count all octets that were ever written, so that they only grow: an
 * entry is there as long as its place is at most one size behind the end.
 */
struct ring {
	pthread_mutex_t lock;
	uint8_t *octets; /* NULL: nothing was kept yet */
	uint64_t end;
	uint64_t (*sets)[WAYS]; /* places; 0: none, that is long past */
};

struct recent {
	size_t size; /* of a ring */
	size_t sets; /* of a ring: a power of two */
	struct ring rings[RECENT_RINGS];
	atomic_uint turns[RECENT_TURNS];
};

struct recent *
recent_new(size_t octets)
{
	struct recent *r = xcalloc(1, sizeof(*r));
	size_t i;

	r->size = octets / RECENT_RINGS;
	r->size -= r->size % _Alignof(struct entry);
	r->sets = 1;
	while (r->sets * WAYS * SLOT_OCTETS < r->size)
		r->sets *= 2;
	for (i = 0; i < RECENT_RINGS; i++) {
		if (pthread_mutex_init(&r->rings[i].lock, NULL) != 0)
			abort();
		r->rings[i].end = 2 * (uint64_t)r->size;
	}
	return r;
}

void
recent_free(struct recent *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < RECENT_RINGS; i++) {
		(void)pthread_mutex_destroy(&r->rings[i].lock);
		free(r->rings[i].octets);
		free(r->rings[i].sets);
	}
	free(r);
}

static uint64_t
hash_of(const uint8_t *handle)
{
	uint64_t h;

	memcpy(&h, handle, sizeof(h));
	h *= 0x9E3779B97F4A7C15u;
	h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
	return h ^ (h >> 32);
}

static size_t
turn_of(uint64_t hash)
{
	return hash % RECENT_TURNS;
}

static struct ring *
lock_ring(struct recent *r, uint64_t hash)
{
	struct ring *ring = &r->rings[(hash >> 32) % RECENT_RINGS];
	int rc = pthread_mutex_lock(&ring->lock);

	assert(rc == 0);
	(void)rc;
	return ring;
}

static void
unlock_ring(struct ring *ring)
{
	int rc = pthread_mutex_unlock(&ring->lock);

	assert(rc == 0);
	(void)rc;
}

static uint64_t *
set_of(const struct recent *r, const struct ring *ring, uint64_t hash)
{
	return ring->sets[(hash >> 40) & (r->sets - 1)];
}

static struct entry *
entry_at(const struct recent *r, const struct ring *ring, uint64_t place)
{
	return (struct entry *)(void *)(ring->octets + place % r->size);
}

/* Of the entry with this handle; else of the one that may be given up. */
static uint64_t *
seek(const struct recent *r, const struct ring *ring, const struct handle *h,
	uint64_t hash, struct entry **found)
{
	uint64_t *set = set_of(r, ring, hash), *oldest = set;
	struct entry *e;
	size_t i;

	*found = NULL;
	for (i = 0; i < WAYS; i++) {
		if (set[i] < *oldest)
			oldest = &set[i];
		if (set[i] + r->size < ring->end)
			continue;
		e = entry_at(r, ring, set[i]);
		if (e->handle.len != h->len ||
			memcmp(e->handle.octets, h->octets, h->len) != 0)
			continue;
		*found = e;
		return &set[i];
	}
	return oldest;
}

static enum recent_answer
copy_out(const struct entry *e, struct arena *arena, struct cert_row *row)
{
	struct bytes octets;

	if (!e->has_row)
		return RECENT_NONE;
	if (arena_copy(arena, e->row->octets, &octets) != STATUS_OK)
		return RECENT_UNKNOWN;
	*row = *e->row;
	row->octets = octets;
	return RECENT_ROW;
}

enum recent_answer
recent_find(struct recent *r, const struct handle *h, unsigned int *turn,
	struct arena *arena, struct cert_row *row)
{
	enum recent_answer answer = RECENT_UNKNOWN;
	uint64_t hash = hash_of(h->octets);
	struct entry *e = NULL;
	struct ring *ring;

	*turn = atomic_load(&r->turns[turn_of(hash)]);
	ring = lock_ring(r, hash);
	if (ring->octets != NULL)
		(void)seek(r, ring, h, hash, &e);
	if (e != NULL && e->turn == *turn)
		answer = copy_out(e, arena, row);
	unlock_ring(ring);
	return answer;
}

/* Where so many octets go: none lies across the end of the memory. */
static uint64_t
make_room(const struct recent *r, struct ring *ring, size_t len)
{
	uint64_t place = ring->end;

	if (len > r->size - place % r->size)
		place += r->size - place % r->size;
	ring->end = place + len;
	return place;
}

static void
write_entry(struct entry *e, const struct handle *h, unsigned int turn,
	const struct cert_row *row)
{
	e->handle = *h;
	e->turn = turn;
	e->has_row = row != NULL;
	if (row == NULL)
		return;
	*e->row = *row;
	e->row->octets = bytes_make(e->row + 1, row->octets.len);
	if (row->octets.len > 0)
		memcpy(e->row + 1, row->octets.data, row->octets.len);
}

void
recent_keep(struct recent *r, const struct handle *h, unsigned int turn,
	const struct cert_row *row)
{
	size_t octets = row == NULL ? 0 : sizeof(*row) + row->octets.len;
	size_t len = sizeof(struct entry) + octets;
	uint64_t hash = hash_of(h->octets), *slot;
	struct ring *ring;
	struct entry *e;

	if (octets > r->size / RECENT_RING_SHARE)
		return;
	len += -len % _Alignof(struct entry);
	ring = lock_ring(r, hash);
	if (ring->octets == NULL) {
		ring->octets = xcalloc(1, r->size);
		ring->sets = xcalloc(r->sets, sizeof(*ring->sets));
	}
	slot = seek(r, ring, h, hash, &e);
	/* Another session may have come first. */
	if (e == NULL || e->turn != turn) {
		*slot = make_room(r, ring, len);
		write_entry(entry_at(r, ring, *slot), h, turn, row);
	}
	unlock_ring(ring);
}

void
recent_mark(struct recent_marks *m, struct bytes handle)
{
	size_t turn;

	if (handle.len < RECENT_TURN_OCTETS)
		return; /* nothing is kept by it */
	turn = turn_of(hash_of(handle.data));
	m->words[turn / 64] |= (uint64_t)1 << turn % 64;
}

void
recent_mark_all(struct recent_marks *m)
{
	memset(m->words, 0xFF, sizeof(m->words));
}

void
recent_end_marked(struct recent *r, struct recent_marks *m)
{
	size_t i;

	for (i = 0; i < RECENT_TURNS / 64; i++)
		for (; m->words[i] != 0; m->words[i] &= m->words[i] - 1)
			atomic_fetch_add(
				&r->turns[64 * i +
					  (size_t)__builtin_ctzll(m->words[i])],
				1);
}

void
recent_end_all(struct recent *r)
{
	size_t i;

	for (i = 0; i < RECENT_TURNS; i++)
		atomic_fetch_add(&r->turns[i], 1);
}
