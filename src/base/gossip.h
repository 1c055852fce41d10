/*
 * gossip.h - how gossip stands: who gossips counts, who shows it reads
 *
 * Two that may not include each other meet here. All of it is in counter.h, so
 * keypost status --json has it, too.
 *
 * Memory:  as counters: for the life of the process.
 * Threads: any.
 * Units:   times are seconds since 1970; 0 is never.
 */
#ifndef KEYPOST_BASE_GOSSIP_H
#define KEYPOST_BASE_GOSSIP_H

#include "base/counter.h"

/* Of one peer, by its name in the configuration. */
struct gossip_counters {
	struct counter *asked;   /* when we last compared, and began it */
	struct counter *asks;    /* when it last did */
	struct counter *fetched; /* when we last took something from it */
	struct counter *failed;  /* talks that failed, in a row */
	struct counter *lacking; /* certificates that it has and we have not */
};

struct gossip_counters gossip_counters_of(const char *peer);
/* The port that gossip is taken on; 0: this server does not gossip. */
struct counter *gossip_port(void);

#endif
