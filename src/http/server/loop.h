/*
 * loop.h - the pool: threads that accept, read, answer and close
 *
 * Each thread has a libmicrohttpd daemon of its own, which it drives from its
 * own epoll loop, and takes connections from the shared listeners itself. So
 * a connection lives on one thread from accept to close, and is counted
 * before the library sees it: libmicrohttpd's own acceptor lets connections
 * wait at its limit, wakes all threads for each, and can stop the process when
 * it is quiesced under load (0.9.75: two threads take the socket out of the
 * same epoll set).
 *
 * Memory:  the acceptor, table, rates and dispatch are borrowed.
 * Threads: pool_* from main; loop_exchanges and loop_worked on the loop's
 *          own thread; loop_wake on any.
 */
#ifndef KEYPOST_HTTP_SERVER_LOOP_H
#define KEYPOST_HTTP_SERVER_LOOP_H

#include "http/server/accept.h"
#include "http/server/conn.h"
#include "http/server/dispatch.h"

struct client_rates;
struct exchange_pool;
struct loop;
struct pool;

struct pool_settings {
	size_t threads;
	size_t max_connections;
	struct acceptor *acceptor;
	struct conn_table *conns;
	struct client_rates *rates;
	struct dispatch *dispatch;
};

struct pool *pool_new(const struct pool_settings *settings);
MUST_CHECK enum status pool_start(struct pool *p, struct err *err);
/* No thread takes a connection any more; what runs goes on. */
void pool_quiesce(struct pool *p);
/* Ends the threads and closes what is open. Nothing is suspended any more. */
void pool_stop(struct pool *p);
void pool_free(struct pool *p);

/* What is known of it since it was admitted. */
struct conn *loop_conn(struct MHD_Connection *c);
/* Something happened to one of its connections: it was resumed. */
void loop_wake(struct loop *l);
/* On its own thread: something was done for one of its connections. */
void loop_worked(struct loop *l);
struct exchange_pool *loop_exchanges(struct loop *l);

#endif
