/*
 * compose_signed.h - a letter's body as multipart/signed
 *
 * The part that is signed names its sender and recipient in a head of its own,
 * so that a letter to one server cannot be shown to another. Servers that know
 * nothing of it find the armored block as ever: they look for its BEGIN line.
 *
 * Memory:  appends to the caller's buffer; everything given is borrowed.
 * Threads: pure; any thread.
 * Errors:  as compose.h; UNSUPPORTED: libgcrypt does not sign.
 * Source:  RFC 3156 section 5; RFC 1847 section 2.1; RFC 9788.
 */
#ifndef KEYPOST_MAIL_COMPOSE_SIGNED_H
#define KEYPOST_MAIL_COMPOSE_SIGNED_H

#include "mail/compose.h"

/* Content-Type of a letter with such a body. */
#define COMPOSE_SIGNED_TYPE                                                    \
	"multipart/signed; micalg=pgp-sha256; "                                \
	"protocol=\"application/pgp-signature\"; boundary=keypost-signed"

struct compose_part {
	const char *type;
	const char *encoding;
	const char *to;
	int64_t when;
	struct bytes body; /* LF line ends, final newline */
};

/* By site->own; all behind the blank line after the head. */
MUST_CHECK enum status compose_signed(const struct compose_site *site,
	const struct compose_part *part, struct buf *out);

#endif
