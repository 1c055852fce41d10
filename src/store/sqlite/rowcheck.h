/*
 * rowcheck.h - does a row say of its certificate what is true?
 *
 * Everything else in the row follows from the canonical octets, so what
 * disagrees tells what is damaged: the octets, or what was derived from them.
 * The row's digest, the sum of its octets and its own handle, in `search`, are
 * witnesses of each other.
 *
 * Memory:  the arena: reset it between rows.
 * Threads: pure, as far as `derive` is.
 * Source:  spec openpgp sections 5 and 7.
 */
#ifndef KEYPOST_STORE_SQLITE_ROWCHECK_H
#define KEYPOST_STORE_SQLITE_ROWCHECK_H

#include <sqlite3.h>

#include "store/care.h"

/* What is wrong: bits. The first three cannot be mended from the row itself. */
enum row_fault {
	ROW_UNREADABLE = 1 << 0, /* the octets are no certificate */
	ROW_OTHER = 1 << 1,      /* they are another certificate's */
	ROW_OCTETS = 1 << 2,     /* they agree with neither digest nor sum */
	ROW_SKS_DIGEST = 1 << 3, /* derived, from here on */
	ROW_SUM = 1 << 4,
	ROW_NAME = 1 << 5,
	ROW_KEY_ID = 1 << 6,
	ROW_FLAGS = 1 << 7,
	ROW_LEVEL = 1 << 8,
	ROW_SEARCH = 1 << 9,
	ROW_FAULTS_END = 1 << 10
};
enum {
	ROW_DAMAGE = ROW_UNREADABLE | ROW_OTHER | ROW_OCTETS,
	ROW_DERIVED = ROW_FAULTS_END - 1 - ROW_DAMAGE
};

/* What is true of the octets; unset where they could not be read. */
struct row_truth {
	struct cert *cert;
	int64_t sum;
	uint8_t level; /* one that exists */
};

/* The columns that ROW_CHECK_COLUMNS selects, read from a statement's row. */
#define ROW_CHECK_COLUMNS                                                      \
	"id, version, fpr, body_sha256, key_id, sks_digest, level, flags,"     \
	" search, octets_sum, octets"
enum { ROW_CHECK_COUNT = 11, ROW_CHECK_DIGEST = 5, ROW_CHECK_FLAGS = 7,
	ROW_CHECK_SEARCH = 8 };

/* The sum of a row's octets, the same on every machine. An octet that changes
 * changes it, as do eight in one place. */
int64_t row_sum(struct bytes octets);

/* `derive` may be NULL: then `search` is not compared. */
unsigned int row_check(sqlite3_stmt *stmt, struct arena *arena,
	const struct check_derive *derive, struct row_truth *truth);
/* What `search` is to be, with roles verified. */
MUST_CHECK enum status row_search(struct arena *arena,
	const struct check_derive *derive, const struct row_truth *truth,
	struct bytes *packed);
/* A sentence's end for one fault: "...: its octets are damaged". */
const char *row_fault_text(unsigned int fault);
/* The row's fingerprint, or its number, for a sentence. */
void row_name(sqlite3_stmt *stmt, char *out, size_t size);
/* A fingerprint's hexadecimal digits, as people read them. */
void row_name_fpr(struct bytes fpr, char *out, size_t size);
struct bytes row_column(sqlite3_stmt *stmt, int i);

#endif
