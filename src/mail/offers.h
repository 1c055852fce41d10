/*
 * offers.h - which certificates a peer was sent without being asked twice
 *
 * Two servers can disagree for good about a certificate: their limits differ,
 * or one took it down. Each summary finds it again. What was offered is
 * offered again ever more rarely: after half a day, a day, two, ... 64. An id
 * is that of a digest, so a certificate that changed is another one.
 *
 * Memory:  a value; when it is full, the offer that is due soonest goes.
 * Threads: pure.
 * Units:   seconds of the wall clock.
 */
#ifndef KEYPOST_MAIL_OFFERS_H
#define KEYPOST_MAIL_OFFERS_H

#include "base/bytes.h"

enum { OFFERS_MAX = 4096, OFFERS_WAY = 16 };

struct offered {
	uint64_t id;
	int64_t next; /* not before; 0: the place is free */
	uint8_t times;
};

struct offers {
	struct offered list[OFFERS_MAX];
	bool changed;
};

/* May it be sent now? Then that is noted. */
bool offers_take(struct offers *o, uint64_t id, int64_t now);
MUST_CHECK enum status offers_write(const struct offers *o, struct buf *out);
/* What is not of that form is left out. */
void offers_read(struct offers *o, struct bytes note);

#endif
