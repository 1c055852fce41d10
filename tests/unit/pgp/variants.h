/*
 * variants.h - one signature written anew in several ways, and what is kept
 *
 * Memory: variants_close frees it; certificates live in vectors_arena.
 */
#ifndef KEYPOST_TESTS_VARIANTS_H
#define KEYPOST_TESTS_VARIANTS_H

#include "forge.h"
#include "vectors.h"

enum { VARIANTS_MAX = 16 };

struct variants {
	struct forge owner, sub;
	struct buf head; /* of the certificate, up to the signature */
	struct buf list[VARIANTS_MAX]; /* bodies; the first is the owner's */
	size_t count;
};

int variants_open(void **state);
int variants_close(void **state);
/* The user ID of all. */
struct bytes variants_name(void);
/* One more, yet empty. */
struct buf *variants_add(struct variants *v);
/* The first one, with another unhashed area. */
void variants_add_unhashed(struct variants *v, const void *octets, size_t len);
/* Its last number is announced and written longer by n octets. */
void variants_add_zeros(struct variants *v, size_t n);
/* With n octets after its last number. */
void variants_add_tail(struct variants *v, size_t n);
/* The certificate with these of them. */
struct cert *variants_cert(struct variants *v, const size_t *which, size_t n);
/* Where they stand in it. */
const struct component *variants_place(const struct cert *c);
struct cert *variants_unite(
	const struct cert *a, const struct cert *b, enum level level);
/* The first stays alone: with each of the others, before and after it, and
 * with all at once. */
void variants_check(struct variants *v);

#endif
