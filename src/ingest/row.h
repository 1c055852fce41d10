/*
 * row.h - from a levelled certificate to what the store takes
 *
 * Memory:  the arena; the search terms borrow the certificate.
 * Threads: pure, but for the clock.
 * Errors:  LIMIT when the arena is full.
 */
#ifndef KEYPOST_INGEST_ROW_H
#define KEYPOST_INGEST_ROW_H

#include "ingest/terms.h"

struct row_made {
	struct cert_row *row;
	struct cert_search *search;
	bool spent; /* the budget did not suffice: not to be used */
};

/* `cert` is digested; its level is that of the rules. */
MUST_CHECK enum status row_make(struct arena *arena, const struct cert *cert,
	const struct terms_rules *rules, struct row_made *made);

#endif
