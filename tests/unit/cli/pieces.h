/*
 * pieces.h - takes down what a cutter makes of material, for its tests
 */
#ifndef KEYPOST_TEST_PIECES_H
#define KEYPOST_TEST_PIECES_H

#include "cli/material.h"

enum { PIECES_MAX = 64, PIECES_CERT = 3 + 6 + 130 + 5 + 8 };

/* A key that reads as one, of 1024 bits, and a user ID: PIECES_CERT octets. */
void pieces_put_cert(struct buf *b, uint8_t n);
/* So many of them, from `first` on, in a block of armor; *body, if it is not
 * NULL: where its lines begin. */
enum { PIECES_BLOCK = 6 };
void pieces_put_block(struct buf *out, uint8_t first, size_t *body);
/* The same, and nothing says that some of it is missing. */
void pieces_put_block_without_sum(
	struct buf *out, uint8_t first, size_t *body);
/* One certificate a piece, and all that is whole of a damaged block. */
extern const struct material_limits pieces_each;

struct pieces {
	struct buf all; /* their octets, in order */
	uint64_t at[PIECES_MAX];
	size_t len[PIECES_MAX];
	uint8_t first[PIECES_MAX];
	size_t count;
	size_t outside; /* of them: with no place of their own in `in` */
	size_t faults;
	char fault[256]; /* the last one */
	size_t notes;
	char note[256]; /* the last one */
};

/* Cuts all of `in`; `p` is made anew, and p->all is the caller's. */
void pieces_cut(struct pieces *p, struct bytes in,
	const struct material_limits *limits);
/* Cuts `sound` without `len` octets at `at`. */
void pieces_cut_without(
	struct pieces *p, const struct buf *sound, size_t at, size_t len);
/* Is that one among them, whole? */
bool pieces_has(const struct pieces *p, uint8_t n);
/* Those from `first` on are. */
void pieces_have(const struct pieces *p, uint8_t first, uint8_t n);
/* Of a block from 0 on all are there but those with octets from `from` to
 * `upto`, and if one of these is not, that was told. Frees p->all. */
void pieces_cost_no_others(struct pieces *p, size_t from, size_t upto);

#endif
