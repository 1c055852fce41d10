/*
 * gen_cert.h - certificates that follow from a seed and a number
 *
 * Valid version 4 certificates as people have them: RSA-2048 or Ed25519, one
 * or two user IDs, an encryption subkey, and certifications by others that
 * look right and are by nobody. About 2.3 KB on average.
 *
 * Memory:  appended to a buffer.
 * Threads: any, with one pool.
 */
#ifndef KEYPOST_TESTS_BENCH_GEN_CERT_H
#define KEYPOST_TESTS_BENCH_GEN_CERT_H

#include "tests/bench/gen_quick.h"

struct gen_shape {
	bool rsa;         /* needs a pool */
	uint32_t created; /* seconds since 1970 */
	const struct bytes *user_ids;
	size_t user_id_count;
	unsigned others;        /* certifications on the first user ID */
	uint32_t expires_after; /* seconds; 0: never */
	bool revoked;           /* by itself, a day after it was made */
	uint8_t reason;         /* of that; 0: none says, which is hard */
	bool no_subkey;
	bool no_self_signature;         /* of user IDs */
	size_t primary_user_id;         /* 1 and up; 0: none says so */
	size_t primaries;               /* so many of the first say so */
	size_t revoked_user_id;         /* 1 and up, a day later; 0: none */
	uint32_t user_id_expires_after; /* its self-signature; 0: never */
};

/* Appends a certificate of that shape; `pool` may be NULL without RSA. */
void gen_shaped(const struct gen_pool *pool, uint64_t seed, uint64_t index,
	const struct gen_shape *shape, struct buf *out, uint8_t fpr[20]);

/* Appends certificate number `index`; `fpr` may be NULL. Without a pool all
 * are Ed25519. */
void gen_cert(const struct gen_pool *pool, uint64_t seed, uint64_t index,
	struct buf *out, uint8_t fpr[20]);

#endif
