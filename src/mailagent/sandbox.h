/*
 * sandbox.h - what keypost-mail and its children give up
 *
 * Threads: called from processes with one thread.
 * Errors:  IO when the kernel has a mechanism but refuses it. What the kernel
 *          or the build lacks is passed over.
 * Source:  reliability X1.
 */
#ifndef KEYPOST_MAILAGENT_SANDBOX_H
#define KEYPOST_MAILAGENT_SANDBOX_H

#include "base/bytes.h"

enum {
	SANDBOX_MEMORY = 256 * 1024 * 1024,
	SANDBOX_CPU_SECONDS = 10,
	SANDBOX_FILES = 8
};

/* Builds the filters of system calls, once, before children are forked. */
MUST_CHECK enum status sandbox_prepare(struct err *err);
/*
 * In a decoder: no new files, little memory and time, and no system calls but
 * those that reading, computing and writing need.
 */
MUST_CHECK enum status sandbox_enter_decoder(void);
/*
 * In a session with a relay or an IMAP server: bounded memory, no file changed,
 * nothing started, no system calls but those that finding a server and speaking
 * with it need.
 */
MUST_CHECK enum status sandbox_enter_relay(void);
/*
 * In the agent: only these folders may be written, and only the system's own
 * and these files may be read. Both lists end with NULL, or are NULL; what is
 * missing is passed over.
 */
MUST_CHECK enum status sandbox_enter_agent(const char *const *writable,
	const char *const *readable, struct err *err);

#endif
