/*
 * bounce.h - what a delivery report says, and which letter of ours it is about
 *
 * Memory:  results live in `arena`; the letter is borrowed.
 * Threads: pure; any thread.
 * Errors:  LIMIT, MALFORMED as mime.h.
 * Source:  RFC 3464 sections 2.2 and 2.3, RFC 6522; spec pks-mail section 8.8.
 */
#ifndef KEYPOST_MAILAGENT_BOUNCE_H
#define KEYPOST_MAILAGENT_BOUNCE_H

#include "mailagent/mime.h"

enum {
	BOUNCE_RECIPIENTS_MAX = 16, /* of a report; ours have one */
	BOUNCE_WORD_MAX = 200       /* octets of one value */
};

/*
 * Appends the LETTER_BOUNCE_ fields: of a multipart/report what its status
 * says; of any letter the addresses bounce+...@ it came to, and what looks
 * like a Message-ID of ours.
 */
MUST_CHECK enum status bounce_put(struct arena *arena, const struct head *head,
	const struct mime_part *top, struct buf *fields, struct err *why);

#endif
