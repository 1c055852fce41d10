/*
 * heart.h - do the threads still turn? (reliability T3)
 *
 * A thread that beats once is watched from then on. One that has been silent
 * for HEART_LIMIT_MS is named; the watchdog is fed only while none is.
 *
 * Threads: heart_beat from any; the rest from main.
 */
#ifndef KEYPOST_DAEMON_HEART_H
#define KEYPOST_DAEMON_HEART_H

#include <stdbool.h>
#include <stdint.h>

struct heart;

enum { HEART_LIMIT_MS = 60000, HEART_NAME_MAX = 24 };

struct heart *heart_new(void);
void heart_free(struct heart *h);
/* `heart` is a struct heart *: the shape that other layers call back. */
void heart_beat(void *heart, const char *thread);
/* Nobody is late before it beats again: for a part that is stopped. */
void heart_forget(struct heart *h, const char *thread);
/*
 * True while all beat. Calls `late` for each thread that was found silent
 * since the last call, once until it beats again.
 */
bool heart_check(struct heart *h,
	void (*late)(void *ctx, const char *thread, int64_t silent_ms),
	void *ctx);

#endif
