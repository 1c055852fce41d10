/*
 * accept.h - which of several forms a client would rather read
 *
 * Threads: pure.
 * Units:   thousandths, as RFC 9110 gives weights three digits.
 * Source:  RFC 9110 sections 12.4.2 and 12.5.1.
 */
#ifndef KEYPOST_HTTP_MESSAGE_ACCEPT_H
#define KEYPOST_HTTP_MESSAGE_ACCEPT_H

#include "base/bytes.h"

enum { ACCEPT_FULL = 1000 };

/*
 * The weight of a media type that an Accept value names; 0: it does not, or
 * refuses it. Patterns with "*" name nothing: who accepts everything gets
 * what is usual.
 */
int accept_weight(struct bytes accept, const char *type);
/*
 * Is `type` named, and would the client rather have it than `other`? Of two
 * with the same weight the one named first is preferred.
 */
bool accept_prefers(struct bytes accept, const char *type, const char *other);

/* Any list of such a field, member by member; `pos` is 0 at first. */
bool accept_next(struct bytes list, size_t *pos, struct bytes *member);
/* The parameter q of one member. */
int accept_member_weight(struct bytes member);

#endif
