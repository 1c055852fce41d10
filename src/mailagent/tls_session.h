/*
 * tls_session.h - the client's side of TLS on a connected socket
 *
 * The handshake and the judgement of the certificate are two steps: who must
 * not go on without a good certificate asks tls_session_verify before a word
 * is said. TLS 1.2 is the least.
 *
 * Memory:  descriptor and trust stay the caller's and must outlive it.
 * Threads: one thread for each session. Blocks, up to the wait for each step.
 * Units:   milliseconds.
 * Errors:  with a sentence for an operator: TIMEOUT, CLOSED, IO for the
 *          handshake; those of tls.h for the certificate.
 * Source:  reliability section 7, TLS; RFC 8446, 9325.
 */
#ifndef KEYPOST_MAILAGENT_TLS_SESSION_H
#define KEYPOST_MAILAGENT_TLS_SESSION_H

#include <sys/types.h>

#include "mailagent/tls.h"

struct tls_session;

/* The handshake with trust->host. *t is the caller's: tls_session_free. */
MUST_CHECK enum status tls_session_open(int fd, const struct tls_trust *trust,
	int64_t wait_ms, struct tls_session **t, struct err *err);
MUST_CHECK enum status tls_session_verify(
	struct tls_session *t, struct err *err);
/* As read(2) and write(2), but they wait; 0: the other side ended it well. */
ssize_t tls_session_read(struct tls_session *t, void *data, size_t size);
ssize_t tls_session_write(struct tls_session *t, const void *data, size_t size);
/* "TLS1.3": static storage. */
const char *tls_session_version(const struct tls_session *t);
/* Says goodbye, if that needs no waiting. NULL is none. */
void tls_session_free(struct tls_session *t);

#endif
