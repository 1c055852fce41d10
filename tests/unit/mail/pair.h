/*
 * pair.h - two sets of ids that write each other summaries, without mail
 */
#ifndef KEYPOST_TEST_PAIR_H
#define KEYPOST_TEST_PAIR_H

#include "mail/summary.h"

struct pair_set {
	uint64_t *list; /* sorted */
	size_t count;
	struct sum *cache; /* NULL: none */
};

struct pair_cost {
	size_t letters; /* of summaries */
	size_t octets;  /* of them, before base64 */
	size_t sent;    /* certificates */
	bool cut;       /* a letter had no room for all */
};

/* `count` ids from a seed; equal seeds give equal ids. */
void pair_fill(struct pair_set *s, size_t count, uint64_t seed);
/* Takes n of them out, spread over all. */
void pair_drop(struct pair_set *s, size_t n);
void pair_free(struct pair_set *s);
bool pair_equal(const struct pair_set *a, const struct pair_set *b);
/*
 * One exchange, begun by `a`: each letter is answered until there is nothing
 * to say; letter number `lost` (from 1; 0: none) is not answered. What is
 * sent is taken in.
 */
void pair_exchange(struct pair_set *a, struct pair_set *b, size_t lost,
	struct pair_cost *cost);

#endif
