/*
 * pieces.h - takes down what a cutter makes of material, for its tests
 */
#ifndef KEYPOST_TEST_PIECES_H
#define KEYPOST_TEST_PIECES_H

#include "cli/material.h"

enum { PIECES_MAX = 64 };

struct pieces {
	struct buf all; /* their octets, in order */
	uint64_t at[PIECES_MAX];
	size_t len[PIECES_MAX];
	uint8_t first[PIECES_MAX];
	size_t count;
	size_t outside; /* of them: with no place of their own in `in` */
	size_t faults;
	char fault[256]; /* the last one */
};

/* Cuts all of `in`; `p` is made anew, and p->all is the caller's. */
void pieces_cut(struct pieces *p, struct bytes in,
	const struct material_limits *limits);

#endif
