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

enum {
	/* Octets hashed for one submission: a second of the slowest hash, and
	 * far more than as many packets as L8 allows ever take. */
	WORKER_HASHED_MAX = 256 * 1024 * 1024,
	WORKER_CHEAP_SHARE = 8 /* of L13: up to it nobody waits for long */
};

/*
 * Reads the body once: fills the outcomes, and the certificates that are to
 * be compared with the store.
 */
MUST_CHECK enum status worker_read(
	const struct policy *policy, struct submission *sub, struct err *err);

/* One of so many shares of L13. */
struct verify_budget worker_budget(const struct policy *policy, size_t share);
/*
 * May what it brings cost more than a share of L13, going by sizes alone? Of
 * a bulk load, more than all of it.
 */
bool worker_is_dear(const struct policy *policy, const struct submission *sub);
/* As if it had not been read: another thread reads it again. */
void worker_forget(struct submission *sub);

/* What `counts` says, once the outcomes are final. */
void worker_count(struct submission *sub);

#endif
