/*
 * explain_work.h - an input while it is explained
 *
 * The packets are copied in one framing and read from there, so that what the
 * reader and a level say of a packet leads back to where it came from.
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  as explain.h.
 */
#ifndef KEYPOST_PGP_EXPLAIN_WORK_H
#define KEYPOST_PGP_EXPLAIN_WORK_H

#include "pgp/explain.h"

/* Where a packet is in the copy: by its beginning and its body it is found. */
struct spot {
	size_t at;
	size_t body;
};

struct explaining {
	struct arena *arena;
	const struct level_rules *rules;
	struct explanation *out;
	struct buf copy;
	struct spot *spots; /* one of each explained */
	size_t cap, spot_cap;
	size_t cert; /* that the level is looking at */
};

/* Fills the copy, and of each packet where it is there. */
MUST_CHECK enum status explain_copy_all(
	struct explaining *x, struct bytes octets);

#endif
