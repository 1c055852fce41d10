/*
 * wakes.h - who is woken after a commit that appended to the change log
 *
 * Threads: any; wakes_run holds the lock while it calls, so that nobody is
 *          called after wakes_drop returned.
 */
#ifndef KEYPOST_INGEST_WAKES_H
#define KEYPOST_INGEST_WAKES_H

#include <pthread.h>
#include <stddef.h>

enum { WAKES_MAX = 4 };

struct wakes {
	pthread_mutex_t lock;
	struct {
		void (*wake)(void *ctx);
		void *ctx;
	} list[WAKES_MAX];
	size_t count;
};

void wakes_init(struct wakes *w);
void wakes_done(struct wakes *w);
/* At most WAKES_MAX at once. */
void wakes_add(struct wakes *w, void (*wake)(void *ctx), void *ctx);
/* All of this `ctx`; none is fine. */
void wakes_drop(struct wakes *w, const void *ctx);
void wakes_run(struct wakes *w);

#endif
