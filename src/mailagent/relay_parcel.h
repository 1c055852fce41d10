/*
 * relay_parcel.h - letters in line, for a relay or for a place
 *
 * Memory:  a queue owns its parcels; an empty one is {NULL, NULL}.
 * Threads: one.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_PARCEL_H
#define KEYPOST_MAILAGENT_RELAY_PARCEL_H

#include "base/bytes.h"

/* A letter handed to a session, or waiting for one. */
struct parcel {
	uint64_t id;
	struct buf payload; /* only while it waits */
	struct parcel *next;
};

struct parcel_queue {
	struct parcel *first, **last;
};

void parcel_put(struct parcel_queue *q, struct parcel *p);
/* NULL: there is none. */
struct parcel *parcel_take(struct parcel_queue *q);
void parcel_free(struct parcel *p);

#endif
