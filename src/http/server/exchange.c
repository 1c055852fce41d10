#include "http/server/exchange.h"

#include <stdlib.h>

struct exchange_pool {
	struct exchange *head;
	size_t count;
};

struct exchange_pool *
exchange_pool_new(void)
{
	return xcalloc(1, sizeof(struct exchange_pool));
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
	free(pool);
}

struct exchange *
exchange_take(struct exchange_pool *pool)
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
