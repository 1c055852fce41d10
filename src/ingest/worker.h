/*
 * worker.h - dearmor, parse, filter, digest: octets -> certificates
 *
 * Memory:  everything lives in the submission's arena.
 * Threads: pure but for the submission; any number of workers.
 * Errors:  MALFORMED (no key material), REJECTED (secret material: the
 *          arena and, where allowed, the body are overwritten), LIMIT.
 * Source:  design: architecture section 5, reliability L3, L7 to L9, L14.
 */
#ifndef KEYPOST_INGEST_WORKER_H
#define KEYPOST_INGEST_WORKER_H

#include "ingest/policy.h"
#include "ingest/work.h"

/*
 * Reads the body once: fills the outcomes, and the certificates that are to
 * be compared with the store.
 */
MUST_CHECK enum status worker_read(
	const struct policy *policy, struct submission *sub, struct err *err);

/* What `counts` says, once the outcomes are final. */
void worker_count(struct submission *sub);

#endif
