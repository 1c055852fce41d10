/*
 * lean.h - a process that forks much drops what neither it nor its children
 * call
 *
 * keypost-mail is linked with libetpan, and that with a dozen libraries: most
 * of what a fork copies, and a decoder calls none of it. After lean_process
 * there are the program and the C library only: a fork costs a third, and a
 * letter that took a decoder over finds less to use.
 *
 * Threads: called from a process with one thread.
 * Errors:  what cannot be dropped stays: nothing depends on it.
 */
#ifndef KEYPOST_MAILAGENT_LEAN_H
#define KEYPOST_MAILAGENT_LEAN_H

#include <sys/types.h>

/*
 * For good, and ends with _exit. Does nothing unless the program was started
 * with LD_BIND_NOW set: a function bound at its first call is looked for in
 * libraries that are gone.
 */
void lean_process(void);
/*
 * As fork, but functions that libraries registered for after a fork are not
 * called: they may be gone.
 */
pid_t lean_fork(void);

#endif
