/*
 * relay.h - letters on their way out: one process for each peer's session
 *
 * libetpan blocks, and a server may do anything to it: so each session is a
 * forked process (relay_session.h). This side hands it letters in order,
 * watches how long each step takes, kills it when that is too long, and
 * reports every letter exactly once.
 *
 * Places are few, and each peer gets its turn: while others wait, a session
 * that stalls is ended, and one that has had its turn takes no more letters.
 *
 * Memory:  payloads are borrowed during the call.
 * Threads: one.
 * Units:   milliseconds.
 * Source:  reliability section 6, D4.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_H
#define KEYPOST_MAILAGENT_RELAY_H

#include "mailagent/channel.h"
#include "mailagent/protocol.h"

enum { RELAY_WAITING_MAX = 64 * 1024 * 1024 };

struct relay_limits {
	int64_t connect_ms, greeting_ms, answer_ms, dot_ms, session_ms;
	int64_t idle_ms; /* a session without letters ends */
	/* While others want a place: for the greeting, for any other answer,
	 * and for all that a session does before it makes room. */
	int64_t crowded_greeting_ms, crowded_answer_ms, crowded_turn_ms;
};

extern const struct relay_limits relay_limits_default;

struct relay;

/* `sent` gets the payload of each FRAME_SENT. */
struct relay *relay_new(struct loop *loop, const char *host,
	const struct relay_limits *limits,
	void (*sent)(void *ctx, uint64_t id, struct bytes payload), void *ctx);
void relay_free(struct relay *r);
/* Is no letter under way or waiting? */
bool relay_is_idle(const struct relay *r);
/* FRAME_SEND. */
void relay_send(struct relay *r, uint64_t id, struct bytes payload);

#endif
