/*
 * level.h - which packets of a certificate are kept: sks, clean, strict
 *
 * A level is a pure function of packets and limits: no clock, no database,
 * no order of arrival.
 *
 * Memory:  the result lives in the arena.
 * Threads: pure.
 * Errors:  UNSUPPORTED for clean and strict, which this version does not
 *          offer; LIMIT if the arena is full.
 * Source:  spec openpgp section 8.
 */
#ifndef KEYPOST_PGP_LEVEL_H
#define KEYPOST_PGP_LEVEL_H

#include "pgp/cert.h"

enum level { LEVEL_SKS, LEVEL_CLEAN, LEVEL_STRICT };

/* "sks", "clean", "strict" -> level; NOT_FOUND for another word. */
MUST_CHECK enum status level_parse(const char *word, enum level *out);
const char *level_word(enum level l);

MUST_CHECK enum status level_apply(struct arena *arena, enum level level,
	const struct cert_limits *limits, const struct cert *in,
	struct cert **out, struct err *err);

#endif
