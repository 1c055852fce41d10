/*
 * takedown_find.h - which stored certificates an order is about
 *
 * Memory:  ids are added to a malloc'ed list, each once.
 * Threads: as takedown.h.
 */
#ifndef KEYPOST_INGEST_TAKEDOWN_FIND_H
#define KEYPOST_INGEST_TAKEDOWN_FIND_H

#include "ingest/takedown_rows.h"

/* By the indexes: fingerprints, addresses. Counts in the items. */
MUST_CHECK enum status takedown_find(struct ingest *in,
	struct takedown_order *o, struct cert_ids *ids, struct err *err);
/*
 * By looking at every row, for what no index knows: user IDs that are found by
 * nothing, signatures, packets. Without items: what the tombstones say.
 */
MUST_CHECK enum status takedown_search(struct ingest *in,
	struct takedown_order *o, struct cert_ids *ids, struct err *err);
/* The holders of every key that has a tombstone. */
MUST_CHECK enum status takedown_search_keys(struct ingest *in,
	struct takedown_order *o, struct cert_ids *ids, struct err *err);

#endif
