/*
 * transfer.h - content transfer decodings
 *
 * Forgiving, as mail is: octets outside of an alphabet are passed over, a
 * broken escape stands for itself. Output is never longer than input.
 *
 * Memory:  `out` lives in `arena`.
 * Threads: pure; any thread.
 * Errors:  LIMIT when the arena is full.
 * Source:  RFC 2045 sections 6.7 and 6.8.
 */
#ifndef KEYPOST_MAILAGENT_TRANSFER_H
#define KEYPOST_MAILAGENT_TRANSFER_H

#include "base/arena.h"

enum transfer { TRANSFER_NONE, TRANSFER_BASE64, TRANSFER_QUOTED };

/* Of a Content-Transfer-Encoding value; unknown ones are NONE. */
enum transfer transfer_of(struct bytes value);
MUST_CHECK enum status transfer_decode(struct arena *arena, enum transfer how,
	struct bytes in, struct bytes *out);
/* Into `out`, which holds at least in.len octets; gives how many. */
size_t transfer_base64(struct bytes in, uint8_t *out);
/* `underscore`: RFC 2047's form, where it stands for a blank. */
size_t transfer_quoted(struct bytes in, bool underscore, uint8_t *out);

#endif
