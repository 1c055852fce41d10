/*
 * relay_places.h - who may speak to a relay now, and who makes room
 *
 * Places are few: see relay.h. Shared by the two files that keep them.
 *
 * Threads: one.
 * Units:   milliseconds.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_PLACES_H
#define KEYPOST_MAILAGENT_RELAY_PLACES_H

#include <sys/types.h>

#include "mailagent/relay.h"
#include "mailagent/relay_parcel.h"
#include "mailagent/relay_session.h"

/* A session's, and those who have it. */
struct relay_place {
	struct relay *relay;
	char *key; /* peer and relay */
	pid_t pid;
	struct channel *channel;
	struct relay_progress *progress;
	struct parcel_queue sent; /* without an answer yet */
	int64_t idle_since;
	int64_t since;
	int64_t yields_since; /* it takes no more letters; 0: it does */
	struct relay_place *next;
};

struct relay {
	struct loop *loop;
	char *host;
	struct relay_limits limits;
	void (*sent)(void *ctx, uint64_t id, struct bytes payload);
	void *ctx;
	struct relay_place *sessions;
	size_t count;
	struct parcel_queue waiting; /* for a session's place */
	size_t waiting_octets;
};

/* relay.c: ends it; what it has not answered is reported as it stands. */
void relay_end(struct relay_place *s, const char *reason);

/* relay_places.c: when others wait for a place. */
void relay_make_room(struct relay *r, int64_t now);
/* A session without letters makes room for another peer. */
void relay_drop_idle(struct relay *r);

#endif
