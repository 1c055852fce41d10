/*
 * nursery_process.h - the process that forks workers (see nursery.h)
 *
 * Threads: runs in a process of its own with one thread.
 */
#ifndef KEYPOST_MAILAGENT_NURSERY_PROCESS_H
#define KEYPOST_MAILAGENT_NURSERY_PROCESS_H

#include <stdnoreturn.h>
#include <sys/types.h>

#include "mailagent/nursery.h"

/* Up, with the worker's socket: its pid. Down: what to do about it. */
struct nursery_message {
	pid_t pid;
	int kill; /* 0: it was given a job, make another */
};

noreturn void nursery_process_run(
	int control, const struct nursery_settings *settings);

#endif
