/*
 * forwarded.h - whom a trusted proxy speaks for, by X-Forwarded-For
 *
 * Each proxy adds the address it saw at the right; what stands further left
 * than the right-most address that we do not trust is the client's own word.
 *
 * Memory:  values.
 * Threads: pure.
 * Errors:  none; what is no address counts as the proxy's own.
 * Source:  design: reliability section 4, "Rates".
 */
#ifndef KEYPOST_HTTP_SERVER_FORWARDED_H
#define KEYPOST_HTTP_SERVER_FORWARDED_H

#include "http/message/request.h"
#include "http/server/conn.h"

enum forwarded_kind {
	FORWARDED_NOBODY, /* no such field, or trusted addresses only */
	FORWARDED_ADDRESS,
	FORWARDED_GARBAGE
};

struct forwarded {
	enum forwarded_kind kind;
	struct peer_address address;
};

/* One header field, in their order; start from a zeroed one. */
void forwarded_add(struct forwarded *f, const struct address_ranges *trusted,
	struct bytes field);

/*
 * Rates of this request are the client's, not those of the proxy that it came
 * through: sets req->from, to `client` if need be. False when the client has
 * sent so much that is malformed that it is shut out for now.
 */
MUST_CHECK bool forwarded_find(struct request *req,
	const struct conn_table *conns, const struct conn *proxy,
	struct peer_address *client);

#endif
