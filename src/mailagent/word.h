/*
 * word.h - encoded words in header values, decoded without iconv
 *
 * UTF-8, US-ASCII and ISO-8859-1 become UTF-8; words of other character sets
 * stay as they are. The result is valid UTF-8 without control characters:
 * other octets become '?' and ' '.
 *
 * Memory:  `out` lives in `arena`.
 * Threads: pure; any thread.
 * Errors:  LIMIT when the arena is full.
 * Source:  RFC 2047.
 */
#ifndef KEYPOST_MAILAGENT_WORD_H
#define KEYPOST_MAILAGENT_WORD_H

#include "base/arena.h"

/* `value` is unfolded; the result is trimmed. */
MUST_CHECK enum status word_decode(
	struct arena *arena, struct bytes value, struct bytes *out);

#endif
