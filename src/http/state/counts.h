/*
 * counts.h - what was counted of the change log, and how far
 *
 * Memory:  value. counts_write appends to a buffer.
 * Threads: pure.
 * Errors:  counts_read: MALFORMED, and *c is as it was.
 */
#ifndef KEYPOST_HTTP_STATE_COUNTS_H
#define KEYPOST_HTTP_STATE_COUNTS_H

#include "base/bytes.h"
#include "http/state/histogram.h"

struct counts {
	struct histogram hours, days;
	int64_t cursor;      /* changes up to it are counted, or were pruned */
	int64_t since;       /* what was before is not known; 0: all is */
	int64_t missed;      /* pruned before they were counted */
	int64_t missed_last; /* when some were */
};

void counts_init(struct counts *c);
/* On to change `cursor`; `missed` of those up to it are not there any more. */
void counts_advance(
	struct counts *c, int64_t cursor, int64_t missed, int64_t now);
/* How many are missing in what is shown. */
int64_t counts_missed(const struct counts *c, int64_t now);
MUST_CHECK enum status counts_write(const struct counts *c, struct buf *out);
MUST_CHECK enum status counts_read(struct bytes in, struct counts *c);

#endif
