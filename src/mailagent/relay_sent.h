/*
 * relay_sent.h - what became of a letter, as the payload of FRAME_SENT
 *
 * Memory:  appends to `payload`.
 * Threads: pure; any thread.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_SENT_H
#define KEYPOST_MAILAGENT_RELAY_SENT_H

#include "base/bytes.h"
#include "mailagent/protocol.h"

/* `text` is cut to one printable line; code 0: no reply. */
void relay_put_sent(struct buf *payload, enum sent_stage stage, int code,
	const char *text, size_t size_max);

#endif
