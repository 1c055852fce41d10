/*
 * metrics_server.h - /metrics on listeners of its own
 *
 * For the operator's network only; the public port does not know this page.
 *
 * Memory:  services and conns are borrowed until metrics_server_free.
 * Threads: start and stop from main; one thread for each listener, which may
 *          wait for the store.
 * Source:  spec hkp section 10.
 */
#ifndef KEYPOST_HTTP_STATE_METRICS_SERVER_H
#define KEYPOST_HTTP_STATE_METRICS_SERVER_H

#include "http/services.h"

struct metrics_server;
struct conn_table;

struct metrics_server *metrics_server_new(
	const struct services *services, struct conn_table *conns);
void metrics_server_free(struct metrics_server *m);
MUST_CHECK enum status metrics_server_listen(
	struct metrics_server *m, struct err *err);
MUST_CHECK enum status metrics_server_start(
	struct metrics_server *m, struct err *err);
void metrics_server_stop(struct metrics_server *m);

#endif
