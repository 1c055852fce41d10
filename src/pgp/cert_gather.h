/*
 * cert_gather.h - a stream of packets -> the keys in it, still loose
 *
 * Memory:  everything lives in the arena; packets are borrowed.
 * Threads: pure.
 * Errors:  as cert_read.
 * Source:  spec openpgp section 2.
 */
#ifndef KEYPOST_PGP_CERT_GATHER_H
#define KEYPOST_PGP_CERT_GATHER_H

#include "pgp/cert_build.h"

/* A key as it stood in the input: its primary, then its parts. */
struct block {
	size_t primary; /* index in loose */
	size_t end;     /* one past its last part */
	size_t cert;    /* index in the list, once known */
	struct digest id;
};

enum place {
	PLACE_OUTSIDE,  /* before any key */
	PLACE_IN_KEY,   /* signatures belong to the last loose one */
	PLACE_SKIPPING, /* up to the next component */
	PLACE_DROPPED   /* up to the next key */
};

struct gather {
	struct arena *arena;
	const struct cert_limits *limits;
	struct cert_list *list;
	enum place place;
	size_t offset;
	struct loose *loose;
	size_t *first_sigs; /* beside loose: index of its first one in sigs */
	size_t loose_count, loose_cap, first_cap;
	struct packet *sigs;
	size_t sig_count, sig_cap;
	struct block *blocks;
	size_t block_count, block_cap;
	size_t first_note; /* those before it are of earlier calls */
};

/* Reads to the end, or to where the input breaks (then with a note). In the
 * notes it adds, `cert` is an index of `blocks`. */
MUST_CHECK enum status cert_gather_packets(
	struct gather *g, struct bytes octets, struct err *err);

/* Adds a note about `block` (SIZE_MAX: none) at `g->offset`. */
MUST_CHECK enum status cert_gather_note(
	struct gather *g, enum verdict verdict, size_t block, uint8_t tag);

#endif
