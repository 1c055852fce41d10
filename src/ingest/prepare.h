/*
 * prepare.h - compare a submission with the store; make ready what is new
 *
 * Memory:  rows, search rows and changes live in the arena of the turn.
 * Threads: a worker's, with a read session of its own.
 * Errors:  MALFORMED (the stored row is damaged); what the store says.
 * Source:  spec openpgp section 9; design: architecture section 5.
 */
#ifndef KEYPOST_INGEST_PREPARE_H
#define KEYPOST_INGEST_PREPARE_H

#include "ingest/policy.h"
#include "ingest/work.h"

/*
 * Settles each certificate that is to be merged: outcome and next state. The
 * others are left as they are, so that a submission can come again with the
 * certificates that another one changed meanwhile. When the memory of this
 * turn is full the rest stays in state WORK_TO_MERGE, for the turn after what
 * is ready was written.
 */
MUST_CHECK enum status prepare_certs(struct store_session *s,
	const struct policy *policy, struct submission *sub, struct err *err);

#endif
