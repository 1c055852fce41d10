/*
 * public_key.h - public-key and subkey packets
 *
 * Memory:  values; `body` borrows the packet.
 * Threads: pure.
 * Errors:  MALFORMED, with the reason, when the key is unusable (spec
 *          openpgp section 3): it is dropped with all that hangs on it.
 * Source:  RFC 9580 section 5.5.2, RFC 4880 section 5.5.2 (v3).
 */
#ifndef KEYPOST_PGP_PUBLIC_KEY_H
#define KEYPOST_PGP_PUBLIC_KEY_H

#include "pgp/fingerprint.h"

struct public_key {
	struct bytes body;
	struct bytes material; /* what follows the algorithm */
	struct fingerprint fpr;
	uint64_t key_id;
	uint32_t created; /* seconds since 1970 */
	uint16_t v3_days; /* validity in days of v2 and v3; 0: for ever */
	uint16_t bits;    /* of modulus or curve; 0: unknown */
	uint8_t algorithm;
	const char
		*curve; /* "Ed25519", "NIST P-256", ...; NULL: none, unknown */
};

MUST_CHECK enum status public_key_parse(
	struct bytes body, struct public_key *key, struct err *err);

/* Does its material begin with a curve's OID? */
bool public_key_has_oid(uint8_t algorithm);
/* Is its algorithm one that has a name here? */
bool public_key_is_known(const struct public_key *key);
/* Could a signature by it be verified (spec openpgp section 4.2)? */
bool public_key_verifies(const struct public_key *key);

/* "RSA", "EdDSA", ... or "algorithm 99" in `out`, which is also returned. */
const char *public_key_algorithm_name(uint8_t algorithm, char out[24]);

#endif
