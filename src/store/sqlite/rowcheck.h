/*
 * rowcheck.h - does a row say of its certificate what is true?
 *
 * Everything else in the row follows from the canonical octets, so what
 * disagrees tells what is damaged: the octets, or what was derived from them.
 *
 * Memory:  the arena: reset it between rows.
 * Threads: pure.
 * Source:  spec openpgp sections 5 and 7.
 */
#ifndef KEYPOST_STORE_SQLITE_ROWCHECK_H
#define KEYPOST_STORE_SQLITE_ROWCHECK_H

#include <sqlite3.h>

#include "store/store.h"

enum row_fault {
	ROW_SOUND,
	ROW_SKS_DIGEST,     /* derived: another digest than the octets have */
	ROW_PACKET_DIGESTS, /* derived, likewise */
	ROW_OTHER,          /* the octets are another certificate's */
	ROW_OCTETS,         /* they agree with neither of their digests */
	ROW_UNREADABLE,     /* they are no certificate */
	ROW_COLUMNS         /* a column has another shape than it may have */
};

/* What is true of the octets, as far as they could be read. */
struct row_truth {
	struct sks_digest sks_digest;
	struct bytes packet_digests;
};

/* The columns that ROW_CHECK_COLUMNS selects, read from a statement's row. */
#define ROW_CHECK_COLUMNS                                                      \
	"id, version, fpr, body_sha256, sks_digest, packet_digests, octets"
enum { ROW_CHECK_COUNT = 7 };
enum row_fault row_check(
	sqlite3_stmt *stmt, struct arena *arena, struct row_truth *truth);
/* A sentence's end: "...: its octets are damaged". */
const char *row_fault_text(enum row_fault f);
/* The row's fingerprint, or its number, for a sentence. */
void row_name(sqlite3_stmt *stmt, char *out, size_t size);

#endif
