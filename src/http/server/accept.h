/*
 * accept.h - the listeners, and one thread that accepts from all of them
 *
 * libmicrohttpd's own acceptor lets connections wait at its limit, wakes all
 * threads of its pool for each, and can stop the process when it is quiesced
 * under load (0.9.75: two threads take the socket out of the same epoll set);
 * so it is given connections that were admitted here.
 *
 * Threads: start and stop from main; `take` is called on the accept thread.
 * Errors:  out of descriptors, it closes what comes for 100 ms (L28).
 */
#ifndef KEYPOST_HTTP_SERVER_ACCEPT_H
#define KEYPOST_HTTP_SERVER_ACCEPT_H

#include "base/net.h"

struct acceptor;

struct acceptor *acceptor_new(
	void (*take)(void *ctx, int fd, const struct sockaddr_storage *from),
	void *ctx);
void acceptor_free(struct acceptor *a);
MUST_CHECK enum status acceptor_listen(struct acceptor *a,
	const struct endpoint *list, size_t count, struct err *err);
uint16_t acceptor_port(const struct acceptor *a, size_t listener);
MUST_CHECK enum status acceptor_start(struct acceptor *a, struct err *err);
/* Joins the thread and closes the listeners. Twice is harmless. */
void acceptor_stop(struct acceptor *a);

#endif
