/*
 * letterhead.h - what a letter's head tells, as fields of FRAME_LETTER
 *
 * Memory:  works in `arena`; appends to `fields`.
 * Threads: pure; any thread.
 * Errors:  LIMIT when comments nest too deep or the arena is full.
 */
#ifndef KEYPOST_MAILAGENT_LETTERHEAD_H
#define KEYPOST_MAILAGENT_LETTERHEAD_H

#include "mailagent/decode.h"

struct mime_part;

MUST_CHECK enum status letterhead_put(struct arena *arena,
	const struct head *head, const struct mime_part *top,
	const struct decode_hint *hint, struct buf *fields, struct err *why);

#endif
