/*
 * delta.h - the part of a certificate that a peer still lacks
 *
 * A change record keeps placed digests; the octets come from the stored
 * certificate when a letter is composed. Written out, a delta is a
 * certificate that any keyserver can ingest without asking back: the primary
 * key, the new packets, and for each the component it hangs from with one
 * valid self-signature.
 *
 * Memory:  the result lives in the arena.
 * Threads: pure.
 * Errors:  NOT_FOUND when none of the digests is still there.
 * Source:  spec pks-mail sections 3.3.1 and 8.1.
 */
#ifndef KEYPOST_PGP_DELTA_H
#define KEYPOST_PGP_DELTA_H

#include "pgp/cert.h"

enum delta_dialect {
	DELTA_STANDARD,
	DELTA_PKSD /* no user attributes; all subkeys with their bindings */
};

/* A certificate with just what `digests` (sorted, placed) needs. */
MUST_CHECK enum status delta_cut(struct arena *arena, const struct cert *cert,
	struct bytes digests, enum delta_dialect dialect, struct cert **cut);

/* The union of two sorted digest lists. */
MUST_CHECK enum status delta_union(
	struct arena *arena, struct bytes a, struct bytes b, struct bytes *out);

#endif
