/*
 * frame.h - typed, length-prefixed messages over a stream socket
 *
 * The one framing of keypost's own sockets: keypostd and keypost-mail,
 * keypost and keypostd. A frame is
 *
 *     u32 length of what follows, u8 type, u64 id, payload
 *
 * and a payload is usually a row of fields, each u8 name, u32 length, octets.
 * Unknown field names are skipped, so both sides may grow.
 *
 * Memory:  frame_take returns a view into the reader's buffer, borrowed until
 *          the next frame_* call on that reader.
 * Threads: one thread reads, one thread writes.
 * Errors:  LIMIT for a frame above `max` (the connection is then useless),
 *          MALFORMED for a payload that does not parse, CLOSED, TIMEOUT, IO.
 */
#ifndef KEYPOST_BASE_FRAME_H
#define KEYPOST_BASE_FRAME_H

#include "base/reader.h"

enum {
	FRAME_HEAD = 13,                     /* octets before the payload */
	FRAME_MAX = 10 * 1024 * 1024 + 65536 /* reliability X1 */
};

struct frame {
	uint8_t type;
	uint64_t id;
	struct bytes payload;
};

struct frame_reader {
	struct buf in;
	size_t used; /* octets at the start that belong to a taken frame */
	size_t max;  /* of payload */
};

void frame_reader_init(struct frame_reader *r, size_t max);
void frame_reader_done(struct frame_reader *r);
/* Reads once, without waiting; OK also if nothing was there. */
MUST_CHECK enum status frame_fill(struct frame_reader *r, int fd);
/* The next whole frame already read; NOT_FOUND when there is none yet. */
MUST_CHECK enum status frame_take(struct frame_reader *r, struct frame *f);
/* Waits for the next frame. */
MUST_CHECK enum status frame_read(
	struct frame_reader *r, int fd, int64_t deadline_ms, struct frame *f);

/* Appends a whole frame to `out`, to be written when the caller likes. */
MUST_CHECK enum status frame_put(
	struct buf *out, uint8_t type, uint64_t id, struct bytes payload);
/* Writes one frame and waits until the socket took it. */
MUST_CHECK enum status frame_send(int fd, uint8_t type, uint64_t id,
	struct bytes payload, int64_t deadline_ms);

MUST_CHECK enum status frame_put_field(
	struct buf *payload, uint8_t name, struct bytes value);
MUST_CHECK enum status frame_put_number(
	struct buf *payload, uint8_t name, uint64_t value);
/* False at the end; `r->failed` tells a broken payload from a finished one. */
bool frame_next_field(struct reader *r, uint8_t *name, struct bytes *value);
/* A number as frame_put_number wrote it; 0 for any other length. */
uint64_t frame_number(struct bytes value);

#endif
