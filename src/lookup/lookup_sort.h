/*
 * lookup_sort.h - the order of results
 *
 * Memory:  the arena; rows are copied shallowly.
 * Threads: the session's.
 * Errors:  LIMIT; IO: a row is damaged.
 * Source:  spec hkp section 2, its end.
 */
#ifndef KEYPOST_LOOKUP_LOOKUP_SORT_H
#define KEYPOST_LOOKUP_LOOKUP_SORT_H

#include "lookup/index.h"
#include "lookup/revokers.h"

/* What a row is sorted by. */
struct lookup_key {
	struct cert_row row;
	int rank; /* 0 valid, 1 expired, 2 revoked */
	int64_t created;
};

/* index_describe without signatures; a damaged row is IO: no fault of the
 * search. */
MUST_CHECK enum status lookup_describe(struct arena *scratch,
	const struct cert_row *row, int64_t now, struct index_cert *c,
	struct err *err);
/* `r`: whom others revoked is revoked here, too. */
MUST_CHECK enum status lookup_key_of(const struct cert_row *row, int64_t now,
	struct revoking *r, struct lookup_key *key, struct err *err);
void lookup_sort_keys(struct lookup_key *keys, size_t count);
/* A single row is not parsed. */
MUST_CHECK enum status lookup_sort_rows(struct store_session *s,
	struct arena *arena, struct cert_rows *rows, int64_t now,
	struct err *err);

#endif
