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

#endif
