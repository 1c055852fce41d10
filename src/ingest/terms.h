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

#include "pgp/level.h"
#include "store/store.h"

enum {
	TERMS_WORDS_MAX = 1024, /* of one certificate */
	TERMS_EMAILS_MAX = 256
};

/*
 * Every key with its ID; words, addresses and domains of the user IDs that
 * the primary vouches for. A user ID with two different addresses is found
 * by its words only, for nobody can tell which of them it claims.
 */
struct terms_rules {
	enum level level; /* of the certificate: what need not be asked again */
	struct verify_budget *budget; /* for back-signatures; NULL: any */
	bool redact;                  /* no user IDs of a hard-revoked one */
};

/* *spent: the budget did not suffice, and `search` is not to be used. Of one
 * certificate only so many back-signatures are looked at; what subkeys are
 * left then are not bound. */
MUST_CHECK enum status terms_collect(struct arena *arena,
	const struct cert *cert, const struct terms_rules *rules,
	struct cert_search *search, bool *spent);

#endif
