/*
 * gaps.h - what a peer sent, what of it never came, and when to ask for it
 *
 * Letters between keyposts name the range of the sender's log that they
 * cover; ranges follow each other without holes. A hole that stays open for
 * longer than reordering explains is asked for, again and ever more rarely,
 * and given up in the end: then a summary (summary.h) is due.
 *
 * A sender is its store: one that was restored begins anew. The store before
 * is remembered beside it, so that a forged letter cannot make us forget.
 *
 * Memory:  a value.
 * Threads: pure; the caller locks.
 * Units:   milliseconds of a clock that is passed in.
 * Source:  doc/decisions/repair-by-range.md.
 */
#ifndef KEYPOST_MAIL_GAPS_H
#define KEYPOST_MAIL_GAPS_H

#include "mail/batch.h"

enum {
	GAPS_ASKED_MAX = 8, /* then a gap is given up */
	GAPS_STORES = 2
};

struct gap {
	struct range range;
	int64_t since;
	int64_t next; /* when to ask for it */
	unsigned int asked;
};

struct gaps_of {
	char store[BATCH_STORE_SIZE]; /* "": unused */
	struct ranges got;
	struct gap open[RANGES_MAX];
	size_t count;
};

struct gaps {
	struct gaps_of stores[GAPS_STORES]; /* the newest first */
	unsigned int given_up;              /* grows */
};

struct gaps_pace {
	int64_t after_ms; /* how long a gap may be reordering */
	int64_t again_ms; /* before it is asked for again; then twice that... */
};

/* A letter of this range came, or all there is of it did. True: it is news. */
bool gaps_note(struct gaps *g, const struct gaps_pace *pace, const char *store,
	int64_t first, int64_t last, int64_t now);
/*
 * The gaps to be asked for now, of one store: at most `max`, and *store says
 * of which. They count as asked. `random` spreads the next time by a fifth.
 */
size_t gaps_due(struct gaps *g, const struct gaps_pace *pace, int64_t now,
	uint32_t random, struct range *list, size_t max, const char **store);
/* When gaps_due may give something next; INT64_MAX: nothing is open. */
int64_t gaps_next(const struct gaps *g);
/* Gaps that are open, and those of them that were asked for. */
size_t gaps_open(const struct gaps *g, size_t *asked);
/* Whose letters came last; "": nobody's. */
const char *gaps_store(const struct gaps *g);

/* As text, to be kept over a restart; times are not. */
MUST_CHECK enum status gaps_write(const struct gaps *g, struct buf *out);
/* What is not of that form is left out. */
void gaps_read(struct gaps *g, const struct gaps_pace *pace, struct bytes text,
	int64_t now);

#endif
