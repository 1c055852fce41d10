/*
 * takedown_rows.h - rows that tombstones tell to go or to shrink
 *
 * Memory:  lists are malloc'ed.
 * Threads: as takedown.h.
 */
#ifndef KEYPOST_INGEST_TAKEDOWN_ROWS_H
#define KEYPOST_INGEST_TAKEDOWN_ROWS_H

#include "ingest/takedown.h"

struct cert_ids {
	struct cert_id *list;
	size_t count, cap;
};

void cert_ids_add(struct cert_ids *ids, const struct cert_id *id);
void cert_ids_done(struct cert_ids *ids);

struct takedown_sums {
	size_t erased, reduced;
};

/* Judges each of these rows by the tombstones as they are, and writes what
 * comes of it. Counts are added to. */
MUST_CHECK enum status takedown_rows(struct ingest *in,
	const struct takedown_order *o, const struct cert_ids *ids,
	struct takedown_sums *sums, struct err *err);
/* Overwrites what is gone, as far as it is in the store's hands; then notes
 * that the store has been through all tombstones. */
MUST_CHECK enum status takedown_finish(struct ingest *in,
	struct takedown_order *o, bool scrub, struct err *err);
/* Has the store of that session been through all of these? */
MUST_CHECK enum status takedown_is_noted(struct store_session *s,
	const struct tombstones *t, bool *is_noted, struct err *err);

#endif
