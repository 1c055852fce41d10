/*
 * dropped.h - what a certificate lost on its way in, packet by packet
 *
 * Memory:  the submission's arena.
 * Threads: whoever holds the submission.
 * Errors:  LIMIT: the arena is full.
 */
#ifndef KEYPOST_INGEST_DROPPED_H
#define KEYPOST_INGEST_DROPPED_H

#include "ingest/submission.h"
#include "pgp/cert.h"

/* Counts one; the first few are described. `body` may be empty. */
MUST_CHECK enum status dropped_add(struct arena *arena, struct outcome *o,
	enum verdict verdict, uint8_t tag, struct bytes body);
/* Forgets all but the first `count`, which were lost before. */
void dropped_reset(struct outcome *o, size_t count);
/* Each packet of `came` whose placed digest `kept` (sorted) lacks: the
 * certificate was full. */
MUST_CHECK enum status dropped_compare(struct arena *arena, struct outcome *o,
	const struct cert *came, struct bytes kept);

#endif
