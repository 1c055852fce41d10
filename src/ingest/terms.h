/*
 * terms.h - what a certificate is found by
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  LIMIT when the arena is full.
 * Source:  spec openpgp section 12, spec hkp section 2.
 */
#ifndef KEYPOST_INGEST_TERMS_H
#define KEYPOST_INGEST_TERMS_H

#include "store/store.h"

struct cert;

enum {
	TERMS_WORDS_MAX = 1024, /* of one certificate */
	TERMS_EMAILS_MAX = 256
};

/*
 * Every key with its ID; words, addresses and domains of the user IDs that
 * the primary vouches for. A user ID with two different addresses is found
 * by its words only, for nobody can tell which of them it claims.
 */
MUST_CHECK enum status terms_collect(struct arena *arena,
	const struct cert *cert, struct cert_search *search);

#endif
