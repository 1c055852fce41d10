/*
 * relay_session.h - the process that speaks SMTP or LMTP to one relay
 *
 * Takes FRAME_SEND from a socket, one after the other, and answers each with
 * FRAME_SENT. Ends after a failure of the connection, when the socket closes,
 * or when nothing is left to do.
 *
 * Threads: a process of its own with one thread.
 * Source:  spec pks-mail section 9.1; RFC 5321, 2033, 3461, 1870.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_SESSION_H
#define KEYPOST_MAILAGENT_RELAY_SESSION_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Shared with the watching parent: what the session does, and since when. */
struct relay_progress {
	atomic_int stage;             /* enum sent_stage */
	atomic_llong since;           /* milliseconds */
	atomic_llong connected_since; /* 0: not connected */
};

enum { RELAY_LETTERS_MAX = 1000, RELAY_SESSION_MS = 300 * 1000 };

noreturn void relay_session_run(
	int fd, const char *host, struct relay_progress *progress);

#endif
