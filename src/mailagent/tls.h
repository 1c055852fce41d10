/*
 * tls.h - is this server who we think it is?
 *
 * libetpan encrypts and looks at no certificate. So after each handshake and
 * before anything secret is said, the chain that the server showed is judged
 * here: it leads to an authority we trust, it is for this name, and it is
 * valid now. Or the server's own certificate is the one that was pinned: then
 * the pin is all that counts.
 *
 * Memory:  borrows everything.
 * Threads: one session for each process.
 * Errors:  REJECTED with one line that says what is wrong; IO when the
 *          authorities cannot be read.
 * Source:  design: reliability section 7, TLS; RFC 6125; spec pks-mail 9.1.
 */
#ifndef KEYPOST_MAILAGENT_TLS_H
#define KEYPOST_MAILAGENT_TLS_H

#include <libetpan/libetpan.h>

#include "base/bytes.h"

enum {
	TLS_CHAIN_MAX = 16,
	TLS_PIN_LEN = 64, /* hex digits of a SHA-256 */
	TLS_CA_MAX = 4 * 1024 * 1024
};

struct tls_trust {
	const char *host;       /* the name or address that was asked for */
	const char *pin;        /* TLS_PIN_LEN hex digits; "" or NULL: none */
	struct bytes authority; /* PEM; empty: the system's store */
};

/* An address is no server name (RFC 6066 section 3). */
bool tls_is_address(const char *host);
/* The stream's chain, after its handshake. */
MUST_CHECK enum status tls_verify(
	mailstream *stream, const struct tls_trust *trust, struct err *err);
/* The same for a chain in hand, DER, the server's own certificate first. */
MUST_CHECK enum status tls_verify_chain(const struct bytes *chain, size_t count,
	const struct tls_trust *trust, struct err *err);
/* For libetpan's callbacks with the host as `data`: sends the name (SNI). */
void tls_name_server(struct mailstream_ssl_context *context, void *host);

#endif
