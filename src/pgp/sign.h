/*
 * sign.h - a certificate of our own: one Ed25519 key, one user ID; and what
 * that key signs
 *
 * Version 4 with algorithm 22, which every server reads that reads elliptic
 * curves at all. The same key, words and time give the same octets.
 *
 * Memory:  values.
 * Threads: any, after crypto_init.
 * Units:   seconds since 1970.
 * Errors:  LIMIT when `out` is full; UNSUPPORTED: libgcrypt does not sign.
 * Source:  RFC 9580 sections 5.2.3, 5.2.4, 5.5.2; RFC 8032.
 */
#ifndef KEYPOST_PGP_SIGN_H
#define KEYPOST_PGP_SIGN_H

#include "base/bytes.h"

enum { SIGN_SECRET = 32, SIGN_USER_ID_MAX = 400 };

/* What a key says that it is for: RFC 9580 section 5.2.3.29. */
enum { SIGN_MAY_CERTIFY = 0x01, SIGN_MAY_SIGN = 0x02 };

struct sign_key {
	uint8_t secret[SIGN_SECRET];
	uint32_t created;
};

/* The public point, as RFC 8032 writes it. */
MUST_CHECK enum status sign_point(
	const struct sign_key *key, uint8_t point[32], struct err *err);
/*
 * Appends the certificate with a self-signature made at `when`, and with no
 * other. `user_id` has at most SIGN_USER_ID_MAX octets.
 */
MUST_CHECK enum status sign_certificate(const struct sign_key *key,
	const char *user_id, uint8_t flags, uint32_t when, struct buf *out,
	struct err *err);
/* Appends a signature packet, made at `when`, over these octets as a file. */
MUST_CHECK enum status sign_octets(const struct sign_key *key,
	struct bytes octets, uint32_t when, struct buf *out, struct err *err);

#endif
