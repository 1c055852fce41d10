/*
 * admit.h - what is said of a request when its head is there
 *
 * Everything that can be refused before a body comes is refused here; what
 * is not has its route.
 *
 * Memory:  the reasons are constants, or the request's.
 * Threads: the pool thread of the connection.
 * Source:  spec hkp sections 1 and 11; design: reliability section 4.
 */
#ifndef KEYPOST_HTTP_SERVER_ADMIT_H
#define KEYPOST_HTTP_SERVER_ADMIT_H

#include "http/server/exchange.h"

/* Reads the head: sets ex->route, or ex->refused. */
void admit_head(struct conn_table *conns, struct exchange *ex,
	const char *method, const char *version);
/* Writes and logs what was wrong before a handler could; false if nothing
 * was. */
bool admit_refusal(struct exchange *ex);

#endif
