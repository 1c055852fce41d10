/*
 * child.h - a process of our own for work that blocks
 *
 * It has one end of a socket pair as its only descriptor, and is gone when its
 * parent is.
 *
 * Threads: called from a process with one thread.
 */
#ifndef KEYPOST_MAILAGENT_CHILD_H
#define KEYPOST_MAILAGENT_CHILD_H

#include <sys/types.h>

#include "base/status.h"

/*
 * Forks; `run` may not return. `confine` is called before it, from sandbox.h;
 * NULL: as much as its parent may. Gives the pid and our end of the pair,
 * which the caller owns. IO when there is no socket or no process to be had.
 */
MUST_CHECK enum status child_start(void (*run)(int fd, void *ctx), void *ctx,
	enum status (*confine)(void), pid_t *pid, int *fd);
/* Kills it and takes it off. */
void child_end(pid_t pid);

#endif
