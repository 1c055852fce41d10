/*
 * fragments.h - takes a certificate apart at random
 *
 * The fragments overlap, and together they are the certificate; packets come
 * in any framing and order, some twice. Each call goes on where the last one
 * ended, from the same seed in every run.
 */
#ifndef KEYPOST_TESTS_FRAGMENTS_H
#define KEYPOST_TESTS_FRAGMENTS_H

#include "pgp/cert.h"

enum { FRAGMENTS = 3 };

/* Appends to each. */
void fragments_split(struct buf out[FRAGMENTS], const struct cert *cert);

#endif
