/*
 * agent.h - keypost-mail as one call: serves two sockets until one closes
 *
 * Threads: a process of its own with one thread; SIGPIPE is ignored, children
 *          are waited for.
 * Source:  architecture section 7; protocol.h.
 */
#ifndef KEYPOST_MAILAGENT_AGENT_H
#define KEYPOST_MAILAGENT_AGENT_H

#include <signal.h>

#include "base/status.h"

/*
 * Takes both descriptors. `stop` may be set by a signal handler. CLOSED when
 * the daemon went away or asked to stop: the orderly end.
 */
MUST_CHECK enum status agent_run(int in_fd, int out_fd,
	const volatile sig_atomic_t *stop, struct err *err);

#endif
