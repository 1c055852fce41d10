/*
 * brake.h - what goes round and round is held, and somebody is told
 *
 * Loops end by themselves as long as servers agree on what is new. When two
 * do not, one certificate travels between them for ever: it goes to each peer
 * so many times an hour, and what is over that is owed to the peer.
 *
 * Memory:  3 MiB, if there is a limit; forgotten at restart.
 * Threads: the courier's.
 * Units:   milliseconds of the monotonic clock.
 * Source:  spec pks-mail section 8.4.6.
 */
#ifndef KEYPOST_MAIL_BRAKE_H
#define KEYPOST_MAIL_BRAKE_H

#include "pgp/fingerprint.h"

struct brake;

/* At most so many an hour; 0: any number. */
struct brake *brake_new(size_t per_hour);
void brake_free(struct brake *b);
/* Has it gone to this peer as often as it may? NULL never holds. */
bool brake_holds(const struct brake *b, int peer, const struct cert_id *id,
	int64_t now_ms);
/* It goes once more. */
void brake_count(
	struct brake *b, int peer, const struct cert_id *id, int64_t now_ms);

#endif
