/*
 * bounce.h - which letter of ours came back, and what that means
 *
 * A delivery report is believed as far as it names a letter: by the address
 * it came to (bounce+PEER.FIRST-LAST.MARK@...), by our envelope id with the
 * peer's address, or by our Message-ID. The first two carry a mark that only
 * we can make, so a letter that the courier does not remember is believed, too.
 * A Message-ID is known to every peer whom we write: alone it can have a letter
 * sent again that is remembered, and harms nothing else.
 *
 * Memory:  borrows the letter.
 * Threads: pure.
 * Errors:  NOT_FOUND when it names no letter of ours.
 * Source:  RFC 3464; RFC 3463; spec pks-mail sections 8.1 and 8.8.
 */
#ifndef KEYPOST_MAIL_BOUNCE_H
#define KEYPOST_MAIL_BOUNCE_H

#include "mail/compose.h"
#include "mail/known.h"

enum { BOUNCE_RANGE_MAX = 20000 /* changes that one letter may span */ };

enum bounce_kind {
	BOUNCE_DELAYED, /* still on its way: nothing is to be done */
	BOUNCE_SOFT,    /* came back, and nobody says why */
	BOUNCE_HARD,    /* the address takes no letters */
	BOUNCE_SIZE     /* too large for it */
};

struct bounce {
	int peer;            /* index in the settings */
	int64_t first, last; /* first 0: a letter beside the log */
	enum bounce_kind kind;
	bool proven;    /* it showed a mark that only we can make */
	char text[160]; /* status and reason, one plain line */
};

MUST_CHECK enum status bounce_read(const struct incoming *in,
	const struct known *known, const struct mail_settings *settings,
	const struct compose_site *site, struct bounce *out);
/* Is this Message-ID, without brackets, one that we gave a letter? */
bool bounce_is_our_id(const char *id, const struct compose_site *site);
/* "delayed", "soft", ... */
const char *bounce_word(enum bounce_kind kind);

#endif
