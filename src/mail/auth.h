/*
 * auth.h - which letters are a peer's beyond doubt, and ours to a peer
 *
 * What is proven decides how many letters are taken (L17), whether a letter
 * of repair is answered, and nothing else: whoever sends key material, the same
 * rules judge it.
 *
 *     X-Keypost-Auth: v1; k=ID; t=SECONDS; h=HEX
 *
 * h is HMAC-SHA-256, by the secret that both have, of five lines, each with
 * its LF: "keypost-auth v1", SECONDS, the sender's and the recipient's sync
 * address in lower case, and the SHA-256 of the key material (of a letter of
 * repair: of its body) in hexadecimal. ID is the first 8 digits of the same
 * HMAC of "keypost-auth id". Other servers ignore the field.
 *
 * Memory:  owns the secrets, wiped when freed; borrows the settings.
 * Threads: read-only after auth_new; any.
 * Units:   seconds since 1970.
 * Errors:  auth_new: NOT_FOUND, IO, REJECTED: a peer's secret cannot be had.
 * Source:  spec pks-mail section 8.6; RFC 8601; design: reliability L17.
 */
#ifndef KEYPOST_MAIL_AUTH_H
#define KEYPOST_MAIL_AUTH_H

#include "mail/incoming.h"
#include "mail/mail.h"
#include "pgp/crypto.h"

enum {
	AUTH_SECRET_MIN = 16, /* octets */
	AUTH_SECRET_MAX = 1024,
	AUTH_SECRETS_MAX = 4,       /* of one peer: lines of its file */
	AUTH_AGE_S = 7 * 24 * 3600, /* either way */
	AUTH_VALUE_SIZE = 160       /* of the field, with NUL */
};

struct auth;

MUST_CHECK enum status auth_new(const struct mail_settings *settings,
	struct auth **auth, struct err *err);
void auth_free(struct auth *a);

/* The field's value for key material to that peer; false: it gets none. */
bool auth_sign(const struct auth *a, int peer, const struct bytes *parts,
	size_t count, int64_t now, char out[AUTH_VALUE_SIZE]);

struct auth_proof {
	bool is_one; /* false: none, or it cannot be copied by others */
	struct digest digest;
};

enum auth_verdict {
	AUTH_NONE, /* as a stranger's */
	AUTH_LISTED,
	AUTH_PROVEN
};

/*
 * What a letter that names this peer shows, by what the peer's `auth` asks
 * for. `proof` tells one proof from another, so that a copy can be known.
 */
enum auth_verdict auth_judge(const struct auth *a, const struct incoming *in,
	int peer, int64_t now, struct auth_proof *proof);

/* "none", "listed", "proven": for logs. */
const char *auth_word(enum auth_verdict v);

/* auth_results.c: does this field of `authserv_id` say that the letter comes
 * from `domain`, or one above it? */
bool auth_results_pass(
	struct bytes value, const char *authserv_id, const char *domain);
/* Is it a field of that server's at all? */
bool auth_results_is_of(struct bytes value, const char *authserv_id);

#endif
