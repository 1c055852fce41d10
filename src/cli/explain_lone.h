/*
 * explain_lone.h - a revocation that comes alone, and the stored key it is of
 *
 * Memory:  the arena.
 * Threads: the session's.
 * Errors:  NOT_FOUND: no more of them. What the store and the arena say.
 * Source:  spec openpgp section 2.
 */
#ifndef KEYPOST_CLI_EXPLAIN_LONE_H
#define KEYPOST_CLI_EXPLAIN_LONE_H

#include "pgp/explain.h"
#include "store/store.h"

/*
 * The next packet of the block that is the revocation of a stored key: both of
 * them as a block of their own. It no longer counts as one that belongs to
 * none. Without a session there are none.
 */
MUST_CHECK enum status explain_next_lone(struct store_session *s,
	struct arena *arena, struct explanation *all, struct bytes *octets,
	struct err *err);

#endif
