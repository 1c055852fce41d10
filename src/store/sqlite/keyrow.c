#include "store/sqlite/keyrow.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/lock.h"

enum {
	TABLE_BITS = 11,
	TABLES = 1 << TABLE_BITS, /* so that few octets move for a new one */
	TAG_BITS = 24
};

/* Octets, because a struct of numbers would have a hole. */
struct entry {
	uint8_t tag[3];
	uint8_t row[4];
};

/* In the order of their tags. */
struct table {
	struct entry *entries;
	size_t count;
	size_t octets; /* there are, whole pages */
};

struct keyrow {
	pthread_mutex_t lock;
	uint64_t secret; /* nobody can make keys that look alike */
	size_t count;
	size_t max;
	struct table tables[TABLES];
};

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* From the system and back to it: the heap would keep the holes. A page each,
 * which is there once something is in it. */
static void
map_tables(struct keyrow *s)
{
	size_t page = page_size();
	uint8_t *at = mmap(NULL, TABLES * page, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		abort(); /* as xmalloc does */
	for (size_t i = 0; i < TABLES; i++, at += page)
		s->tables[i] = (struct table){
			.entries = (struct entry *)at, .octets = page};
}

struct keyrow *
keyrow_new(size_t max)
{
	struct keyrow *s = xcalloc(1, sizeof(*s));

	s->max = max;
	/* Not random is slower for an attacker's keys, and nothing else. */
	if (getrandom(&s->secret, sizeof(s->secret), GRND_NONBLOCK) < 0)
		s->secret = (uint64_t)(uintptr_t)s;
	lock_must(pthread_mutex_init(&s->lock, NULL));
	map_tables(s);
	return s;
}

void
keyrow_free(struct keyrow *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < TABLES; i++)
		(void)munmap(s->tables[i].entries, s->tables[i].octets);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- where an entry is ------------------------------------------------- */

static uint64_t
mix(const struct keyrow *s, const uint8_t key[KEYROW_KEY])
{
	uint64_t h;

	memcpy(&h, key, sizeof(h));
	h = (h ^ s->secret) * 0x9E3779B97F4A7C15u;
	return (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
}

static struct table *
table_of(struct keyrow *s, uint64_t mixed)
{
	return &s->tables[mixed >> (64 - TABLE_BITS)];
}

static uint32_t
tag_of(uint64_t mixed)
{
	return (uint32_t)(mixed << TABLE_BITS >> (64 - TAG_BITS));
}

static uint32_t
tag_at(const struct table *t, size_t at)
{
	const uint8_t *tag = t->entries[at].tag;

	return (uint32_t)tag[0] << 16 | (uint32_t)tag[1] << 8 | tag[2];
}

/* The first that is not below: tags are evenly spread, so it is near. */
static size_t
place_of(const struct table *t, uint32_t tag)
{
	size_t at = (size_t)((uint64_t)tag * t->count >> TAG_BITS);

	while (at > 0 && tag_at(t, at - 1) >= tag)
		at--;
	while (at < t->count && tag_at(t, at) < tag)
		at++;
	return at;
}

static void
grow(struct table *t)
{
	size_t octets = t->octets + page_size();
	void *moved = mremap(t->entries, t->octets, octets, MREMAP_MAYMOVE);

	if (moved == MAP_FAILED)
		abort(); /* as xmalloc does */
	t->entries = moved;
	t->octets = octets;
}

static void
put(struct table *t, uint32_t tag, uint32_t row)
{
	size_t at = place_of(t, tag);
	struct entry *e;

	if ((t->count + 1) * sizeof(*e) > t->octets)
		grow(t);
	e = t->entries + at;
	memmove(e + 1, e, (t->count++ - at) * sizeof(*e));
	e->tag[0] = (uint8_t)(tag >> 16);
	e->tag[1] = (uint8_t)(tag >> 8);
	e->tag[2] = (uint8_t)tag;
	memcpy(e->row, &row, sizeof(e->row));
}

/* ---- for others -------------------------------------------------------- */

enum status
keyrow_add(struct keyrow *s, const uint8_t key[KEYROW_KEY], int64_t row)
{
	uint64_t mixed = mix(s, key);
	enum status st = STATUS_OK;

	if (row <= 0 || row > UINT32_MAX)
		return STATUS_LIMIT;
	lock_must(pthread_mutex_lock(&s->lock));
	if (s->count >= s->max) {
		st = STATUS_LIMIT;
	} else {
		put(table_of(s, mixed), tag_of(mixed), (uint32_t)row);
		s->count++;
	}
	lock_must(pthread_mutex_unlock(&s->lock));
	return st;
}

bool
keyrow_nth(
	struct keyrow *s, const uint8_t key[KEYROW_KEY], size_t n, int64_t *row)
{
	uint64_t mixed = mix(s, key);
	const struct table *t = table_of(s, mixed);
	bool found;
	uint32_t number;
	size_t at;

	lock_must(pthread_mutex_lock(&s->lock));
	at = place_of(t, tag_of(mixed));
	found = n < t->count - at && tag_at(t, at + n) == tag_of(mixed);
	if (found) {
		memcpy(&number, t->entries[at + n].row, sizeof(number));
		*row = number;
	}
	lock_must(pthread_mutex_unlock(&s->lock));
	return found;
}
