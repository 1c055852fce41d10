/*
 * search.h - from a query to rows
 *
 * Every hit is checked against what its row claims, so that a stale or
 * damaged index entry shows nothing that the certificate does not hold.
 */
#ifndef KEYPOST_STORE_SQLITE_SEARCH_H
#define KEYPOST_STORE_SQLITE_SEARCH_H

#include "store/sqlite/db.h"

/* What the tables have, in a snapshot of the session's. */
MUST_CHECK enum status search_tables(struct sqlite_session *s,
	const struct store_query *q, size_t max, struct arena *arena,
	struct cert_rows *rows, struct err *err);
/* A single row, as a list. */
MUST_CHECK enum status search_take_only(const struct cert_row *row,
	struct arena *arena, struct cert_rows *rows, struct err *err);
enum status sqlite_find(struct store_session *s, const struct store_query *q,
	size_t max, struct arena *arena, struct cert_rows *rows,
	struct err *err);

#endif
