/*
 * accept.h - the listeners, which all pool threads share
 *
 * Every pool thread watches them in its own epoll set, with EPOLLEXCLUSIVE:
 * a connection wakes one thread that waits, not all of them.
 *
 * Threads: new, listen, stop and free from main; the rest on any.
 * Errors:  out of descriptors, what comes is closed and for 100 ms nobody is
 *          to ask for more (L28).
 */
#ifndef KEYPOST_HTTP_SERVER_ACCEPT_H
#define KEYPOST_HTTP_SERVER_ACCEPT_H

#include "base/net.h"

struct acceptor;

struct acceptor *acceptor_new(void);
/* No thread watches any more: closes the listeners. */
void acceptor_free(struct acceptor *a);
MUST_CHECK enum status acceptor_listen(struct acceptor *a,
	const struct endpoint *list, size_t count, struct err *err);
uint16_t acceptor_port(const struct acceptor *a, size_t listener);

/* In this set each listener's event holds its number as data.u64. */
MUST_CHECK enum status acceptor_watch(
	const struct acceptor *a, int epoll, struct err *err);
void acceptor_unwatch(const struct acceptor *a, int epoll);
/* A connection that waits there, non-blocking; -1: none does. */
int acceptor_take(
	struct acceptor *a, size_t listener, struct sockaddr_storage *from);
/* For how long the listeners are to be left alone: milliseconds, or 0. */
int64_t acceptor_rest(const struct acceptor *a, int64_t now);

/* From here on nobody can connect. Twice is harmless. */
void acceptor_stop(struct acceptor *a);

#endif
