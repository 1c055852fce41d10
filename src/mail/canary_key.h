/*
 * canary_key.h - the canary's key, in the data folder, and what it signed last
 *
 * Made at first use. The user ID stays as it was made, so that a certificate
 * never has a second one; who removes the file gets another certificate.
 *
 * Memory:  values; canary_key_wipe forgets the secret.
 * Threads: one.
 * Units:   seconds since 1970; 0 is never.
 * Errors:  IO; MALFORMED: the file is not ours, and stays as it is.
 * Source:  design: reliability D5.
 */
#ifndef KEYPOST_MAIL_CANARY_KEY_H
#define KEYPOST_MAIL_CANARY_KEY_H

#include "pgp/sign.h"

struct canary_key {
	struct sign_key key;
	char user_id[SIGN_USER_ID_MAX + 1];
	uint32_t signed_at;
};

/* Reads it, or makes one in memory: canary_key_write keeps it. */
MUST_CHECK enum status canary_key_read(const char *folder, const char *host,
	uint32_t now, struct canary_key *key, struct err *err);
MUST_CHECK enum status canary_key_write(
	const char *folder, const struct canary_key *key, struct err *err);
void canary_key_wipe(struct canary_key *key);

#endif
