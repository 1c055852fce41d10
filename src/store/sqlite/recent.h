/*
 * recent.h - rows that were found of late, in memory
 *
 * Whoever asks for a key again need not wait for SQLite, nor who asks again for
 * one that is not stored. Rows, and that there is none, lie one behind the
 * other in rings of a fixed size: the next one takes the place of those that
 * were kept longest ago, and nothing is ever freed.
 *
 * Each handle has a turn, a number that it shares with others. It rises after
 * every commit that stores or deletes a certificate of such a handle, before
 * anybody is told of the commit. A row is kept with the turn that was read
 * before it was looked for, and is found as long as the turn is still that
 * one: so it is never older than what was told as stored.
 *
 * A handle is that of a fingerprint, or of a 64-bit key ID; both begin with
 * the same octets and have the same turn.
 *
 * Memory:  recent_new makes, recent_free frees; no more octets than given, and
 *          a fortieth of them for finding. Untouched until rows are kept.
 * Threads: any, but marks: the writer's.
 */
#ifndef KEYPOST_STORE_SQLITE_RECENT_H
#define KEYPOST_STORE_SQLITE_RECENT_H

#include "store/sqlite/terms.h"

enum {
	RECENT_RINGS = 16,        /* each with a lock of its own */
	RECENT_RING_SHARE = 64,   /* a row takes at most this part of one */
	RECENT_TURNS = 16 * 1024, /* a power of two */
	RECENT_TURN_OCTETS = 8    /* of a handle: the others have no say */
};

struct recent;

/* Handles that a transaction wrote: their turns. */
struct recent_marks {
	uint64_t words[RECENT_TURNS / 64];
};

struct recent *recent_new(size_t octets);
void recent_free(struct recent *r);

enum recent_answer { RECENT_UNKNOWN, RECENT_ROW, RECENT_NONE };

/* UNKNOWN also when the arena is full; `turn` is for recent_keep. */
enum recent_answer recent_find(struct recent *r, const struct handle *h,
	unsigned int *turn, struct arena *arena, struct cert_row *row);
/* `row` is NULL: there is none. */
void recent_keep(struct recent *r, const struct handle *h, unsigned int turn,
	const struct cert_row *row);

void recent_mark(struct recent_marks *m, struct bytes handle);
/* Where it cannot be read which handles were written. */
void recent_mark_all(struct recent_marks *m);
/* After a commit: what is kept of marked handles is over; clears the marks. */
void recent_end_marked(struct recent *r, struct recent_marks *m);
/* The same for all that is kept. */
void recent_end_all(struct recent *r);

#endif
