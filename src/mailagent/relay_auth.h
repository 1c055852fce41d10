/*
 * relay_auth.h - says to a relay who we are
 *
 * The password is read from its file when it is needed, and wiped: neither
 * keypostd nor the process that takes letters apart ever has it.
 *
 * Threads: one for each session.
 * Source:  RFC 4954, 4616, 2195, 5802, 7677; spec pks-mail section 9.1.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_AUTH_H
#define KEYPOST_MAILAGENT_RELAY_AUTH_H

#include <libetpan/libetpan.h>

#include "base/bytes.h"

/* libetpan cuts a command at 512 octets: so much fits into one in PLAIN. */
enum { RELAY_USER_MAX = 100, RELAY_PASSWORD_MAX = 150 };

struct relay_login {
	const char *user;          /* "": none is needed */
	const char *password_file; /* its first line */
	const char *host;          /* of the relay */
	const char *offered;       /* mechanisms, parted by blanks */
	bool verified;             /* TLS with a good certificate */
};

/*
 * The best mechanism that is offered. PLAIN and LOGIN, which show the
 * password to the server, only when `verified`.
 *
 * Errors: REJECTED: the relay said no, session->response_code is its answer.
 *         CLOSED: it said nothing. UNSUPPORTED, IO: nothing was sent, and err
 *         says what an operator has to do.
 */
MUST_CHECK enum status relay_auth(
	mailsmtp *session, const struct relay_login *login, struct err *err);

#endif
