/*
 * record.h - the write job of a worked submission
 *
 * Memory:  the job is part of the submission's work.
 * Threads: record_submission on the writer's; the others: whoever holds it.
 * Source:  design: architecture section 5, step 3.
 */
#ifndef KEYPOST_INGEST_RECORD_H
#define KEYPOST_INGEST_RECORD_H

#include "ingest/work.h"

enum { RECORD_REJECTED_S = 30 * 24 * 3600 }; /* digests are remembered */

/* Is any of its certificates in this state? */
bool record_has(const struct submission *sub, enum work_state state);
/* After the commit: what was to be written is. */
void record_settle(struct submission *sub);

/*
 * Checks that every row is still what the worker merged with, then writes
 * rows, search rows and changes. BUSY, before anything is written, when some
 * are not: those are in state WORK_RACED then.
 */
MUST_CHECK enum status record_submission(struct submission *sub,
	struct store_session *w, struct writer *writer, struct err *err);

#endif
