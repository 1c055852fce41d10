/*
 * crypto.h - hashes, HMAC and random octets; what starts libgcrypt
 *
 * crypto_init runs once before any thread starts. Everything else is pure.
 *
 * Threads: any, after crypto_init.
 * Errors:  hashing known algorithms cannot fail; UNSUPPORTED for unknown ids.
 */
#ifndef KEYPOST_PGP_CRYPTO_H
#define KEYPOST_PGP_CRYPTO_H

#include "base/bytes.h"

struct digest {
	uint8_t octets[32]; /* SHA-256 */
};

struct sks_digest {
	uint8_t octets[16]; /* MD5 */
};

enum { CRYPTO_HASH_MAX = 64 };

/* Checks the library's version and self-tests; `err` says what is wrong. */
MUST_CHECK enum status crypto_init(struct err *err);
/* The library's version, for -V. Static storage. */
const char *crypto_version(void);

/* Over the concatenation of the parts. */
void crypto_sha256(const struct bytes *parts, size_t n, struct digest *out);
/* The same piece by piece; `end` frees it. */
struct crypto_stream;
struct crypto_stream *crypto_sha256_begin(void);
void crypto_sha256_add(struct crypto_stream *s, struct bytes b);
void crypto_sha256_end(struct crypto_stream *s, struct digest *out);
void crypto_md5(const struct bytes *parts, size_t n, uint8_t out[16]);
void crypto_sha1(const struct bytes *parts, size_t n, uint8_t out[20]);
/* HMAC-SHA-256; at most CRYPTO_HMAC_PARTS parts. */
enum { CRYPTO_HMAC_PARTS = 7 };
void crypto_hmac_sha256(struct bytes key, const struct bytes *parts, size_t n,
	struct digest *out);
/* By OpenPGP hash id (spec openpgp 4.1); `len` is the digest's octets. */
MUST_CHECK enum status crypto_hash(uint8_t hash_id, const struct bytes *parts,
	size_t n, uint8_t out[CRYPTO_HASH_MAX], size_t *len);

/* libgcrypt's number of an OpenPGP hash id; 0: none that we know. */
int crypto_hash_algorithm(uint8_t hash_id);

/* Cryptographically strong octets. */
void crypto_random(void *out, size_t len);

#endif
