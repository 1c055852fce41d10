/*
 * canary.h - how long a change of ours takes to be served by each peer
 *
 * A certificate that belongs to nobody gets a new self-signature each period
 * and goes to the peers as any change does. Then it is looked up at each of
 * them, soon at first and ever more seldom, until the new signature is there:
 * what was waited is known to an eighth. The figures are in base/canary.h.
 *
 * What a peer answers proves nothing by itself: a signature counts when our
 * key made it.
 *
 * Memory:  borrows everything it is given until canary_free.
 * Threads: start, stop and wake from main. Whoever has a clock of its own calls
 *          canary_open, canary_step and canary_wait instead of starting a
 *          thread.
 * Units:   milliseconds of the monotonic clock; signatures: seconds since 1970.
 * Errors:  a key file that cannot be used: see canary_key.h.
 */
#ifndef KEYPOST_MAIL_CANARY_H
#define KEYPOST_MAIL_CANARY_H

#include "mail/mail.h"

struct canary;

enum {
	CANARY_LOOK_MIN_MS = 1000,
	CANARY_LOOK_MAX_MS = 3600 * 1000,
	CANARY_LOOK_DEADLINE_MS = 60 * 1000,
	/* Octets of a peer's answer: at level sks a daily signature takes
	 * sixty years to fill it. */
	CANARY_ANSWER_MAX = 4 * 1024 * 1024
};

/* Where it is looked up at this peer, or "": nowhere. */
const char *canary_place(const struct peer_settings *peer);

MUST_CHECK enum status canary_new(const struct mail_settings *settings,
	struct ingest *ingest, struct canary **canary, struct err *err);
void canary_free(struct canary *c);
MUST_CHECK enum status canary_open(struct canary *c, struct err *err);
MUST_CHECK enum status canary_start(struct canary *c, struct err *err);
void canary_stop(struct canary *c);
void canary_wake(struct canary *c);

/* Signs and begins look-ups, as is due. Gives when it is to be called again. */
int64_t canary_step(struct canary *c, int64_t now);
/* Goes on with look-ups for at most so long; false: none is under way. */
bool canary_wait(struct canary *c, int64_t wait_ms);

#endif
