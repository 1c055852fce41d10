/*
 * field.h - elements of Z_p, as set reconciliation counts them
 *
 * An element is three limbs, least significant first, always below p; p has
 * 129 bits. On the wire it is 17 octets, little endian. A digest of 16 octets
 * is the element of which it is the wire form with one zero octet behind it;
 * so every digest is an element, and no element from 2^128 on is a digest.
 *
 * A set of digests is known by its samples: for each of a few points the
 * product of (point - element) over the set. The empty set's are all one.
 *
 * Memory:  values only.
 * Threads: pure.
 * Errors:  as said at each function.
 * Source:  spec sks-recon sections 1, 2, 4, 5.
 */
#ifndef KEYPOST_RECON_FIELD_H
#define KEYPOST_RECON_FIELD_H

#include "base/bytes.h"
#include "pgp/crypto.h"

enum {
	ZP_LIMBS = 3,
	ZP_WIRE = 17, /* octets */
	ZP_BITS = 129,
	ZP_INVERSES = 32, /* together, at most */
	RECON_MBAR = 5,
	RECON_SAMPLES = RECON_MBAR + 1
};

struct zp {
	uint64_t limb[ZP_LIMBS];
};

extern const struct zp zp_prime; /* itself no element */

struct zp zp_of(uint64_t small);
struct zp zp_add(struct zp a, struct zp b);
struct zp zp_sub(struct zp a, struct zp b);
struct zp zp_neg(struct zp a);
struct zp zp_mul(struct zp a, struct zp b);
/* Zero for zero, which has none. */
struct zp zp_inverse(struct zp a);
/* Each becomes its inverse, for little more than one costs; none is zero. */
void zp_inverses(struct zp *list, size_t count);
struct zp zp_power(struct zp a, struct zp exponent);
/* One of the two square roots; false when there is none. */
bool zp_root(struct zp a, struct zp *root);
bool zp_eq(struct zp a, struct zp b);
bool zp_is_zero(struct zp a);
/* By number: below, equal, above zero. */
int zp_cmp(struct zp a, struct zp b);

/* Any 17 octets; taken modulo p. */
struct zp zp_read(const uint8_t wire[ZP_WIRE]);
/* Were those 17 octets below p as they stood? */
bool zp_canonical(const uint8_t wire[ZP_WIRE]);
void zp_write(struct zp a, uint8_t wire[ZP_WIRE]);

struct zp zp_of_digest(const struct sks_digest *digest);
/* MALFORMED from 2^128 on. */
MUST_CHECK enum status zp_to_digest(struct zp a, struct sks_digest *digest);

/* The point of sample i: 0, -1, 1, -2, 2, -3, ... */
struct zp zp_point(unsigned int i);
/* Is it one of our points? Such a digest makes a sample zero for ever. */
bool zp_is_point(struct zp a);

/* ---- samples --------------------------------------------------------- */

struct samples {
	struct zp at[RECON_SAMPLES];
};

/* Of the empty set. */
void samples_none(struct samples *s);
/* As if `element`, no sample point, had joined the set. */
void samples_add(struct samples *s, struct zp element);
/* The set's union with another one that shares nothing with it. */
void samples_join(struct samples *s, const struct samples *other);
/* Takes such a union apart; no sample of `other` may be zero. */
void samples_part(struct samples *s, const struct samples *other);
bool samples_eq(const struct samples *a, const struct samples *b);

#endif
