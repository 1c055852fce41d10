/*
 * lookup.h - query -> records, within limits
 *
 * HTTP, mail commands and `keypost search` call these and only render
 * differently.
 *
 * Memory:  results live in the arena; octets are copies of what is stored.
 * Threads: any; the session is the caller's.
 * Errors:  NOT_FOUND (err says something if it is more than that); LIMIT (too
 *          many, or too large: err says); TIMEOUT and BUSY (the store); IO.
 * Source:  design: architecture section 6; spec hkp sections 2 and 3.
 */
#ifndef KEYPOST_LOOKUP_LOOKUP_H
#define KEYPOST_LOOKUP_LOOKUP_H

#include "lookup/query.h"
#include "pgp/cert.h"

struct lookup_limits {
	size_t max_results;  /* more: LIMIT, unless limit_given */
	bool limit_given;    /* the client asked for at most max_results */
	size_t max_octets;   /* of all certificates together; 0: none */
	bool redact;         /* hard-revoked: found by keys alone */
	uint8_t max_version; /* newer certificates are left out; 0: none */
};

/*
 * In the order of spec hkp section 2: exact address match, then valid before
 * expired before revoked, then newest, then fingerprint. A single row is not
 * parsed. `now` is clock_wall_s().
 */
MUST_CHECK enum status lookup_certs(struct store_session *s,
	const struct query *q, const struct lookup_limits *limits, int64_t now,
	struct arena *arena, struct cert_rows *rows, struct err *err);

/* Those of the digests that are stored; stops before max_octets is passed,
 * with at least one. For hashquery. */
MUST_CHECK enum status lookup_digests(struct store_session *s,
	const struct sks_digest *digests, size_t count, size_t max_octets,
	struct arena *arena, struct cert_rows *rows, struct err *err);

#endif
