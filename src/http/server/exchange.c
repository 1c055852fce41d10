#include "http/server/exchange.h"

#include <stdlib.h>

#include "base/clock.h"

struct exchange_pool {
	struct arena *warm; /* of the request answered last */
	struct exchange *head;
	size_t count;
};

struct exchange_pool *
exchange_pool_new(void)
{
	struct exchange_pool *pool = xcalloc(1, sizeof(*pool));

	pool->warm = arena_new(REQUEST_ARENA_MAX);
	return pool;
}

static void
exchange_free(struct exchange *ex)
{
	request_free(ex->req);
	free(ex);
}

void
exchange_pool_free(struct exchange_pool *pool)
{
	struct exchange *ex, *next;

	if (pool == NULL)
		return;
	for (ex = pool->head; ex != NULL; ex = next) {
		next = ex->next;
		exchange_free(ex);
	}
	arena_free(pool->warm);
	free(pool);
}

static struct exchange *
exchange_get(struct exchange_pool *pool)
{
	struct exchange *ex = pool->head;

	if (ex != NULL) {
		pool->head = ex->next;
		pool->count--;
		return ex;
	}
	ex = xcalloc(1, sizeof(*ex));
	ex->req = request_new();
	return ex;
}

/* What one request wrote to is in the processor's cache for the next. */
static void
swap_arenas(struct exchange_pool *pool, struct request *req)
{
	struct arena *own = req->arena;

	req->arena = pool->warm;
	pool->warm = own;
}

struct exchange *
exchange_take(struct exchange_pool *pool, struct conn *conn, const char *uri)
{
	struct exchange *ex = exchange_get(pool);

	swap_arenas(pool, ex->req);
	ex->conn = conn;
	ex->begun_us = clock_mono_us();
	ex->stage = STAGE_HEAD;
	ex->route = NULL;
	ex->refused = 0;
	ex->reason = NULL;
	ex->body_max = 0;
	ex->drained = 0;
	ex->uri = uri;
	return ex;
}

void
exchange_forget(struct exchange_pool *pool, struct exchange *ex)
{
	swap_arenas(pool, ex->req);
	arena_reset(pool->warm);
	if (arena_held(pool->warm) > EXCHANGE_WARM_MAX)
		arena_release(pool->warm);
	request_forget(ex->req);
}

void
exchange_refuse(struct exchange *ex, unsigned int status, const char *reason)
{
	if (ex->refused == 0) {
		ex->refused = status;
		ex->reason = reason;
	}
}

void
exchange_put(struct exchange_pool *pool, struct exchange *ex)
{
	request_reset(ex->req);
	if (pool->count >= EXCHANGE_KEPT) {
		exchange_free(ex);
		return;
	}
	ex->next = pool->head;
	pool->head = ex;
	pool->count++;
}
