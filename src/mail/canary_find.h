/*
 * canary_find.h - the newest signature of ours in what a peer serves
 *
 * Threads: pure.
 * Units:   seconds since 1970.
 */
#ifndef KEYPOST_MAIL_CANARY_FIND_H
#define KEYPOST_MAIL_CANARY_FIND_H

#include "base/bytes.h"
#include "pgp/fingerprint.h"

/*
 * When the newest self-signature was made that is not older than `from`,
 * verifies, and stands in `answer`, armored, below a certificate with this
 * fingerprint; 0: there is none.
 */
uint32_t canary_find(
	struct bytes answer, const struct fingerprint *fpr, uint32_t from);

#endif
