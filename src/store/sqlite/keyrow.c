#include "store/sqlite/keyrow.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
	/* Each grows by itself, so that growing never copies all. */
	TABLES = 256,
	SLOTS_FIRST = 512,
	GROWS_BY = 4, /* a fourth: memory is what it has least of */
	FULL_OF_8 = 7
};

struct slot {
	uint32_t tag;
	uint32_t row; /* 0: empty */
};

struct table {
	struct slot *slots;
	size_t count;
	size_t cap; /* 0 at first */
};

struct keyrow {
	pthread_mutex_t lock;
	uint64_t secret; /* nobody can make keys that look alike */
	size_t count;
	size_t max;
	struct table tables[TABLES];
};

struct keyrow *
keyrow_new(size_t max)
{
	struct keyrow *s = xcalloc(1, sizeof(*s));

	s->max = max;
	/* Not random is slower for an attacker's keys, and nothing else. */
	if (getrandom(&s->secret, sizeof(s->secret), GRND_NONBLOCK) < 0)
		s->secret = (uint64_t)(uintptr_t)s;
	if (pthread_mutex_init(&s->lock, NULL) != 0)
		abort();
	return s;
}

/* From the system and back to it: the heap would keep the holes. */
static struct slot *
slots_new(size_t cap)
{
	void *slots = mmap(NULL, cap * sizeof(struct slot),
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (slots == MAP_FAILED)
		abort(); /* as xmalloc does */
	return slots;
}

static void
slots_free(struct table *t)
{
	if (t->cap > 0)
		(void)munmap(t->slots, t->cap * sizeof(*t->slots));
}

void
keyrow_free(struct keyrow *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < TABLES; i++)
		slots_free(&s->tables[i]);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static uint32_t
tag_of(const struct keyrow *s, const uint8_t key[KEYROW_KEY])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	h = (h ^ s->secret) * 0x9E3779B97F4A7C15u;
	h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
	return (uint32_t)(h >> 32);
}

static struct table *
table_of(struct keyrow *s, uint32_t tag)
{
	return &s->tables[tag >> 24];
}

static size_t
place_of(const struct table *t, uint32_t tag)
{
	return (size_t)((uint64_t)(tag & 0xFFFFFF) * t->cap >> 24);
}

static size_t
next_place(const struct table *t, size_t at)
{
	return at + 1 < t->cap ? at + 1 : 0;
}

static void
put(struct table *t, struct slot slot)
{
	size_t at = place_of(t, slot.tag);

	while (t->slots[at].row != 0)
		at = next_place(t, at);
	t->slots[at] = slot;
	t->count++;
}

static void
grow(struct table *t)
{
	struct table next = {.cap = t->cap > 0 ? t->cap + t->cap / GROWS_BY
					       : SLOTS_FIRST};
	size_t i;

	next.slots = slots_new(next.cap);
	for (i = 0; i < t->cap; i++)
		if (t->slots[i].row != 0)
			put(&next, t->slots[i]);
	slots_free(t);
	*t = next;
}

static void
lock(struct keyrow *s)
{
	int rc = pthread_mutex_lock(&s->lock);

	assert(rc == 0);
	(void)rc;
}

static void
unlock(struct keyrow *s)
{
	int rc = pthread_mutex_unlock(&s->lock);

	assert(rc == 0);
	(void)rc;
}

enum status
keyrow_add(struct keyrow *s, const uint8_t key[KEYROW_KEY], int64_t row)
{
	struct slot slot = {.tag = tag_of(s, key), .row = (uint32_t)row};
	struct table *t = table_of(s, slot.tag);
	enum status st = STATUS_OK;

	if (row <= 0 || row > UINT32_MAX)
		return STATUS_LIMIT;
	lock(s);
	if (s->count >= s->max)
		st = STATUS_LIMIT;
	if (st == STATUS_OK && (t->count + 1) * 8 > t->cap * FULL_OF_8)
		grow(t);
	if (st == STATUS_OK) {
		put(t, slot);
		s->count++;
	}
	unlock(s);
	return st;
}

bool
keyrow_nth(
	struct keyrow *s, const uint8_t key[KEYROW_KEY], size_t n, int64_t *row)
{
	uint32_t tag = tag_of(s, key);
	struct table *t = table_of(s, tag);
	bool found = false;
	size_t at;

	lock(s);
	at = t->cap > 0 ? place_of(t, tag) : 0;
	for (; t->cap > 0 && !found && t->slots[at].row != 0;
		at = next_place(t, at)) {
		found = t->slots[at].tag == tag && n-- == 0;
		if (found)
			*row = t->slots[at].row;
	}
	unlock(s);
	return found;
}
