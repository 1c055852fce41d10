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

/* Who began a talk. */
enum gossip_way { GOSSIP_BY_PEER, GOSSIP_BY_US, GOSSIP_WAYS };

/* How the last talk with a peer ended. */
enum gossip_ended {
	GOSSIP_ENDED_WELL, /* or there was none yet */
	GOSSIP_ENDED_BUSY,
	GOSSIP_ENDED_MISMATCH, /* its configuration is another */
	GOSSIP_ENDED_UNREACHED,
	GOSSIP_ENDED_BROKEN
};

/* How the last request for certificates went. */
enum gossip_fetch {
	GOSSIP_FETCH_WELL,
	GOSSIP_FETCH_UNREACHED,
	GOSSIP_FETCH_ILL
};

enum { GOSSIP_WHY_MAX = 256, GOSSIP_WHYS_MAX = 256 };

/* Of one peer, by its name in the configuration. */
struct gossip_counters {
	struct counter *asked;   /* when we last compared, and began it */
	struct counter *asks;    /* when it last did */
	struct counter *fetched; /* when we last took something from it */
	struct counter *ended;   /* enum gossip_ended */
	/* The same of those that it began, and that we did; but that one of
	 * both has no time now changes nothing here. */
	struct counter *ended_by[GOSSIP_WAYS];
	struct counter *self;    /* 1: its address is our own */
	struct counter *failed;  /* talks that failed, in a row */
	struct counter *trouble; /* enum gossip_fetch */
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
/* What differs in its configuration, as talks of that way tell, in English and
 * printable; "": nothing that is known. Cut at GOSSIP_WHY_MAX. */
void gossip_set_why(const char *peer, enum gossip_way way, const char *why);
void gossip_get_why(
	const char *peer, enum gossip_way way, char why[GOSSIP_WHY_MAX]);
/* The port that gossip is taken on; 0: none is. */
struct counter *gossip_port(void);
/* 1: this server gossips, be it that it only begins talks. */
struct counter *gossip_on(void);

#endif
