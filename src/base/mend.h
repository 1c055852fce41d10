/*
 * mend.h - how mail stands with each peer: mail counts, pages read
 *
 * Two that may not include each other meet here. All of it is in counter.h, so
 * keypost status --json has it, too.
 *
 * Memory:  as counters: for the life of the process.
 * Threads: any.
 * Units:   times are seconds since 1970; 0 is never.
 */
#ifndef KEYPOST_BASE_MEND_H
#define KEYPOST_BASE_MEND_H

#include "base/counter.h"

/* Of one peer, by its name in the configuration. */
struct mend_counters {
	struct counter *letters;  /* made for it, and not delivered */
	struct counter *octets;   /* of them */
	struct counter *speaks;   /* 1: letters of repair go to it */
	struct counter *gaps;     /* ranges of its letters that never came */
	struct counter *asked;    /* of them, asked for */
	struct counter *agreed;   /* when both were last found to be the same */
	struct counter *differed; /* when they were last found not to be */
	struct counter *left;     /* places that a resync has to go */
	struct counter *upto;     /* of so many; 0: none is under way */
};

struct mend_counters mend_counters_of(const char *peer);

#endif
