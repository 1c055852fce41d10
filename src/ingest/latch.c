#include "ingest/latch.h"

#include "base/lock.h"

void
latch_end(struct latch *l)
{
	lock_must(pthread_mutex_lock(&l->lock));
	l->is_done = true;
	lock_must(pthread_cond_signal(&l->ended));
	lock_must(pthread_mutex_unlock(&l->lock));
}

void
latch_wait(struct latch *l)
{
	lock_must(pthread_mutex_lock(&l->lock));
	while (!l->is_done)
		lock_must(pthread_cond_wait(&l->ended, &l->lock));
	lock_must(pthread_mutex_unlock(&l->lock));
	lock_must(pthread_cond_destroy(&l->ended));
	lock_must(pthread_mutex_destroy(&l->lock));
}
