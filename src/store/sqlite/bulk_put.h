/*
 * bulk_put.h - sorted records as rows of a table
 *
 * Of records that agree in what they are sorted by first, the last one counts,
 * unless it says that the row was removed.
 *
 * Threads: the session's.
 * Errors:  as store.h.
 */
#ifndef KEYPOST_STORE_SQLITE_BULK_PUT_H
#define KEYPOST_STORE_SQLITE_BULK_PUT_H

#include "store/sqlite/bulk.h"

enum { BULK_COLUMNS = 3 };

/* A kind of record. */
struct bulk_kind {
	const char *into; /* INSERT INTO table(columns) */
	size_t size;
	size_t same;    /* so many octets agree in records of one row */
	size_t removed; /* where this octet is */
	/* The columns, numbered from `at` on; octets stay where they are. */
	void (*bind)(sqlite3_stmt *stmt, int at, const uint8_t *record);
};

/* After all was added to the sorter, once. */
MUST_CHECK enum status bulk_put_sorted(struct sqlite_session *s,
	struct runs *runs, const struct bulk_kind *kind, struct err *err);

/* Numbers, so that octets in order are numbers in order. */
void bulk_put_be(uint8_t *out, uint64_t v, size_t len);
uint64_t bulk_get_be(const uint8_t *in, size_t len);

#endif
