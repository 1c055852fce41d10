/*
 * stage.h - the stages of a submission, and what its threads share
 *
 * Queue, worker, writer, answer; from the writer back to a worker when
 * another submission changed a certificate first.
 *
 * Threads: as each function says.
 * Source:  design: architecture sections 5 and 7.
 */
#ifndef KEYPOST_INGEST_STAGE_H
#define KEYPOST_INGEST_STAGE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "ingest/ingest.h"

struct stage_thread {
	struct ingest *in;
	struct workq *queue; /* that it takes from: the ingest's, or its dear */
	struct store_session *session;
	struct thread thread;
	char name[16];
};

struct ingest {
	struct ingest_settings settings;
	struct store *store;
	struct tombstones *tombstones; /* may be NULL */
	struct writer *writer;
	struct workq *queue;
	struct workq *dear; /* what takes long to verify; has a thread */
	struct stage_thread *threads; /* the last one is that */
	size_t thread_count;
	struct raise *raise;   /* NULL: not asked for */
	atomic_bool hurried;   /* what is not written is given back, ... */
	atomic_bool no_loads;  /* ... this of loads */
	atomic_ullong lowered; /* rows written below the policy's level */

	pthread_mutex_t lock; /* of what follows, to the blank line */
	pthread_cond_t eased; /* something was answered */
	size_t items;         /* taken and not yet answered */
	size_t octets;        /* of their bodies */
	size_t held;          /* of the arenas that wait for the writer */
	size_t sleepers;      /* threads that wait for `eased` */
	bool large;           /* a worker merges with a large row */
	bool closing;

	struct counter *outcomes[OUTCOME_REFUSED + 1];
	struct counter *failed, *conflicts, *depth;
};

/* Its thread is alive, and at work on this. */
void stage_beat(void *work);
/* What is set when this is to be given back, unwritten; or NULL. */
const atomic_bool *stage_stop(const struct submission *sub);
bool stage_is_stopped(const struct submission *sub);
/*
 * Before a worker merges with a large row: waits until no other does, and
 * until the writer has written what was worked too far ahead of it. The place
 * is given up by the stage.
 */
void stage_claim_large(struct submission_work *work);
/* What a worker does until the queue is closed and empty. */
void *stage_worker(void *thread);
/* Any thread that holds the submission; `done` runs here and only here. */
void stage_finish(
	struct submission *sub, enum status st, const struct err *err);

#endif
