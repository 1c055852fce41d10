#include "http/keys/prefix_set.h"

#include <stdlib.h>

/* Twice as many as there are prefixes of the shortest length. */
enum { PREFIX_SET_ROOM = 2 * 65536, PREFIX_SET_SHORTEST = 4 };

enum status
prefix_set_init(struct prefix_set *s, struct arena *arena, unsigned digits)
{
	s->list = arena_array(arena, PREFIX_SET_ROOM, sizeof(*s->list));
	s->count = 0;
	s->digits = digits;
	return s->list == NULL ? STATUS_LIMIT : STATUS_OK;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
sort(struct prefix_set *s)
{
	size_t i, n = 0;

	qsort(s->list, s->count, sizeof(*s->list), compare);
	for (i = 0; i < s->count; i++)
		if (n == 0 || s->list[n - 1] != s->list[i])
			s->list[n++] = s->list[i];
	s->count = n;
}

static uint32_t
cut(uint32_t prefix, unsigned digits)
{
	return digits >= 8 ? prefix : prefix & ~(UINT32_MAX >> (4 * digits));
}

static void
shorten(struct prefix_set *s, unsigned digits)
{
	size_t i;

	s->digits = digits;
	for (i = 0; i < s->count; i++)
		s->list[i] = cut(s->list[i], digits);
	sort(s);
}

void
prefix_set_put(struct prefix_set *s, const uint8_t o[4])
{
	uint32_t prefix = (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 |
			  (uint32_t)o[2] << 8 | o[3];

	if (s->count == PREFIX_SET_ROOM) {
		sort(s);
		/* So many will be cut to the shortest in the end anyway. */
		if (s->count > PREFIX_SET_ROOM / 2)
			shorten(s, PREFIX_SET_SHORTEST);
	}
	s->list[s->count++] = cut(prefix, s->digits);
}

void
prefix_set_close(struct prefix_set *s, size_t max, unsigned digits_min)
{
	sort(s);
	while (s->count > max && s->digits > digits_min)
		shorten(s, s->digits - 2);
}
