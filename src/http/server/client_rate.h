/*
 * client_rate.h - how much one address may ask for in a time
 *
 * Token buckets, one of each kind for an address (an IPv6 /64). The table has
 * a fixed size and replaces what was used longest ago, so that it is no
 * target itself.
 *
 * Threads: any; the table is cut into parts with a lock each.
 * Units:   milliseconds of the monotonic clock; requests or octets.
 * Source:  design: reliability section 4, "Rates".
 */
#ifndef KEYPOST_HTTP_SERVER_CLIENT_RATE_H
#define KEYPOST_HTTP_SERVER_CLIENT_RATE_H

#include "http/server/peer_address.h"

enum client_rate {
	RATE_LOOKUP,
	RATE_SEARCH, /* words, statistics */
	RATE_SUBMISSION,
	RATE_OCTETS,    /* of submissions */
	RATE_MALFORMED, /* requests; over it, the address is shut out */
	RATE_KINDS,
	RATE_NONE = RATE_KINDS
};

enum { RATE_ENTRIES = 65536, RATE_SHUT_OUT_MS = 60000 };

struct client_rates;

struct client_rates *client_rates_new(void);
void client_rates_free(struct client_rates *t);

/*
 * False when the bucket is empty. A cost above what is left is granted once
 * and owed: the length of a body is known only when it has come.
 */
bool client_rate_take(struct client_rates *t, const struct peer_address *from,
	enum client_rate kind, uint64_t cost, int64_t now);
/* Did it send so much that is malformed that it is to stay out for now? */
bool client_rate_shut_out(
	struct client_rates *t, const struct peer_address *from, int64_t now);

#endif
