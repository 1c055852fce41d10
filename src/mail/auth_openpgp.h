/*
 * auth_openpgp.h - is a letter signed by the key that a peer is known by?
 *
 * The peer's certificate is a file of the operator's, so what it says of
 * itself is believed: its primary key and its bound subkeys sign.
 *
 * Memory:  owns the certificate.
 * Threads: read-only after pinned_read; any.
 * Units:   seconds since 1970.
 * Errors:  pinned_read: NOT_FOUND, IO, REJECTED with the reason.
 * Source:  RFC 3156 section 5; RFC 9580 sections 5.2.4 and 5.2.1; RFC 9788.
 */
#ifndef KEYPOST_MAIL_AUTH_OPENPGP_H
#define KEYPOST_MAIL_AUTH_OPENPGP_H

#include "mail/incoming.h"
#include "pgp/crypto.h"

struct pinned;

MUST_CHECK enum status pinned_read(
	const char *path, struct pinned **pinned, struct err *err);
void pinned_free(struct pinned *p);
/*
 * Is what the letter holds signed by it, within AUTH_AGE_S of `now`? A part
 * that says in a head of its own to whom it was written must have been written
 * to us. `proof` is of the signature's own numbers, the same however it is
 * written.
 */
bool pinned_signed(const struct pinned *p, const struct incoming *in,
	const char *us, int64_t now, struct digest *proof);

#endif
