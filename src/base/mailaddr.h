/*
 * mailaddr.h - the addr-spec in a header field, and when two are the same
 *
 * Peers write their address with display names, comments, capitals and
 * trailing dots, and compare it in different ways; we take the bare address
 * and compare it normalised.
 *
 * Memory:  arena or caller's buffer, as said.
 * Errors:  MALFORMED when there is no address; a comment depth above 32 is
 *          MALFORMED too (no recursion).
 * Threads: pure; any.
 * Source:  RFC 5322 section 3.4.
 */
#ifndef KEYPOST_BASE_MAILADDR_H
#define KEYPOST_BASE_MAILADDR_H

#include "base/arena.h"

enum { MAILADDR_MAX = 254 };

struct mailaddr {
	char text[MAILADDR_MAX + 1]; /* bare address, spelling as received */
};

/* The first address in a field: `Name <a@b>`, `a@b (Name)`, `a@b`. */
MUST_CHECK enum status mailaddr_parse(struct bytes field, struct mailaddr *out);
/*
 * Comma lists: the next one from *pos on; NOT_FOUND at the end. After
 * MALFORMED, *pos stands behind the element that is no address.
 */
MUST_CHECK enum status mailaddr_next(
	struct bytes field, size_t *pos, struct mailaddr *out);
/* Lower-cased whole address, no trailing dot: for comparison only. */
void mailaddr_normalise(const struct mailaddr *in, struct mailaddr *out);
bool mailaddr_same(const char *a, const char *b);
/* Normalised, and without a +TAG: where such letters come to on most systems.
 * For counting and comparing only. */
void mailaddr_mailbox(const char *address, struct mailaddr *out);
/* Is it that domain, or one below it? One label alone, such as "org", has none
 * below it that are its own. */
bool mailaddr_is_within(struct bytes domain, struct bytes above);
/* True for 1 to 254 printable ASCII octets with one '@' and no blank, comma,
 * angle bracket, quote, backslash: what may go into an SMTP command. */
bool mailaddr_is_safe(const char *text);

#endif
