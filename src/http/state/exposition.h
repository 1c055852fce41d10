/*
 * exposition.h - all figures of this server, in the text format of Prometheus
 *
 * Requests (metrics.h), the counters of base/counter that have a name here,
 * and what the store tells of certificates, disk and mail peers. Labels are
 * routes of the table, known words, and names of configured peers.
 *
 * Memory:  appended to `out`.
 * Threads: any; asks the store.
 * Source:  spec hkp section 10; Prometheus text format 0.0.4.
 */
#ifndef KEYPOST_HTTP_STATE_EXPOSITION_H
#define KEYPOST_HTTP_STATE_EXPOSITION_H

#include "http/services.h"

struct conn_table;

MUST_CHECK enum status exposition_write(const struct services *s,
	struct conn_table *conns, struct buf *out, struct err *err);

#endif
