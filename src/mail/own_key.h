/*
 * own_key.h - the secret of this server's mail, in the data folder
 *
 * One Ed25519 key, made at first use. It signs letters to peers that are set
 * so, and marks the addresses that bounces come back to. Peers know it by its
 * certificate, which has the same octets for as long as the file is the same.
 *
 * Memory:  a value; own_key_wipe forgets the secret.
 * Threads: read-only after own_key_open; any.
 * Units:   seconds since 1970.
 * Errors:  own_key_open: IO; MALFORMED: the file is not ours, and stays as it
 *          is.
 * Source:  doc/decisions/what-proves-a-peer.md; RFC 3156; reliability D5.
 */
#ifndef KEYPOST_MAIL_OWN_KEY_H
#define KEYPOST_MAIL_OWN_KEY_H

#include "pgp/sign.h"

enum { OWN_MARK_SIZE = 11 }; /* ten hexadecimal digits and NUL */

struct own_key {
	struct sign_key key;
};

/* Reads it, or makes one and keeps it. */
MUST_CHECK enum status own_key_open(
	const char *folder, uint32_t now, struct own_key *own, struct err *err);
void own_key_wipe(struct own_key *own);
/* Appends the certificate for this sync address, armored. */
MUST_CHECK enum status own_key_certificate(const struct own_key *own,
	const char *address, struct buf *out, struct err *err);
/* Appends an armored signature over these octets. */
MUST_CHECK enum status own_key_sign(const struct own_key *own,
	struct bytes octets, uint32_t when, struct buf *out);
/* A word that nobody else can make of these three: a letter of that store. */
void own_key_mark(const struct own_key *own, const char *store,
	const char *peer, const char *id, char out[OWN_MARK_SIZE]);

#endif
