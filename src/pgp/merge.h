/*
 * merge.h - union of two certificates with the same primary key
 *
 * Memory:  results live in `arena`; both inputs are borrowed.
 * Threads: pure; any thread.
 * Units:   sizes in octets.
 * Errors:  MALFORMED if the primaries differ, LIMIT if the arena is full.
 * Source:  RFC 9580 section 10.1 (transferable public keys); spec openpgp
 *          section 9.
 */
#ifndef KEYPOST_PGP_MERGE_H
#define KEYPOST_PGP_MERGE_H

#include "pgp/cert.h"

struct delta {
	struct cert_id id;
	struct bytes digests; /* placed, sorted, of the new packets */
	size_t new_count;
};

/*
 * Adds to `old` what `add` brings. An empty delta
 * means that nothing was new; then *merged is `old`.
 */
MUST_CHECK enum status merge_certs(struct arena *arena, const struct cert *old,
	const struct cert *add, struct cert **merged, struct delta *delta);

#endif
