/*
 * verify.h - is this signature made by this key over this component?
 *
 * Two answers. Plausible: the hash is known and the first two octets of the
 * digest agree (spec openpgp 4.1); in a row of level sks a plausible
 * signature issued by the primary counts as valid when serving, but for a
 * revocation. And good: the public key says so; that is asked only of plausible
 * ones.
 *
 * A look costs as many octets as are hashed, the primary's among them: with a
 * large one a few kilobytes of signatures ask for gigabytes. So who looks at
 * a whole certificate brings what may be spent, `work`; when it is used up
 * nothing is plausible. NULL: whatever it takes.
 *
 * Threads: pure.
 * Units:   octets.
 */
#ifndef KEYPOST_PGP_VERIFY_H
#define KEYPOST_PGP_VERIFY_H

#include "pgp/cert.h"
#include "pgp/pk.h"

/* What levelling may spend on what one submission brings. Both count down. */
struct verify_budget {
	size_t octets;     /* hashed */
	size_t operations; /* with public keys, as pk_cost counts them */
};

enum {
	VERIFY_BACK_MAX = 4, /* back-signatures asked about in a binding */
	/* Operations for what one row of level sks says of its own revocation:
	 * fifty milliseconds. */
	VERIFY_WHEN_SERVING = 96
};

enum verify_result { /* the better, the smaller */
	VERIFY_GOOD,
	VERIFY_CANNOT, /* plausible, and more cannot be known here */
	VERIFY_BAD,
	VERIFY_IMPLAUSIBLE,
	VERIFY_SPENT /* the budget is used up: nothing is known */
};

/* What may be spent on all signatures of this certificate: enough for as many
 * as it can have while its primary is no larger than most are. */
size_t verify_work(const struct cert *cert);
/* Could the primary have issued it? By issuer, type, or for want of both. */
bool verify_is_self(const struct cert *cert, const struct signature *sig);
/* `under` is &cert->primary or one of its components. */
bool verify_is_plausible(const struct cert *cert, const struct component *under,
	const struct signature *sig, size_t *work);
/* Asks `signer`: the primary, a subkey for 0x19, or another key. */
enum verify_result verify_signature(const struct cert *cert,
	const struct component *under, const struct signature_info *sig,
	const struct public_key *signer, struct verify_budget *budget);
/* Did the primary make it, as far as can be known? Of an algorithm that cannot
 * be verified what is plausible counts. */
bool verify_is_own(const struct cert *cert, const struct component *under,
	const struct signature_info *sig, struct verify_budget *budget);
/* 2: the secret is out; 1: hard as well; 0: soft. */
int verify_gravity(const struct signature_info *revocation);
/* Reason absent, 0 or 2: it cannot be undone (spec openpgp 8.2). */
bool verify_is_hard_revocation(const struct signature_info *sig);
/* Does a signature of this type belong below a packet with this tag? */
bool verify_type_fits(uint8_t type, uint8_t tag);
/* The back-signature 0x19 that a binding of `sub` embeds: GOOD if one is. */
enum verify_result verify_back_signature(const struct cert *cert,
	const struct component *sub, const struct signature *binding,
	struct verify_budget *budget);
/* Is subkey `sub` bound: plausible 0x18 by the primary, and, where the flags
 * say it signs, an embedded 0x19? (spec openpgp section 8) */
bool verify_is_bound(
	const struct cert *cert, const struct component *sub, size_t *work);

#endif
