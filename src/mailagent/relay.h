/*
 * relay.h - letters on their way out: one process for each peer's session
 *
 * libetpan blocks, and a server may do anything to it: so each session is a
 * forked process (relay_session.h). This side hands it letters in order,
 * watches how long each step takes, kills it when that is too long, and
 * reports every letter exactly once.
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
	int64_t idle_ms;    /* a session without letters ends */
	int64_t crowded_ms; /* for the greeting, while others want a place */
};

extern const struct relay_limits relay_limits_default;

struct relay;

/* `sent` gets the payload of each FRAME_SENT. */
struct relay *relay_new(struct loop *loop, const char *host,
	const struct relay_limits *limits,
	void (*sent)(void *ctx, uint64_t id, struct bytes payload), void *ctx);
void relay_free(struct relay *r);
/* FRAME_SEND. */
void relay_send(struct relay *r, uint64_t id, struct bytes payload);

#endif
