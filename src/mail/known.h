/*
 * known.h - whose address is this: ours, a peer's, one of its aliases?
 *
 * Memory:  borrows the settings.
 * Threads: read-only after known_new; any.
 * Errors:  REJECTED when two peers share an address, or a peer has a name
 *          that the change log uses for something else.
 * Source:  spec pks-mail sections 8.4.2 and 8.6.
 */
#ifndef KEYPOST_MAIL_KNOWN_H
#define KEYPOST_MAIL_KNOWN_H

#include "mail/incoming.h"
#include "mail/mail.h"

struct known;

enum { KNOWN_NOBODY = -1, KNOWN_US = -2 };

MUST_CHECK enum status known_new(const struct mail_settings *settings,
	struct known **known, struct err *err);
void known_free(struct known *k);

/* Index of the peer with this address or alias, KNOWN_US, or KNOWN_NOBODY. */
int known_find(const struct known *k, const char *address);
/*
 * The peer that a letter comes from: by envelope sender, else From, else the
 * last peer in its sent list (most servers add themselves last). This can be
 * forged: it selects a rate and whom not to echo to, and nothing else.
 */
int known_origin(const struct known *k, const struct incoming *in);
/* Is the peer among these addresses (blank between), or "*" for everybody? */
bool known_in_list(const struct known *k, int peer, const char *addresses);

#endif
