/*
 * attack.h - a certificate that strangers add to
 *
 * Memory: certificates live in vectors_arena; the rest until attack_close.
 */
#ifndef KEYPOST_TESTS_ATTACK_H
#define KEYPOST_TESTS_ATTACK_H

#include "forge.h"
#include "vectors.h"

enum { ATTACK_BORN = 1000000000 };

struct attack {
	struct forge owner, other, sub;
	struct buf input; /* the certificate, and what was added */
};

extern struct attack attack;

/* Set-up and teardown of a group of promises. */
int attack_open(void **state);
int attack_close(void **state);
/* The owner's user ID. */
struct bytes attack_name(void);
/* Made by `signer` (NULL: of the right look, by nobody) in the name of
 * `names` (NULL: its own). */
struct forge_sig attack_sig(
	uint8_t type, const struct forge *signer, const struct forge *names);
/* The owner's certificate as it was before. */
void attack_start(void);
/* Appends n signatures, each made at another time. */
void attack_add(struct forge_sig s, uint32_t n);
/* The same, on the owner's user ID. */
void attack_add_named(struct forge_sig s, uint32_t n);
struct cert *attack_read(void);
/* How many packets have this verdict. */
size_t attack_count(const struct level_result *r, enum verdict v);

#endif
