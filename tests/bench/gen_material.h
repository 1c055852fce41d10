/*
 * gen_material.h - key material and signatures that follow from a seed
 *
 * The same seed gives the same keys and, because PKCS #1
 * v1.5 and Ed25519 signing use no randomness, the same signatures. For
 * benchmarks and tests only: whoever knows the seed knows the secret keys.
 *
 * Memory:  gen_key_done frees what gen_ed25519 and gen_ecdh made.
 * Threads: a key belongs to one thread.
 * Errors:  none are expected; any ends the program.
 */
#ifndef KEYPOST_TESTS_BENCH_GEN_MATERIAL_H
#define KEYPOST_TESTS_BENCH_GEN_MATERIAL_H

#include <gcrypt.h>

#include "base/bytes.h"

/* A stream of octets: SHA-256(seed || label || index || count), in order. */
struct gen_stream {
	uint64_t seed;
	uint64_t label;
	uint64_t index;
	uint64_t count;
	uint8_t block[32];
	size_t used;
};

struct gen_stream gen_stream_of(uint64_t seed, uint64_t label, uint64_t index);
void gen_take(struct gen_stream *s, void *out, size_t len);
/* 0 to limit - 1. */
uint32_t gen_below(struct gen_stream *s, uint32_t limit);

enum { GEN_RSA = 1, GEN_ECDH = 18, GEN_EDDSA = 22 };

struct gen_key {
	uint8_t algorithm;
	struct buf material; /* what follows the algorithm in the packet */
	gcry_sexp_t secret;  /* NULL for an encryption subkey */
	/* Instead of the library's; gen_quick.h. */
	void (*sign)(const struct gen_key *key, const uint8_t digest[32],
		struct buf *out);
	const void *quick;
};

void gen_ed25519(struct gen_key *key, struct gen_stream *s);
/* A Curve25519 subkey; nobody needs its secret half. */
void gen_ecdh(struct gen_key *key, struct gen_stream *s);
void gen_key_done(struct gen_key *key);
/* What a packet of that key says of it. */
void gen_put_ed25519(struct buf *material, const uint8_t point[32]);
/* A number of OpenPGP: its length in bits, and octets without leading zeros. */
void gen_put_mpi(struct buf *out, const uint8_t *p, size_t len);

/* Appends the signature's MPIs over a SHA-256 digest. */
void gen_sign(
	const struct gen_key *key, const uint8_t digest[32], struct buf *out);
/* MPIs that look like a signature of that algorithm, by nobody. */
void gen_sign_nobody(uint8_t algorithm, struct gen_stream *s, struct buf *out);

/* Ends the program with a word when st is not OK. */
void gen_must(enum status st);

#endif
