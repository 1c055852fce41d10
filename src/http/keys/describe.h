/*
 * describe.h - what was found, as facts for a listing
 *
 * Memory:  the request's arena.
 * Threads: a pool thread, or the search thread; borrows a session where a
 *          revocation by somebody else is there to be judged.
 * Errors:  LIMIT; IO: a row is damaged.
 * Source:  spec hkp section 4, spec openpgp section 8.2.
 */
#ifndef KEYPOST_HTTP_KEYS_DESCRIBE_H
#define KEYPOST_HTTP_KEYS_DESCRIBE_H

#include "http/message/request.h"
#include "lookup/index.h"

/* One of each row, at `now`; a field of the reply tells how many there are. */
MUST_CHECK enum status describe_rows(struct request *req, struct reply *reply,
	const struct cert_rows *rows, int64_t now, bool signatures,
	struct index_cert **certs);

#endif
