/*
 * index.h - the inverted index over user IDs
 *
 * The index writes one run of postings each time a savepoint is made or a
 * transaction ends, so what a transaction changes in it is gathered and
 * written in few goes, the last one before the commit.
 *
 * Memory:  index_queue_new makes, index_queue_free frees.
 * Threads: the session's.
 * Errors:  LIMIT when one job gathers too much.
 * Source:  sqlite.org/fts5.html sections 4.4.3 (contentless) and 6.
 */
#ifndef KEYPOST_STORE_SQLITE_INDEX_H
#define KEYPOST_STORE_SQLITE_INDEX_H

#include "store/sqlite/db.h"

struct index_queue *index_queue_new(void);
void index_queue_free(struct index_queue *q);
void index_queue_clear(struct index_queue *q);
/* From here index_queue_release takes back what was added, unless `keep`. */
void index_queue_mark(struct index_queue *q);
void index_queue_release(struct index_queue *q, bool keep);
/* How many changes wait, and back to so many of them. */
size_t index_queue_count(const struct index_queue *q);
void index_queue_cut(struct index_queue *q, size_t count);
/* Octets of what was gathered. */
size_t index_gathered(const struct index_queue *q);

/* The row's packed terms were `old` (empty: none), and those it has now are
 * `text`, as terms_text has it, without its NUL. */
MUST_CHECK enum status index_replace(struct sqlite_session *s, int64_t row,
	struct bytes old, struct bytes text, struct err *err);
/* Before a mark: writes what was gathered if that is much. */
MUST_CHECK enum status index_make_room(
	struct sqlite_session *s, struct err *err);
/* Writes what was gathered; not between a mark and its release. */
MUST_CHECK enum status index_flush(struct sqlite_session *s, struct err *err);
/*
 * Before a session ends that wrote much of the index, as a first load does:
 * makes one run of all, since a search looks into each. By itself, so that
 * nothing is lost if it fails.
 */
void index_merge(struct sqlite_session *s);

#endif
