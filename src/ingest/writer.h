/*
 * writer.h - one thread: write jobs and group commit
 *
 * A write job is anything that changes the store: a worked submission, a
 * peer's cursor, a plan of letters. The writer takes what is queued, runs all
 * in one transaction, commits, then completes each. When one fails half-way
 * the batch is run again with a savepoint for each: a savepoint costs a copy
 * of every page that a job touches, and hardly any job fails.
 *
 * Memory:  a job is taken by writer_put and handed back by `done`.
 * Threads: writer_put from any; run and done on the writer's thread.
 * Errors:  writer_put: BUSY (queue full), CLOSED. `done` gets OK only after
 *          the commit is on disk (D1, D2).
 */
#ifndef KEYPOST_INGEST_WRITER_H
#define KEYPOST_INGEST_WRITER_H

#include "store/store.h"

struct writer;

struct write_job {
	/*
	 * Checks and writes; anything but OK undoes just this job. Runs again
	 * from the start when the batch must be repeated, which is also how
	 * one job is undone, so say with job->wrote_nothing when there is
	 * nothing to undo.
	 */
	enum status (*run)(struct write_job *job, struct store_session *w,
		struct err *err);
	/* Exactly once; must not block. `err` is set when st is not OK. */
	void (*done)(
		struct write_job *job, enum status st, const struct err *err);
	bool wrote_nothing;     /* set by run when it fails before it writes */
	struct write_job *next; /* the writer's */
	enum status status;     /* the writer's */
	struct err err;         /* the writer's */
};

MUST_CHECK enum status writer_put(struct writer *w, struct write_job *job);
/* Puts a job and waits for its end: for threads that may block. */
MUST_CHECK enum status writer_do(
	struct writer *w, struct write_job *job, struct err *err);
/*
 * Calls `wake` (on the writer's thread; must not block) after each commit
 * that appended to the change log. At most 4 at once.
 */
void writer_on_change(struct writer *w, void (*wake)(void *ctx), void *ctx);
/* Nothing of `ctx` is called any more when this returns. */
void writer_forget(struct writer *w, const void *ctx);
/* A job's `run` that appended to the change log says so. */
void writer_changed(struct writer *w);
/* Jobs that wait, without those of the batch that is being written. */
size_t writer_waiting(struct writer *w);

struct writer_settings {
	size_t batch; /* jobs in one transaction */
	size_t max_waiting;
	int64_t retry_ms; /* D9: when to try a failed disk again */
	void (*beat)(void *ctx, const char *thread); /* may be NULL */
	void *beat_ctx;
};

/* For ingest, which starts and stops it. */
MUST_CHECK enum status writer_new(const struct writer_settings *settings,
	struct store *store, struct writer **writer, struct err *err);
MUST_CHECK enum status writer_start(struct writer *w, struct err *err);
/* Runs what is queued, the last checkpoint; joins. */
void writer_stop(struct writer *w);
void writer_free(struct writer *w);

#endif
