/*
 * verify.h - is this signature made by this key over this component?
 *
 * This version answers the first half: plausible means that the hash is
 * known and the first two octets of the digest agree (spec openpgp 4.1). In a
 * row of level sks a plausible signature issued by the primary counts as
 * valid when serving.
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

/* What may be spent on all signatures of this certificate: enough for as many
 * as it can have while its primary is no larger than most are. */
size_t verify_work(const struct cert *cert);
/* Could the primary have issued it? By issuer, type, or for want of both. */
bool verify_is_self(const struct cert *cert, const struct signature *sig);
/* `under` is &cert->primary or one of its components. */
bool verify_is_plausible(const struct cert *cert, const struct component *under,
	const struct signature *sig, size_t *work);
/* Is subkey `sub` bound: plausible 0x18 by the primary, and, where the flags
 * say it signs, an embedded 0x19? (spec openpgp section 8) */
bool verify_is_bound(
	const struct cert *cert, const struct component *sub, size_t *work);

#endif
