#include "ingest/wakes.h"

#include <assert.h>
#include <string.h>

#include "base/lock.h"

void
wakes_init(struct wakes *w)
{
	memset(w, 0, sizeof(*w));
	lock_must(pthread_mutex_init(&w->lock, NULL));
}

void
wakes_done(struct wakes *w)
{
	lock_must(pthread_mutex_destroy(&w->lock));
}

void
wakes_add(struct wakes *w, void (*wake)(void *ctx), void *ctx)
{
	lock_must(pthread_mutex_lock(&w->lock));
	assert(w->count < WAKES_MAX);
	w->list[w->count].wake = wake;
	w->list[w->count].ctx = ctx;
	w->count++;
	lock_must(pthread_mutex_unlock(&w->lock));
}

void
wakes_drop(struct wakes *w, const void *ctx)
{
	size_t kept = 0;

	lock_must(pthread_mutex_lock(&w->lock));
	for (size_t i = 0; i < w->count; i++) {
		if (w->list[i].ctx != ctx)
			w->list[kept++] = w->list[i];
	}
	w->count = kept;
	lock_must(pthread_mutex_unlock(&w->lock));
}

void
wakes_run(struct wakes *w)
{
	lock_must(pthread_mutex_lock(&w->lock));
	for (size_t i = 0; i < w->count; i++)
		w->list[i].wake(w->list[i].ctx);
	lock_must(pthread_mutex_unlock(&w->lock));
}
