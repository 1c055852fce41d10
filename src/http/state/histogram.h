/*
 * histogram.h - changes counted by the hour or by the day
 *
 * A ring of spans: the newest pushes the oldest out. What is older than the
 * ring is not counted.
 *
 * Memory:  value.
 * Threads: none of its own.
 * Units:   `unit` and times in seconds; spans begin at multiples of `unit`
 *          since 1970 UTC.
 */
#ifndef KEYPOST_HTTP_STATE_HISTOGRAM_H
#define KEYPOST_HTTP_STATE_HISTOGRAM_H

#include "store/change.h"

enum { HISTOGRAM_HOURS = 48, HISTOGRAM_DAYS = 30, HISTOGRAM_MAX = 48 };

struct tally {
	int64_t inserted;
	int64_t updated;
	int64_t removed;
};

struct histogram {
	int64_t unit;
	size_t spans;
	int64_t number[HISTOGRAM_MAX]; /* of the span in each place */
	struct tally counts[HISTOGRAM_MAX];
};

void histogram_init(struct histogram *h, int64_t unit, size_t spans);
/* A time after `now` counts as now: a clock was set back. */
void histogram_add(
	struct histogram *h, enum change_kind kind, int64_t time, int64_t now);
/* When the span begins that is `back` before the one of `now`. */
int64_t histogram_start(const struct histogram *h, size_t back, int64_t now);
struct tally histogram_get(const struct histogram *h, size_t back, int64_t now);
/* How many spans, the newest included, reach back to `since`: 1 to all. */
size_t histogram_known(const struct histogram *h, int64_t since, int64_t now);
/* The newest `spans` together. */
struct tally histogram_sum(
	const struct histogram *h, size_t spans, int64_t now);
int64_t tally_total(const struct tally *t);

#endif
