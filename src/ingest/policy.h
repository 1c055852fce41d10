/*
 * policy.h - limits and filters: every quantity an outsider controls
 *
 * One table (policy.c) names each with its default, bounds and meaning; conf
 * reads it to make configuration keys.
 *
 * Threads: read-only after start.
 * Source:  design: reliability section 4, spec openpgp 8.1.
 */
#ifndef KEYPOST_INGEST_POLICY_H
#define KEYPOST_INGEST_POLICY_H

#include "pgp/cert.h"
#include "pgp/level.h"

struct policy {
	enum level level;
	struct cert_limits limits; /* L7, L8, L9, L12 */
	size_t max_body;           /* L3, octets */
	size_t max_queue_items;    /* L25 */
	size_t max_queue_octets;
	size_t max_arena;      /* of one submission */
	size_t commit_batch;   /* submissions in one transaction */
	size_t workers;        /* 0: CPUs - 1, 1 to 16 */
	int64_t queue_time_ms; /* submission from queue to answer */
};

/* The defaults of the specification. */
void policy_init(struct policy *p);

#endif
