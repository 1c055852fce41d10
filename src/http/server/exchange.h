/*
 * exchange.h - a request under way on its connection; kept for the next one
 *
 * Memory:  taken from a pool and put back; what the request held is dropped
 *          then. At most EXCHANGE_KEPT are kept.
 * Threads: each pool thread has a pool of its own for its connections.
 */
#ifndef KEYPOST_HTTP_SERVER_EXCHANGE_H
#define KEYPOST_HTTP_SERVER_EXCHANGE_H

#include "http/route.h"
#include "http/server/conn.h"

enum {
	EXCHANGE_KEPT = 64,
	/* Octets that a request may begin with: it may be minutes until it is
	 * answered, on each of all connections. */
	EXCHANGE_WARM_MAX = 16 * 1024
};

enum stage {
	STAGE_HEAD,
	STAGE_BODY,
	STAGE_READY, /* for another thread, in the next round */
	STAGE_WAITING,
	STAGE_REPLIED,
	STAGE_DRAIN /* answered by hand; what still comes is forgotten */
};

struct exchange {
	struct exchange *next; /* in the pool */
	struct request *req;
	struct conn *conn;
	enum stage stage;
	const struct route *route;
	int64_t begun_us;
	struct peer_address client; /* whom a trusted proxy speaks for */
	const char *uri;            /* libmicrohttpd's copy of the target */
	enum status target_status;
	size_t body_max;
	uint64_t drained;     /* octets of the body since it was refused */
	unsigned int refused; /* HTTP status found before the body came */
	const char *reason;
};

struct exchange_pool;

struct exchange_pool *exchange_pool_new(void);
void exchange_pool_free(struct exchange_pool *pool);
/* A request begins on this connection. */
struct exchange *exchange_take(
	struct exchange_pool *pool, struct conn *conn, const char *uri);
/* As request_forget; a little of the memory is the thread's next request's. */
void exchange_forget(struct exchange_pool *pool, struct exchange *ex);
/* Needs no handler; the first one counts. `reason` stays as long as `ex`. */
void exchange_refuse(
	struct exchange *ex, unsigned int status, const char *reason);
void exchange_put(struct exchange_pool *pool, struct exchange *ex);

#endif
