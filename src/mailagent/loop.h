/*
 * loop.h - one poll loop: descriptors and ticks, each with its function
 *
 * Memory:  a watch is owned by the loop and freed by loop_remove, also from
 *          inside of its own or another's function.
 * Threads: one.
 * Units:   milliseconds of the monotonic clock.
 */
#ifndef KEYPOST_MAILAGENT_LOOP_H
#define KEYPOST_MAILAGENT_LOOP_H

#include <poll.h>
#include <stdint.h>

enum { LOOP_TICK_MS = 50, LOOP_TICKS_MAX = 16 };

struct loop;
struct watch;

struct loop *loop_new(void);
/* Watches still there are freed; their descriptors stay open. */
void loop_free(struct loop *l);
struct watch *loop_add(struct loop *l, int fd, short events,
	void (*ready)(void *ctx, short events), void *ctx);
void loop_want(struct watch *w, short events);
void loop_remove(struct watch *w);
/* Called about every LOOP_TICK_MS. */
void loop_tick(
	struct loop *l, void (*tick)(void *ctx, int64_t now_ms), void *ctx);
/* Ticks as soon as this turn is over. */
void loop_hurry(struct loop *l);
/* Waits once, at most to the next tick, and calls what is ready. */
void loop_turn(struct loop *l);

#endif
