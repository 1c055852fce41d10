/*
 * latch.h - one thread waits until another says once that it is done
 *
 * Memory:  embedded, usually on the waiting thread's stack.
 * Threads: one waits, one ends.
 */
#ifndef KEYPOST_INGEST_LATCH_H
#define KEYPOST_INGEST_LATCH_H

#include <pthread.h>
#include <stdbool.h>

struct latch {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool is_done;
};

#define LATCH_INIT                                                             \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false     \
	}

void latch_end(struct latch *l);
/* Waits, then does away with it. */
void latch_wait(struct latch *l);

#endif
