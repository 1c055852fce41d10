/*
 * metrics.h - how many requests were answered how, and how soon
 *
 * One atomic addition counts a request by route, method, status and time at
 * once, a second one its time; everything else is put together when somebody
 * asks. No label holds what a client sent: a route is a row of the table.
 *
 * Memory:  metrics_free.
 * Threads: any.
 * Units:   microseconds, from the request line to the answer.
 * Source:  spec hkp section 10.
 */
#ifndef KEYPOST_HTTP_STATE_METRICS_H
#define KEYPOST_HTTP_STATE_METRICS_H

#include "http/route.h"

enum {
	METRICS_METHODS = METHOD_OTHER + 1,
	METRICS_STATUSES = 20,
	METRICS_BUCKETS = 10 /* the first up to 64, each four times the last */
};

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* `route` NULL: no row of the table. */
void metrics_count(struct metrics *m, const struct route *route,
	enum request_method method, unsigned int status, int64_t us);

struct metrics_totals {
	uint64_t all;
	uint64_t refused; /* 4xx */
	uint64_t failed;  /* 5xx */
};
struct metrics_totals metrics_sum(const struct metrics *m);

/* Both families, in the text format of Prometheus. */
MUST_CHECK enum status metrics_write(const struct metrics *m, struct buf *out);

#endif
