/*
 * keys.h - certificates for tests: plausible packets from a seed
 *
 * Signatures do not verify: level sks never asks.
 */
#ifndef KEYPOST_TEST_KEYS_H
#define KEYPOST_TEST_KEYS_H

#include "base/bytes.h"

enum key_part {
	KEY_SELF = 1 << 0,  /* user ID and its self-signature */
	KEY_SIG_A = 1 << 1, /* certifications by others */
	KEY_SIG_B = 1 << 2,
	KEY_SIG_C = 1 << 3,
	KEY_SUBKEY = 1 << 4,
	KEY_BIG = 1 << 5, /* another user ID, of 2,000 octets */
	KEY_V6 = 1 << 6,  /* a version 6 key */
	/* User ID and a plausible self-signature: found by its words. */
	KEY_FOUND = 1 << 7
};

/* Appends a binary certificate. The same seed gives the same key. */
void key_write(struct buf *out, unsigned int seed, unsigned int parts);
/* The same in armor. */
void key_armor(struct buf *out, unsigned int seed, unsigned int parts);
/* Its fingerprint (version 4) in upper-case hexadecimal. */
void key_fpr(unsigned int seed, char out[41]);

#endif
