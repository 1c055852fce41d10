/*
 * canary.h - how long a change of ours takes to be served: who looks counts,
 * who shows it reads
 *
 * Memory:  as counters: for the life of the process.
 * Threads: any.
 * Units:   times are seconds since 1970; 0 is never.
 */
#ifndef KEYPOST_BASE_CANARY_H
#define KEYPOST_BASE_CANARY_H

#include "base/counter.h"

/* Of one peer, by its name in the configuration. */
struct canary_counters {
	struct counter *looks;   /* look-ups at it; 0: nobody looks there */
	struct counter *seen;    /* when the newest was signed it serves */
	struct counter *seconds; /* from then until it was seen, 1 at least;
				    0: not known */
};

struct canary_counters canary_counters_of(const char *peer);
/* When the newest was signed. */
struct counter *canary_signed(void);

#endif
