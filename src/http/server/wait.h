/*
 * wait.h - a suspended connection, and who wakes it
 *
 * A handler that must wait for another thread suspends its connection; that
 * thread wakes it, or the sweep does when the time is over. Whoever comes
 * first resumes it; a waker that comes second learns that nobody waits.
 *
 * Memory:  a struct waiter is counted: wait_begin gives one reference to the
 *          request (waiter_drop) and one to the waker (wait_wake takes it).
 * Threads: wait_begin on the connection's pool thread, inside its handler;
 *          the rest on any.
 */
#ifndef KEYPOST_HTTP_SERVER_WAIT_H
#define KEYPOST_HTTP_SERVER_WAIT_H

#include "base/bytes.h"

struct MHD_Connection;
struct wait_list;
struct waiter;

struct wait_list *wait_list_new(void);
/* Nobody waits by then. */
void wait_list_free(struct wait_list *l);

/* Suspends; `deadline_ms` -1: only the waker ends it. */
struct waiter *wait_begin(
	struct wait_list *l, struct MHD_Connection *c, int64_t deadline_ms);
/* True if the connection was resumed by this call: its request is there. */
bool wait_wake(struct waiter *w);
/* Did the sweep end it? For the resumed handler. */
bool wait_gave_up(const struct waiter *w);
void waiter_drop(struct waiter *w);

void wait_sweep(struct wait_list *l, int64_t now);
/* Waits until nobody is suspended, at most `wait_ms`. */
bool wait_until_empty(struct wait_list *l, int64_t wait_ms);

#endif
