/*
 * lean.h - a process that forks much leaves at home what its children never
 * call
 *
 * keypost-mail is linked with libetpan, and that with a dozen libraries: most
 * of what a fork copies, and a decoder calls none of it. Children forked after
 * lean_children have the program and the C library only: they cost a third,
 * and a letter that took one over finds less to use.
 *
 * Threads: called from a process with one thread.
 * Errors:  what cannot be left at home comes along: nothing depends on it.
 */
#ifndef KEYPOST_MAILAGENT_LEAN_H
#define KEYPOST_MAILAGENT_LEAN_H

#include <sys/types.h>

/*
 * Does nothing unless the program was started with LD_BIND_NOW set: a function
 * bound at its first call is looked for in libraries that are not there.
 */
void lean_children(void);
/*
 * As fork, but functions that libraries registered for after a fork are not
 * called: they may have stayed at home.
 */
pid_t lean_fork(void);

#endif
