/*
 * hits.h - the rows that a search found, before they are loaded
 *
 * Memory:  the arena given at hits_init.
 * Errors:  LIMIT for a full arena.
 */
#ifndef KEYPOST_STORE_SQLITE_HITS_H
#define KEYPOST_STORE_SQLITE_HITS_H

#include "base/arena.h"

struct hit {
	int64_t cert; /* row number */
	uint8_t role; /* enum term_role; 0 for user IDs */
};

struct hits {
	struct arena *arena;
	struct hit *list;
	size_t count;
	size_t cap;
	uint8_t skip_roles; /* hits with one of these are none */
};

void hits_init(struct hits *h, struct arena *arena);
/* STORE_TOTAL_MAX are there: nobody reads more. */
bool hits_full(const struct hits *h);
MUST_CHECK enum status hits_add(
	struct hits *h, int64_t cert, uint8_t role, struct err *err);
/* One hit for each certificate; owners by primary key first, then oldest. */
void hits_fold(struct hits *h);

#endif
