/*
 * fold.h - equal certificates in different armor blocks are one
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  LIMIT when the arena is full.
 * Source:  spec openpgp section 2.
 */
#ifndef KEYPOST_INGEST_FOLD_H
#define KEYPOST_INGEST_FOLD_H

#include "pgp/cert.h"

struct folded {
	struct cert **list; /* each once, where it came first */
	size_t count;
	size_t *where; /* index in the input -> index in list */
};

MUST_CHECK enum status fold_certs(
	struct arena *arena, const struct cert_list *in, struct folded *out);

#endif
