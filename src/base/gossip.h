/*
 * gossip.h - how gossip stands: who gossips counts, who shows it reads
 *
 * Two that may not include each other meet here. All of it is in counter.h, so
 * keypost status --json has it, too.
 *
 * Memory:  as counters: for the life of the process; at most
 *          GOSSIP_WHYS_MAX peers have a sentence.
 * Threads: any.
 * Units:   times are seconds since 1970; 0 is never.
 */
#ifndef KEYPOST_BASE_GOSSIP_H
#define KEYPOST_BASE_GOSSIP_H

#include "base/counter.h"

/* How the last talk with a peer ended. */
enum gossip_ended {
	GOSSIP_ENDED_WELL, /* or there was none yet */
	GOSSIP_ENDED_BUSY,
	GOSSIP_ENDED_MISMATCH, /* its configuration is another */
	GOSSIP_ENDED_UNREACHED,
	GOSSIP_ENDED_BROKEN
};

enum { GOSSIP_WHY_MAX = 256, GOSSIP_WHYS_MAX = 256 };

/* Of one peer, by its name in the configuration. */
struct gossip_counters {
	struct counter *asked;   /* when we last compared, and began it */
	struct counter *asks;    /* when it last did */
	struct counter *fetched; /* when we last took something from it */
	struct counter *ended;   /* enum gossip_ended */
	struct counter *failed;  /* talks that failed, in a row */
	struct counter *lacking; /* certificates that it has and we have not */
	/* since the start */
	struct counter *talks;
	struct counter *learned, *owed; /* digests only one side had */
	struct counter *got, *refused;  /* certificates fetched from it */
	struct counter *unexpected, *missing;
	/* now */
	struct counter *waiting, *backed_off; /* digests */
};

struct gossip_counters gossip_counters_of(const char *peer);
/* What differs in its configuration, in English and printable; "": nothing
 * that is known. Cut at GOSSIP_WHY_MAX. */
void gossip_set_why(const char *peer, const char *why);
void gossip_get_why(const char *peer, char why[GOSSIP_WHY_MAX]);
/* The port that gossip is taken on; 0: none is. */
struct counter *gossip_port(void);
/* 1: this server gossips, be it that it only begins talks. */
struct counter *gossip_on(void);

#endif
