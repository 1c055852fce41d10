#include "daemon/heart.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"

enum { THREADS_MAX = 64 };

struct beat {
	char thread[HEART_NAME_MAX];
	int64_t last_ms; /* -1: not watched */
	bool named;
};

struct heart {
	pthread_mutex_t lock;
	struct beat beats[THREADS_MAX];
	size_t count;
};

struct heart *
heart_new(void)
{
	struct heart *h = xcalloc(1, sizeof(*h));

	pthread_mutex_init(&h->lock, NULL);
	return h;
}

void
heart_free(struct heart *h)
{
	if (h == NULL)
		return;
	pthread_mutex_destroy(&h->lock);
	free(h);
}

/* With the lock held; NULL when the table is full. */
static struct beat *
find_beat(struct heart *h, const char *thread)
{
	struct beat *b;

	for (size_t i = 0; i < h->count; i++) {
		b = &h->beats[i];
		if (strncmp(b->thread, thread, sizeof(b->thread) - 1) == 0)
			return b;
	}
	if (h->count == THREADS_MAX)
		return NULL;
	b = &h->beats[h->count++];
	snprintf(b->thread, sizeof(b->thread), "%s", thread);
	return b;
}

static void
set_beat(struct heart *h, const char *thread, int64_t at)
{
	struct beat *b;

	pthread_mutex_lock(&h->lock);
	b = find_beat(h, thread);
	if (b != NULL) {
		b->last_ms = at;
		b->named = false;
	}
	pthread_mutex_unlock(&h->lock);
}

void
heart_beat(void *heart, const char *thread)
{
	set_beat(heart, thread, clock_mono_ms());
}

void
heart_forget(struct heart *h, const char *thread)
{
	set_beat(h, thread, -1);
}

bool
heart_check(struct heart *h,
	void (*late)(void *ctx, const char *thread, int64_t silent_ms),
	void *ctx)
{
	int64_t now = clock_mono_ms();
	bool all = true;

	pthread_mutex_lock(&h->lock);
	for (size_t i = 0; i < h->count; i++) {
		struct beat *b = &h->beats[i];

		if (b->last_ms < 0 || now - b->last_ms < HEART_LIMIT_MS)
			continue;
		all = false;
		if (!b->named)
			late(ctx, b->thread, now - b->last_ms);
		b->named = true;
	}
	pthread_mutex_unlock(&h->lock);
	return all;
}
