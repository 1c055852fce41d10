/*
 * lone.h - revocations that come without the key they revoke
 *
 * Each is joined with the stored primary key that made it, and goes on as a
 * certificate of these two packets. What verifies with none stays refused.
 *
 * Memory:  the submission's arena.
 * Threads: the worker that holds the submission.
 * Errors:  LIMIT, IO, BUSY, TIMEOUT: nothing is decided then.
 * Source:  spec hkp section 5.
 */
#ifndef KEYPOST_INGEST_LONE_H
#define KEYPOST_INGEST_LONE_H

#include "ingest/policy.h"
#include "ingest/work.h"

enum {
	LONE_MAX = 100,   /* looked at in one submission */
	LONE_KEYS_MAX = 8 /* tried for one, when a key ID names several */
};

/* Once for a submission, before its certificates are merged. */
MUST_CHECK enum status lone_resolve(struct store_session *s,
	const struct policy *policy, struct submission *sub, struct err *err);

/*
 * For who asks what would become of it: the stored primary key that made this
 * revocation, and the revocation. NOT_FOUND: there is none.
 */
MUST_CHECK enum status lone_make_whole(struct store_session *s,
	struct arena *arena, struct bytes sig, struct cert **out,
	struct err *err);

#endif
