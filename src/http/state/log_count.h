/*
 * log_count.h - counts the change log, and keeps what it counted
 *
 * The log is read once, in small steps, and what was counted is written into
 * the store now and then: the log is pruned, and a restart must not forget
 * what it held.
 *
 * Memory:  embedded; log_count_done.
 * Threads: one at a time; the caller has a lock.
 * Errors:  those of the store; nothing is counted then.
 * Source:  spec hkp section 9.
 */
#ifndef KEYPOST_HTTP_STATE_LOG_COUNT_H
#define KEYPOST_HTTP_STATE_LOG_COUNT_H

#include "http/state/counts.h"
#include "store/store.h"

enum {
	LOG_COUNT_STEP = 20000,   /* changes counted in one go */
	LOG_COUNT_KEEP_MS = 30000 /* between writing down what was counted */
};

struct writer;

struct log_count {
	struct counts counts;
	bool begun;
	int64_t kept;              /* the cursor of what is in the store */
	int64_t keep_ms;           /* when to put it there again */
	struct change_mark *marks; /* LOG_COUNT_STEP of them */
};

void log_count_init(struct log_count *l);
void log_count_done(struct log_count *l);
/* Counts what is new; more is left when counts.cursor is below `last_seq`. */
MUST_CHECK enum status log_count_step(struct log_count *l,
	struct store_session *s, int64_t *last_seq, struct err *err);
/* Has it written into the store if there is something new, and the last time
 * is long enough ago or this is the end (`now`). */
void log_count_keep(struct log_count *l, struct writer *writer, bool now);

#endif
