/*
 * gen_quick.h - keys that sign a hundred times faster than real ones
 *
 * Who verifies sees no difference and has the same work. An RSA modulus is the
 * product of 32 primes that fit a machine word; Ed25519 signatures share a few
 * nonces. Both give the secret away, which here nobody keeps.
 *
 * Memory:  a pool owns its keys for the life of the program.
 * Threads: a pool is read-only once made.
 * Errors:  none are expected; any ends the program.
 * Source:  RFC 8017 section 5.1.2 (more than two primes), RFC 8032 section 5.1.
 */
#ifndef KEYPOST_TESTS_BENCH_GEN_QUICK_H
#define KEYPOST_TESTS_BENCH_GEN_QUICK_H

#include "tests/bench/gen_material.h"

enum { GEN_POOL = 64 };

struct gen_pool {
	struct gen_key rsa[GEN_POOL];
	struct gen_key eddsa[GEN_POOL];
};

/* The library must be initialised. */
void gen_pool_make(struct gen_pool *pool, uint64_t seed);

#endif
