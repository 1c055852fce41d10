/*
 * forge.h - certificates as an attacker writes them, octet by octet
 *
 * Every key is a version 4 Ed25519 key that follows from its seed, so that a
 * test can sign as anybody.
 *
 * Memory: forge_close frees a key; bodies and packets are appended to buffers.
 */
#ifndef KEYPOST_TESTS_FORGE_H
#define KEYPOST_TESTS_FORGE_H

#include "base/bytes.h"
#include "tests/bench/gen_material.h"

struct forge {
	struct gen_key key;
	struct buf body; /* of its packet, as primary or subkey */
	uint8_t fpr[20];
};

void forge_open(struct forge *f, uint64_t seed);
void forge_close(struct forge *f);

/* A signature to be made. */
struct forge_sig {
	uint8_t type;
	uint32_t created;
	const struct forge *signer; /* NULL: nobody, but its hash is right */
	const struct forge *names;  /* as issuer, unhashed; NULL: the signer */
	bool names_hashed;          /* in a fingerprint that is hashed, too */
	struct bytes user_id;       /* what it is over, beside the primary */
	const struct forge *subkey;
	struct bytes hashed;   /* more subpackets */
	struct bytes unhashed; /* in place of the issuer; empty: that */
	bool bare;             /* nothing is unhashed */
};

/* Appends the body of a signature that stands in the certificate of `on`. */
void forge_sign(
	const struct forge *on, const struct forge_sig *s, struct buf *body);
/* The same as a packet. */
void forge_put_sig(
	const struct forge *on, const struct forge_sig *s, struct buf *out);
void forge_put(struct buf *out, uint8_t tag, struct bytes body);
void forge_put_subpacket(struct buf *area, uint8_t type, struct bytes body);
/* A key, a user ID and the signature on it. */
void forge_put_cert(const struct forge *f, struct bytes user_id,
	uint32_t created, struct buf *out);

/* The body of a signature with another unhashed area. */
void forge_with_unhashed(
	struct bytes body, struct bytes unhashed, struct buf *out);

#endif
