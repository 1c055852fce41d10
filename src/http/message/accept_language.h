/*
 * accept_language.h - which language a visitor would rather read
 *
 * A range that is longer than our tag counts for it, too: who asks for de-AT
 * reads de. A range that nobody can mean is no wish.
 *
 * Threads: pure.
 * Units:   octets of the value; members of its list.
 * Source:  RFC 9110 section 12.5.4; RFC 4647 sections 3.3.1 and 3.4.
 */
#ifndef KEYPOST_HTTP_MESSAGE_ACCEPT_LANGUAGE_H
#define KEYPOST_HTTP_MESSAGE_ACCEPT_LANGUAGE_H

#include "base/bytes.h"

enum {
	ACCEPT_LANGUAGE_MAX = 1024, /* a longer value is no wish */
	ACCEPT_LANGUAGE_RANGES = 32 /* those behind them are not read */
};

/*
 * The one of `tags` (a NULL at the end) that the value wishes for most; of
 * two the one named first, and of those that "*" stands for `standard`.
 * `standard` when it wishes for none.
 */
const char *accept_language(
	struct bytes value, const char *const *tags, const char *standard);

#endif
