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
 * Source:  RFC 3156 section 5; RFC 9580 sections 5.2.4 and 5.2.1.
 */
#ifndef KEYPOST_MAIL_AUTH_OPENPGP_H
#define KEYPOST_MAIL_AUTH_OPENPGP_H

#include "pgp/crypto.h"

struct pinned;

MUST_CHECK enum status pinned_read(
	const char *path, struct pinned **pinned, struct err *err);
void pinned_free(struct pinned *p);
/*
 * Did it sign these octets, within AUTH_AGE_S of `now`? `proof` is of the
 * signature's own numbers, the same however it is written.
 */
bool pinned_signed(const struct pinned *p, struct bytes octets,
	struct bytes armor, int64_t now, struct digest *proof);

#endif
