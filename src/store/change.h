/*
 * change.h - change-log records
 *
 * A commit that changes a certificate appends one record in the same
 * transaction. Whoever forwards changes is a cursor over them.
 *
 * Memory:  views into the caller's arena.
 */
#ifndef KEYPOST_STORE_CHANGE_H
#define KEYPOST_STORE_CHANGE_H

#include "pgp/cert.h"

/* From CHANGE_CERT_SHIFT on come the flags of the certificate as it is after
 * the change (enum cert_flag); none where it was removed. */
enum { CHANGE_CERT_SHIFT = 8 };
enum change_flag {
	CHANGE_NEW_CERT = 1 << 0, /* the certificate was not stored before */
	CHANGE_MODERN = 1 << 1,   /* needs accept_modern: v5, v6, unknown */
	CHANGE_NOT_SKS = CERT_NOT_SKS << CHANGE_CERT_SHIFT
};

/* Of the flags of a change, those of its certificate. */
static inline uint32_t
change_cert_flags(uint32_t flags)
{
	return flags >> CHANGE_CERT_SHIFT;
}

struct change {
	int64_t seq; /* given by the store when appended */
	struct cert_id cert;
	struct sks_digest old_digest; /* zero for a new certificate */
	struct sks_digest new_digest; /* zero when it was removed */
	uint32_t flags;               /* enum change_flag, and above it */
	struct bytes delta; /* placed digests of what was new, sorted */
	const char *origin; /* peer name, http, mail, gossip, load, admin */
	const char *seen;   /* bare addresses, a blank between */
	int64_t time;       /* seconds since 1970 */
};

/* What is younger stays in the log, delivered or not: others read it, too,
 * and whoever counts it comes more often than that. */
enum { CHANGE_YOUNG_MS = 3000 };

/* What a change was, for whoever only counts them. */
enum change_kind { CHANGE_INSERTED, CHANGE_UPDATED, CHANGE_REMOVED };

struct change_mark {
	int64_t seq;
	int64_t time;
	enum change_kind kind;
};

/* Which certificate changed, for whoever wants no more. */
struct change_name {
	int64_t seq;
	int64_t time;
	struct cert_id cert; /* fpr.len is 0: it is gone */
};

/* A change, and where a walk over all certificates meets what changed. */
struct change_place {
	int64_t seq;
	int64_t place;
};

/* What a change did to the set of all digests. */
struct change_turn {
	int64_t seq;
	struct sks_digest old_digest; /* as in struct change */
	struct sks_digest new_digest;
	uint32_t flags; /* as in struct change */
};

/* Where one certificate came from. An origin that is not known is NULL. */
struct cert_history {
	int64_t first; /* when it was first stored; unknown: loaded in bulk */
	const char *first_origin;
	int64_t last; /* its newest change, as long as the log keeps it */
	const char *last_origin;
};

struct change_batch {
	struct change *list; /* by seq */
	size_t count;
	int64_t last_seq; /* of the list; the `after` asked for when empty */
};

#endif
