/*
 * signers.h - who made the signatures of others, as far as we hold them
 *
 * A page of signatures names many signers, each many times. They are gathered
 * first, each once and at most SIGNERS_MAX of them, and looked for in one
 * session, until SIGNERS_TIME_MS have passed: a page is never held up by them.
 * Those not looked for stay without a name.
 *
 * A name is the signer's primary user ID, held by a plausible self-signature.
 * A key ID that several certificates have names nobody. A name alone says
 * nothing: anybody can write a signature that claims to be of a signer that is
 * here, so each is asked for with the signer's key (signers_judge).
 *
 * Memory:  the arena.
 * Threads: the session's; at most SIGNERS_MAX look-ups, so no pool thread.
 * Errors:  LIMIT: the arena is full. What the store fails to find is no error.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_LOOKUP_SIGNERS_H
#define KEYPOST_LOOKUP_SIGNERS_H

#include "lookup/index.h"
#include "pgp/verify.h"

enum {
	SIGNERS_MAX = 100,
	SIGNERS_TIME_MS = 500,
	SIGNERS_OCTETS_MAX = 1 << 20 /* of a certificate that is parsed */
};

struct signer {
	bool by_fpr; /* else by key ID */
	struct fingerprint fpr;
	uint64_t key_id;
	bool found;
	struct fingerprint cert; /* found: its primary key */
	struct bytes user_id;    /* found: "" when it has none that is valid */
	bool has_key;
	struct public_key key; /* the primary of `cert`: it alone certifies */
};

struct signers {
	struct signer *list;
	size_t count;
	size_t left; /* signatures whose signer was one too many */
};

/* `s` NULL: gathers only. */
MUST_CHECK enum status signers_find(struct store_session *s,
	const struct index_cert *certs, size_t count, int64_t now,
	struct arena *arena, struct signers *out);
/* NULL: not among them. */
const struct signer *signers_get(
	const struct signers *list, const struct signature_info *sig);
/*
 * Did who it names make this signature on a part of `c`? CANNOT: that key is
 * not here, or of an algorithm that cannot be verified. What the key says of
 * itself is GOOD without a look where the row was verified.
 */
enum verify_result signers_judge(const struct signers *list,
	const struct index_cert *c, const struct index_part *part,
	const struct index_sig *sig, struct verify_budget *budget);

#endif
