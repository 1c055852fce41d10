/*
 * ingest.h - the one way in: queue, workers that merge, one writer
 *
 * Threads: ingest_submit from any. Start and stop from main.
 * Errors:  ingest_submit: BUSY when the queue is full (L25), CLOSED while
 *          stopping: then `done` will not run and the maker keeps it.
 * Source:  design: architecture section 5.
 */
#ifndef KEYPOST_INGEST_INGEST_H
#define KEYPOST_INGEST_INGEST_H

#include "ingest/policy.h"
#include "ingest/submission.h"
#include "ingest/tombstone.h"
#include "ingest/writer.h"

struct ingest;

struct ingest_settings {
	struct policy policy;
	const char *folder; /* where the tombstones are; NULL: none */
	bool raise; /* level rows below the policy's level in the background */
	/* Heartbeat of threads, for T3; may be NULL. */
	void (*beat)(void *ctx, const char *thread);
	void *beat_ctx;
	/* How long ingest_drain works off what is queued before it gives the
	 * rest back, as CLOSED; 0: ten seconds. */
	int drain_seconds;
};

MUST_CHECK enum status ingest_new(const struct ingest_settings *settings,
	struct store *store, struct ingest **ingest, struct err *err);
MUST_CHECK enum status ingest_start(struct ingest *in, struct err *err);
/* For the courier and others that write: the one writer. */
struct writer *ingest_writer(struct ingest *in);
/* What is not wanted here; NULL: nothing can be. */
struct tombstones *ingest_tombstones(const struct ingest *in);
struct store *ingest_store(const struct ingest *in);
const struct policy *ingest_policy(const struct ingest *in);
/* The submission is taken until its `done` runs. */
MUST_CHECK enum status ingest_submit(struct ingest *in, struct submission *sub);
/* Submits and waits for its `done` (which it sets): for threads that may. */
MUST_CHECK enum status ingest_submit_wait(
	struct ingest *in, struct submission *sub);
/* From now on what a load brought, and is not written, is given back as
 * CLOSED: it can go on another time. From any thread. */
void ingest_end_loads(struct ingest *in);
/* The same of all that is queued. */
void ingest_hurry(struct ingest *in);
/* No more submissions; works off what is queued; the writer still runs. */
void ingest_drain(struct ingest *in);
/* Runs what the writer still holds, last commit and checkpoint; joins. */
void ingest_stop(struct ingest *in);
void ingest_free(struct ingest *in);

#endif
