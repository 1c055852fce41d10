/*
 * listing.h - rows that were found -> what a listing shows of them
 *
 * Memory:  the arena.
 * Threads: any; borrows a session where a revocation by somebody else is
 *          there to be judged.
 * Errors:  LIMIT; IO: a row is damaged.
 * Source:  spec hkp section 4, spec openpgp section 8.2.
 */
#ifndef KEYPOST_LOOKUP_LISTING_H
#define KEYPOST_LOOKUP_LISTING_H

#include "lookup/index.h"

struct listing_wish {
	int64_t now;
	bool signatures;
	bool redact; /* see redact.h */
};

/* One of each row. */
MUST_CHECK enum status listing_make(struct store *store,
	const struct cert_rows *rows, const struct listing_wish *wish,
	struct arena *arena, struct index_cert **certs, struct err *err);

#endif
