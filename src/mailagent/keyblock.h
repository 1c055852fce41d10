/*
 * keyblock.h - key material in one part of a letter
 *
 * Memory:  works in `arena`; appends LETTER_BLOCK_KIND and LETTER_BLOCK.
 * Threads: pure; any thread.
 * Errors:  LIMIT when all blocks of the letter pass its size limit.
 * Source:  spec pks-mail section 8.3.
 */
#ifndef KEYPOST_MAILAGENT_KEYBLOCK_H
#define KEYPOST_MAILAGENT_KEYBLOCK_H

#include "mailagent/mime.h"

/* `total` counts the octets of all blocks of one letter. */
MUST_CHECK enum status keyblock_put(struct arena *arena,
	const struct mime_part *part, struct buf *fields, size_t *total,
	struct err *err);

#endif
