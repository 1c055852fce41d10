/*
 * workq.h - a bounded queue between threads
 *
 * Bounded by items and by weight (octets), so that what waits is bounded
 * memory. A full queue says BUSY at once; nobody waits to put.
 *
 * Memory:  items are taken by put and handed to whoever takes them.
 * Threads: any number may put and take.
 * Units:   deadlines in milliseconds from now; -1 waits for ever.
 */
#ifndef KEYPOST_BASE_WORKQ_H
#define KEYPOST_BASE_WORKQ_H

#include <stdint.h>

#include "base/bytes.h"

struct workq;

/* max_weight 0: items alone count. */
struct workq *workq_new(size_t max_items, size_t max_weight);
/* The queue must be empty: whoever closed it has drained it. */
void workq_free(struct workq *q);
/* BUSY when full, CLOSED after workq_close. One item alone always fits. */
MUST_CHECK enum status workq_put(struct workq *q, void *item, size_t weight);
/* As workq_put, but may pass the limit: for work already admitted once. */
MUST_CHECK enum status workq_put_again(
	struct workq *q, void *item, size_t weight);
/* TIMEOUT, or CLOSED once closed and empty: drain, then stop. */
MUST_CHECK enum status workq_take(
	struct workq *q, int64_t wait_ms, void **item);
void workq_close(struct workq *q);

#endif
