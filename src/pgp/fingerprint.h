/*
 * fingerprint.h - fingerprints and key IDs of all key versions
 *
 * Memory:  values.
 * Threads: pure.
 * Source:  RFC 9580 section 5.5.4, RFC 4880 section 12.2 (v3),
 *          draft-koch-librepgp (v5).
 */
#ifndef KEYPOST_PGP_FINGERPRINT_H
#define KEYPOST_PGP_FINGERPRINT_H

#include "base/bytes.h"
#include "pgp/crypto.h"

enum { FINGERPRINT_MAX = 32, FINGERPRINT_HEX_MAX = 65 };

struct fingerprint {
	uint8_t version; /* of the key: 2 to 6 */
	uint8_t len;     /* 16 for v2 and v3, 20 for v4, 32 for v5 and v6 */
	uint8_t octets[FINGERPRINT_MAX];
};

/*
 * What names a certificate in a store: version and fingerprint, and for v2
 * and v3, whose fingerprint does not cover all of the key, SHA-256 of the
 * primary's body. For v4 and above body_sha256 is zero.
 */
struct cert_id {
	struct fingerprint fpr;
	struct digest body_sha256;
};

bool fingerprint_eq(const struct fingerprint *a, const struct fingerprint *b);
bool cert_id_eq(const struct cert_id *a, const struct cert_id *b);
/* Upper-case digits and a NUL. */
void fingerprint_hex(
	const struct fingerprint *f, char out[FINGERPRINT_HEX_MAX]);
/*
 * For v4 the last, for v5 and v6 the first 8 octets; for v2 and v3 it is not
 * part of the fingerprint: see struct public_key.
 */
uint64_t fingerprint_key_id(const struct fingerprint *f);

#endif
