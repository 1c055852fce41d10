/*
 * redact.h - of a hard-revoked certificate only what says so
 *
 * Whoever revoked a key without a reason, or because its secret is out, may
 * want the names in it gone as well. With the option redact_hard_revoked such
 * a certificate is served as its primary key and that revocation, is listed
 * without user IDs and is found by keys alone. What is stored is untouched,
 * and by its digest it is given whole: servers compare what they store.
 *
 * Only the key's own revocation counts, and it is verified here unless a
 * level above sks did so when the row was written.
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  LIMIT; IO: the row is damaged.
 * Source:  spec openpgp section 8.2.
 */
#ifndef KEYPOST_LOOKUP_REDACT_H
#define KEYPOST_LOOKUP_REDACT_H

#include "lookup/index.h"

/* Is this row hard-revoked? Then `out`, unless NULL, is what is served. */
MUST_CHECK enum status redact_row(struct arena *arena,
	const struct cert_row *row, bool *hard, struct bytes *out,
	struct err *err);
/* Takes out of a listing what is not served, if it is hard-revoked. */
MUST_CHECK enum status redact_listing(
	struct arena *arena, struct index_cert *c, struct err *err);

#endif
