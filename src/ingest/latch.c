#include "ingest/latch.h"

#include <assert.h>

void
latch_must(int rc)
{
	assert(rc == 0);
	(void)rc;
}

void
latch_end(struct latch *l)
{
	latch_must(pthread_mutex_lock(&l->lock));
	l->is_done = true;
	latch_must(pthread_cond_signal(&l->ended));
	latch_must(pthread_mutex_unlock(&l->lock));
}

void
latch_wait(struct latch *l)
{
	latch_must(pthread_mutex_lock(&l->lock));
	while (!l->is_done)
		latch_must(pthread_cond_wait(&l->ended, &l->lock));
	latch_must(pthread_mutex_unlock(&l->lock));
	latch_must(pthread_cond_destroy(&l->ended));
	latch_must(pthread_mutex_destroy(&l->lock));
}

struct timespec
latch_until(int seconds)
{
	struct timespec t;

	latch_must(clock_gettime(CLOCK_MONOTONIC, &t));
	t.tv_sec += seconds;
	return t;
}
