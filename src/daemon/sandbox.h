/*
 * sandbox.h - what the daemon gives up before it serves strangers
 *
 * Landlock: of all files, the configuration may be read and the data folder
 * written, where the kernel offers it. seccomp: no new programs, no tracing,
 * no mounts, no sockets but Internet and Unix. A sanitizer build skips both.
 *
 * Threads: from main before threads are started: they inherit it.
 * Errors:  IO when the kernel offers a part and then refuses it.
 * Source:  reliability X4.
 */
#ifndef KEYPOST_DAEMON_SANDBOX_H
#define KEYPOST_DAEMON_SANDBOX_H

#include "conf/conf.h"

struct sandbox_done {
	bool landlock;
	bool seccomp;
};

/* *done says what is in force: for one line of the log. */
MUST_CHECK enum status sandbox_enter(
	const struct conf *conf, struct sandbox_done *done, struct err *err);

#endif
