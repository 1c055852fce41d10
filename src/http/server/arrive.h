/*
 * arrive.h - a connection is accepted, admitted, and given to a thread
 *
 * Memory:  none.
 * Threads: on the loop's own thread.
 */
#ifndef KEYPOST_HTTP_SERVER_ARRIVE_H
#define KEYPOST_HTTP_SERVER_ARRIVE_H

#include "http/server/loop.h"

/* Some of what waits at a listener; the rest is another round's. */
void arrive_burst(struct loop *l, size_t listener);
/* What other threads have accepted for this one. */
void arrive_given(struct loop *l);
/*
 * The library has begun the one that it was handed as `fd`: at once, or from
 * 1.0 on when it is run the next time.
 */
struct conn *arrive_begun(struct loop *l, int fd);
/* It was run: what it has not begun by now it refused. */
void arrive_failed(struct loop *l);

#endif
