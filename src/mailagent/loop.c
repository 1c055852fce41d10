#include "mailagent/loop.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/clock.h"

struct watch {
	int fd;
	short events;
	bool dead;
	void (*ready)(void *ctx, short events);
	void *ctx;
};

struct tick {
	void (*tick)(void *ctx, int64_t now_ms);
	void *ctx;
};

struct loop {
	struct watch **watches;
	struct pollfd *polls;
	size_t count, cap;
	struct tick ticks[LOOP_TICKS_MAX];
	size_t tick_count;
	int64_t next_tick;
};

struct loop *
loop_new(void)
{
	return xcalloc(1, sizeof(struct loop));
}

void
loop_free(struct loop *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->count; i++)
		free(l->watches[i]);
	free(l->watches);
	free(l->polls);
	free(l);
}

struct watch *
loop_add(struct loop *l, int fd, short events,
	void (*ready)(void *ctx, short events), void *ctx)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	if (l->count == l->cap) {
		l->cap = l->cap > 0 ? l->cap * 2 : 64;
		l->watches =
			xrealloc(l->watches, l->cap * sizeof(struct watch *));
		l->polls = xrealloc(l->polls, l->cap * sizeof(*l->polls));
	}
	*w = (struct watch){fd, events, false, ready, ctx};
	l->watches[l->count++] = w;
	return w;
}

void
loop_want(struct watch *w, short events)
{
	w->events = events;
}

void
loop_remove(struct watch *w)
{
	/* Freed by the loop, which may be in the middle of its list. */
	if (w != NULL)
		w->dead = true;
}

void
loop_tick(struct loop *l, void (*tick)(void *ctx, int64_t now_ms), void *ctx)
{
	assert(l->tick_count < LOOP_TICKS_MAX);
	l->ticks[l->tick_count++] = (struct tick){tick, ctx};
}

void
loop_hurry(struct loop *l)
{
	l->next_tick = 0;
}

static void
sweep(struct loop *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->count; i++) {
		if (l->watches[i]->dead)
			free(l->watches[i]);
		else
			l->watches[n++] = l->watches[i];
	}
	l->count = n;
}

static void
run_ticks(struct loop *l)
{
	int64_t now = clock_mono_ms();
	size_t i;

	if (now < l->next_tick)
		return;
	l->next_tick = now + LOOP_TICK_MS;
	for (i = 0; i < l->tick_count; i++)
		l->ticks[i].tick(l->ticks[i].ctx, now);
}

void
loop_turn(struct loop *l)
{
	int64_t wait;
	size_t i, n;
	int ready;

	sweep(l);
	n = l->count;
	for (i = 0; i < n; i++) {
		struct watch *w = l->watches[i];

		/* Nothing wanted: not even to hear of its end. */
		l->polls[i] = (struct pollfd){
			w->events != 0 ? w->fd : -1, w->events, 0};
	}
	wait = l->next_tick - clock_mono_ms();
	ready = poll(l->polls, (nfds_t)n, wait > 0 ? (int)wait : 0);
	for (i = 0; i < n && ready > 0; i++) {
		struct watch *w = l->watches[i];

		if (l->polls[i].revents != 0 && !w->dead)
			w->ready(w->ctx, l->polls[i].revents);
	}
	run_ticks(l);
}
