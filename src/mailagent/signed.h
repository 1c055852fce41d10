/*
 * signed.h - a letter that is multipart/signed: what was signed, and by what
 *
 * Nothing is verified here. The signed part is handed on as it was signed,
 * with CRLF line ends, and only when there is nothing but it and an OpenPGP
 * signature: then all key blocks of the letter are in it.
 *
 * Memory:  works in `arena`; appends to `fields`.
 * Threads: pure; any thread.
 * Errors:  LIMIT.
 * Source:  RFC 3156 section 5, RFC 1847 section 2.1.
 */
#ifndef KEYPOST_MAILAGENT_SIGNED_H
#define KEYPOST_MAILAGENT_SIGNED_H

#include "mailagent/mime.h"

enum {
	/* A larger one is not handed on: with the key blocks found in it, in
	 * every form, it has to fit a frame. The largest letter of repair is
	 * smaller. */
	SIGNED_PART_MAX = 3 * 1024 * 1024,
	SIGNED_CRLF_MAX = SIGNED_PART_MAX / 16, /* octets that CRs add */
	SIGNED_SIGNATURE_MAX = 16 * 1024
};

MUST_CHECK enum status signed_put(struct arena *arena,
	const struct mime_part *top, struct buf *fields, struct err *why);

#endif
