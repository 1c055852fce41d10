/*
 * revokers.h - keys revoked by somebody whom their owner named for it
 *
 * A revocation by another key counts only if the owner named that key in a
 * signature that verifies (subpacket 12), the other key is here, and the
 * revocation verifies with it. Until then nothing is shown as revoked. That
 * takes the store: index_describe tells what the row alone says, and this adds
 * to it.
 *
 * At most REVOKERS_TRIES of all certificates together are looked for, each
 * once; those beyond, and what the store fails to find, stay without effect.
 *
 * Memory:  the arena.
 * Threads: the session's.
 * Errors:  LIMIT: the arena is full. What the store fails to find is no error.
 * Source:  spec openpgp section 8.2.
 */
#ifndef KEYPOST_LOOKUP_REVOKERS_H
#define KEYPOST_LOOKUP_REVOKERS_H

#include "lookup/index.h"

enum {
	REVOKERS_TRIES = 64,          /* certificates that are read */
	REVOKERS_VERIFICATIONS = 384, /* cost (pk.h), after that none */
	REVOKERS_OCTETS_MAX = 1 << 20 /* of a certificate that is read */
};

/* Is there anything to look for? Most certificates need no session. */
bool revokers_are_needed(const struct index_cert *certs, size_t count);
/*
 * Whoever looks at one certificate after the other shares what may be spent
 * among them; in the arena, NULL when that is full.
 */
struct revoking;
struct revoking *revoking_new(struct store_session *s, struct arena *arena);
void revoking_apply(struct revoking *r, struct index_cert *c);
/* Completes what index_describe said. */
MUST_CHECK enum status revokers_apply(struct store_session *s,
	struct index_cert *certs, size_t count, struct arena *arena);

#endif
