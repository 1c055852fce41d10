/*
 * vks_token.h - a fingerprint and the proof that it is ours
 *
 * Threads: pure.
 * Errors:  MALFORMED: not made with this key.
 * Source:  spec hkp section 7; RFC 2104 (HMAC).
 */
#ifndef KEYPOST_HTTP_KEYS_VKS_TOKEN_H
#define KEYPOST_HTTP_KEYS_VKS_TOKEN_H

#include "pgp/fingerprint.h"

enum { VKS_KEY_LEN = 32, VKS_TOKEN_MAX = 2 * (2 + 32 + 32) + 1 };

struct vks_key {
	uint8_t octets[VKS_KEY_LEN];
};

void vks_token_write(const struct vks_key *key, const struct fingerprint *fpr,
	char token[VKS_TOKEN_MAX]);
MUST_CHECK enum status vks_token_read(
	const struct vks_key *key, struct bytes token, struct fingerprint *fpr);

#endif
