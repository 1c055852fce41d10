/*
 * raise_rows.h - stored rows of a lower level become what theirs is now
 *
 * What is left is what a fresh submission of the same packets would give: the
 * level is a function of packets and limits, so a row that it changes is
 * written with a change, one that it does not touch gets its level, and one
 * that it refuses altogether goes, with a change. No letter tells of it.
 *
 * Memory:  rows live in the submission's arena of the turn.
 * Threads: the raising one; the job runs on the writer's.
 * Source:  spec openpgp sections 8 and 9.
 */
#ifndef KEYPOST_INGEST_RAISE_ROWS_H
#define KEYPOST_INGEST_RAISE_ROWS_H

#include <stdatomic.h>

#include "ingest/policy.h"
#include "ingest/work.h"

struct raise_sums {
	int64_t changed;
	int64_t same;
	int64_t removed;
	int64_t skipped; /* could not be raised: they stay as they are */
};

/*
 * Levels the first of these rows, until about `max_ms` have passed or the
 * memory of a submission is used up; *taken says how many, at least one when
 * it is OK. CLOSED: `stop` was set meanwhile. Others: what the store says.
 */
MUST_CHECK enum status raise_rows(struct store_session *s,
	const struct policy *policy, struct submission *sub,
	const struct level_row *rows, size_t count, int64_t max_ms,
	const atomic_bool *stop, size_t *taken, struct raise_sums *sums,
	struct err *err);

#endif
