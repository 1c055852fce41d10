/*
 * ranges.h - which of a log's numbers have arrived: a set of intervals
 *
 * Bounded: when there are too many, the gap between the lowest two is closed
 * and counted, since what is oldest is what a summary mends soonest.
 *
 * Memory:  a value.
 * Threads: pure.
 */
#ifndef KEYPOST_MAIL_RANGES_H
#define KEYPOST_MAIL_RANGES_H

#include "base/bytes.h"

enum { RANGES_MAX = 64 };

struct range {
	int64_t first, last; /* both are in it */
};

struct ranges {
	struct range list[RANGES_MAX]; /* apart from each other, rising */
	size_t count;
	unsigned int closed; /* gaps given up for want of room */
};

/* 1 <= first <= last < INT64_MAX, or it is no range. */
bool range_is_sound(int64_t first, int64_t last);
/* "first-last", both decimal; the text must end there. */
bool range_parse(struct bytes text, struct range *out);

void ranges_add(struct ranges *r, int64_t first, int64_t last);
/* Gap i between the intervals, from 0 on; false: there are no more. */
bool ranges_gap(const struct ranges *r, size_t i, struct range *gap);
/* Appends "first-last" of each, a blank before each. */
MUST_CHECK enum status ranges_write(const struct ranges *r, struct buf *out);

#endif
