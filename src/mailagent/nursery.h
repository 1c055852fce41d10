/*
 * nursery.h - processes forked ahead of need, each for one job
 *
 * A nursery process forks the workers, so that the poll loop never does: it
 * keeps a few waiting, each in its sandbox and with a socket of its own, and
 * passes that socket up. A worker reads one job, writes one answer and is
 * gone; what a job did to it, the next one never meets.
 *
 * Memory:  jobs and answers are borrowed during the call.
 * Threads: one.
 * Units:   milliseconds.
 */
#ifndef KEYPOST_MAILAGENT_NURSERY_H
#define KEYPOST_MAILAGENT_NURSERY_H

#include "mailagent/loop.h"

#include "base/bytes.h"

enum nursery_end {
	NURSERY_ANSWERED,
	NURSERY_DIED,   /* the worker ended without a whole answer */
	NURSERY_TIMEOUT /* and was killed */
};

struct nursery_settings {
	unsigned ready;  /* workers waiting */
	unsigned max;    /* jobs at once */
	int64_t wall_ms; /* for one job */
	/* In the worker: reads `job`, writes an answer of type `*type`. */
	void (*work)(struct bytes job, uint8_t *type, struct buf *answer);
};

struct nursery;

MUST_CHECK enum status nursery_new(struct loop *loop,
	const struct nursery_settings *settings, struct nursery **out,
	struct err *err);
void nursery_free(struct nursery *n);
/* True when nursery_start will find a worker. */
bool nursery_is_ready(const struct nursery *n);
/* `ended` is called once, not from inside. */
void nursery_start(struct nursery *n, struct bytes job,
	void (*ended)(void *ctx, enum nursery_end end, uint8_t type,
		struct bytes answer),
	void *ctx);
/* `ready` is called whenever a worker became ready. */
void nursery_on_ready(struct nursery *n, void (*ready)(void *ctx), void *ctx);

#endif
