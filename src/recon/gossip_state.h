/*
 * gossip_state.h - what the files of gossip share
 *
 * Threads: all of it is the gossip thread's, but for what says otherwise.
 */
#ifndef KEYPOST_RECON_GOSSIP_STATE_H
#define KEYPOST_RECON_GOSSIP_STATE_H

#include <pthread.h>

#include "base/fetch.h"
#include "base/gossip.h"
#include "recon/gossip.h"

/* One [peer] that gossips, and how it stands with it. */
struct member {
	struct gossip_peer set; /* a copy */
	struct gossip_counters counters;
	struct gossip_peer_look look; /* under the lock */
};

struct gossip {
	struct gossip_settings set; /* a copy, without its peers */
	struct store *store;
	struct ingest *ingest;
	struct fetcher *fetcher;
	struct pollfd *doors; /* listeners, as they are polled */
	size_t door_count;
	struct member **members;
	size_t member_count;
	pthread_t thread;
	bool started;
	_Atomic bool quiet;    /* no more talks */
	_Atomic bool stopping; /* end the thread */
	/* Under the lock: what other threads want, and what they look at. */
	pthread_mutex_t lock;
	struct gossip_settings *next; /* other peers; NULL: as they are */
	char *run;                    /* whom to talk with next; NULL */
	bool rebuild;
	struct gossip_look look;
};

/* gossip_settings.c: all of it is copied; peers that do not gossip are not. */
void settings_copy(
	const struct gossip_settings *from, struct gossip_settings *to);
void settings_done(struct gossip_settings *s);
void settings_copy_peer(const struct gossip_peer *from, struct gossip_peer *to);
void settings_done_peer(struct gossip_peer *p);

/* gossip_member.c */
struct member *member_new(const struct gossip_peer *set);
void member_free(struct member *m);
/* Other peers; those that stay keep what is known of them. */
void members_replace(struct gossip *g, const struct gossip_settings *next);
struct member *member_find(const struct gossip *g, const char *name);

#endif
