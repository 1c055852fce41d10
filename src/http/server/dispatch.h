/*
 * dispatch.h - from libmicrohttpd's callbacks to a handler and back
 *
 * Memory:  a struct exchange carries one request; its pool thread keeps some
 *          for the next ones.
 * Threads: the callbacks run on the pool threads.
 */
#ifndef KEYPOST_HTTP_SERVER_DISPATCH_H
#define KEYPOST_HTTP_SERVER_DISPATCH_H

#include <microhttpd.h>

#include "http/server/conn.h"
#include "http/services.h"

struct exchange;

struct dispatch {
	struct services *services;
	struct conn_table *conns;
};

void dispatch_init(
	struct dispatch *d, struct services *s, struct conn_table *conns);

/*
 * For MHD_OPTION_URI_LOG_CALLBACK and _NOTIFY_COMPLETED; the socket context
 * of a connection is its struct conn.
 */
void *dispatch_uri(void *cls, const char *uri, struct MHD_Connection *c);
enum MHD_Result dispatch_access(void *cls, struct MHD_Connection *c,
	const char *url, const char *method, const char *version,
	const char *data, size_t *size, void **state);
void dispatch_completed(void *cls, struct MHD_Connection *c, void **state,
	enum MHD_RequestTerminationCode why);

#endif
