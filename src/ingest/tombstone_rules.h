/*
 * tombstone_rules.h - what tombstones say of a certificate
 *
 * Memory:  the arena.
 * Threads: any.
 * Errors:  LIMIT when the arena is full.
 * Source:  spec openpgp sections 8.2 and 10.
 */
#ifndef KEYPOST_INGEST_TOMBSTONE_RULES_H
#define KEYPOST_INGEST_TOMBSTONE_RULES_H

#include "ingest/tombstone.h"
#include "pgp/level.h"

enum tombstone_rule { /* the stricter, the larger */
	RULE_NONE,
	RULE_BLOCK, /* only its primary key and valid revocations of it */
	RULE_ERASE  /* nothing */
};

enum tombstone_rule tombstones_of_key(
	const struct tombstones *t, struct bytes fingerprint);
enum tombstone_rule tombstones_of_primary(
	const struct tombstones *t, const struct cert_id *id);
/* The strictest of its primary and of every subkey. */
enum tombstone_rule tombstones_of_cert(
	const struct tombstones *t, const struct cert *cert);

/* For struct level_rules; false when there is nothing to leave out. */
struct tombstone_ban {
	struct level_ban ban;
	const struct tombstones *t;
	struct arena *arena;
};
bool tombstones_ban(const struct tombstones *t, struct arena *arena,
	struct tombstone_ban *out);

/*
 * What may stay of a blocked certificate: its primary key and what verifies as
 * its own revocation of itself. *out is NULL when there is no such revocation.
 * *spent becomes true when the budget did not suffice to find them all.
 */
MUST_CHECK enum status tombstone_reduce(struct arena *arena,
	const struct cert *cert, struct verify_budget *budget, bool *spent,
	struct cert **out);

#endif
