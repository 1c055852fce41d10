/*
 * channel.h - frames over one socket in the poll loop, both directions
 *
 * Memory:  frames are borrowed during `frame`. channel_free may be called
 *          from inside of either function; it closes the descriptor.
 * Threads: one.
 * Errors:  `closed` is called once when the other side is gone or breaks the
 *          framing; the owner then frees the channel.
 */
#ifndef KEYPOST_MAILAGENT_CHANNEL_H
#define KEYPOST_MAILAGENT_CHANNEL_H

#include "base/frame.h"
#include "mailagent/loop.h"

struct channel;

struct channel_calls {
	void (*frame)(void *ctx, const struct frame *f);
	void (*closed)(void *ctx);
	void *ctx;
};

/* Takes the descriptor. */
struct channel *channel_new(
	struct loop *loop, int fd, const struct channel_calls *calls);
void channel_free(struct channel *c);
/* Sent at once if the socket takes it, else later. */
void channel_put(
	struct channel *c, uint8_t type, uint64_t id, struct bytes payload);
/* Octets that the other side has not taken. */
size_t channel_waiting(const struct channel *c);
/* Waits until all is written or the deadline passed. */
void channel_flush(struct channel *c, int64_t deadline_ms);

#endif
