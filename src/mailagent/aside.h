/*
 * aside.h - letters on their way into the quarantine
 *
 * A process of its own writes and flushes them, so that a flood of junk and a
 * slow disk hold up nobody's letter but their own.
 *
 * Memory:  letters are copied; how many wait is up to the caller.
 * Threads: one.
 * Source:  reliability D8.
 */
#ifndef KEYPOST_MAILAGENT_ASIDE_H
#define KEYPOST_MAILAGENT_ASIDE_H

#include "mailagent/loop.h"
#include "mailagent/quarantine.h"

struct aside;

/*
 * `done` is called once for each letter, not from inside of aside_put: with
 * OK it is on disk; else `why` tells, and it must be kept.
 */
struct aside *aside_new(struct loop *loop, struct quarantine *quarantine,
	void (*done)(void *ctx, uint64_t id, enum status st, const char *why),
	void *ctx);
/* What is half written is finished; what waits is forgotten. */
void aside_free(struct aside *a);
void aside_put(struct aside *a, uint64_t id, const char *source,
	const char *reason, struct bytes letter);

#endif
