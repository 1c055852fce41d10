/*
 * prefix_set.h - beginnings of fingerprints, each once, in order
 *
 * When there are more than may be told, all are made shorter, so that the
 * list stays whole and says less of each.
 *
 * Memory:  a fixed array in the arena, however many are put.
 * Threads: one at a time.
 * Units:   hexadecimal digits.
 */
#ifndef KEYPOST_HTTP_KEYS_PREFIX_SET_H
#define KEYPOST_HTTP_KEYS_PREFIX_SET_H

#include "base/arena.h"

struct prefix_set {
	uint32_t *list; /* the digits, from the top */
	size_t count;
	unsigned digits;
};

/* LIMIT: no room in the arena. */
MUST_CHECK enum status prefix_set_init(
	struct prefix_set *s, struct arena *arena, unsigned digits);
/* The first four octets of a fingerprint. */
void prefix_set_put(struct prefix_set *s, const uint8_t octets[4]);
/* Sorts; more than `max`: two digits less, but no fewer than `digits_min`. */
void prefix_set_close(struct prefix_set *s, size_t max, unsigned digits_min);

#endif
