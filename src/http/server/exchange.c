#include "http/server/exchange.h"

#include <pthread.h>
#include <stdlib.h>

struct exchange_pool {
	pthread_mutex_t lock;
	struct exchange *head;
	size_t count;
};

struct exchange_pool *
exchange_pool_new(void)
{
	struct exchange_pool *pool = xcalloc(1, sizeof(*pool));

	pthread_mutex_init(&pool->lock, NULL);
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
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

struct exchange *
exchange_take(struct exchange_pool *pool)
{
	struct exchange *ex;

	pthread_mutex_lock(&pool->lock);
	ex = pool->head;
	if (ex != NULL) {
		pool->head = ex->next;
		pool->count--;
	}
	pthread_mutex_unlock(&pool->lock);
	if (ex == NULL) {
		ex = xcalloc(1, sizeof(*ex));
		ex->req = request_new();
	}
	return ex;
}

void
exchange_put(struct exchange_pool *pool, struct exchange *ex)
{
	request_reset(ex->req);
	pthread_mutex_lock(&pool->lock);
	if (pool->count < EXCHANGE_KEPT) {
		ex->next = pool->head;
		pool->head = ex;
		pool->count++;
		ex = NULL;
	}
	pthread_mutex_unlock(&pool->lock);
	if (ex != NULL)
		exchange_free(ex);
}
