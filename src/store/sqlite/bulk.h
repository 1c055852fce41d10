/*
 * bulk.h - a store that is filled by one load, and indexed at its end
 *
 * Rows are appended to the table of certificates, and nothing else is written
 * in random order: the keys of each, and its digest, go to sorters, the index
 * of digests is taken away, and bulk_finish writes both in their order.
 * The file has a rollback journal meanwhile, which knows nothing of what is
 * appended: each page is written once.
 *
 * A fact in meta says that the indexes are missing. Whoever opens the file next
 * makes them from the rows, or goes on loading: nothing but rows is needed, so
 * a load may end at any moment.
 *
 * Memory:  bulk_new makes, bulk_free frees.
 * Threads: one connection for all, under `lock`; bulk_ops.c takes it.
 * Errors:  as store.h; LIMIT: more certificates than one load can hold.
 * Source:  doc/decisions/bulk-load.md; sqlite.org/lockingv3.html section 5.
 */
#ifndef KEYPOST_STORE_SQLITE_BULK_H
#define KEYPOST_STORE_SQLITE_BULK_H

#include <pthread.h>

#include "store/sqlite/db.h"
#include "store/sqlite/keyrow.h"
#include "store/sqlite/runs.h"
#include "store/sqlite/terms.h"

/* The indexes are not made yet. */
#define META_BULK "bulk_load"

/* What is sorted. */
enum bulk_index { BULK_HANDLES, BULK_DIGESTS, BULK_INDEXES };
enum { BULK_HANDLE_RECORD = 44, BULK_DIGEST_RECORD = 30 };

/* How much of it there was, and of what waits for the index of user IDs. */
struct bulk_mark {
	size_t runs[BULK_INDEXES], queue;
};

struct bulk {
	pthread_mutex_t lock;
	struct sqlite_session *writer; /* NULL: it could not be opened */
	struct keyrow *keys; /* NULL: the end has begun */
	struct runs *runs[BULK_INDEXES];
	uint32_t noted; /* records, in the order of their coming */
	bool in_txn;
	bool lost; /* what was not on disk yet is gone */
	struct err why;
	size_t octets;          /* put since the last commit */
	struct bulk_mark batch; /* where it began */
	struct bulk_mark job;   /* and the job in it */
};

struct bulk_digest {
	struct sks_digest digest;
	uint32_t flags;
	int64_t row;
};

extern const struct store_ops sqlite_bulk_ops;

/*
 * Sets store->bulk, and opens its one connection. `from_nothing`, when the file
 * is empty: the schema is made in the transaction that takes the first rows, so
 * that nothing has to be flushed before. Else takes the indexes away, and
 * learns what is stored.
 */
MUST_CHECK enum status bulk_new(
	struct sqlite_store *store, bool from_nothing, struct err *err);
/* What was not committed is undone. */
void bulk_free(struct sqlite_store *store);
/* Are the indexes of this database missing? */
MUST_CHECK enum status bulk_is_pending(
	struct sqlite_session *s, bool *pending, struct err *err);
/* Whoever only reads waits for the end: UNSUPPORTED, and why. A load that fills
 * the store keeps a journal, and nobody else does. `path` is the database's. */
MUST_CHECK enum status bulk_refuse_reading(const char *path, struct err *err);
MUST_CHECK enum status bulk_check_journal(const char *path, struct err *err);
/* Once there is a log, under the lock: an empty journal may have outlived a
 * load that was killed as it made or left it. */
void bulk_drop_journal(const char *path);
/* The same refusal for who opens the file as raw.h does. */
MUST_CHECK enum status bulk_check_whole(
	sqlite3 *db, const char *path, struct err *err);
/* For a store that another load left: does the rest of its work, and tells
 * store->completes now and then. */
MUST_CHECK enum status bulk_recover(
	struct sqlite_store *store, struct err *err);

/* In a transaction: this row has, or has no longer, that handle. */
MUST_CHECK enum status bulk_note(struct sqlite_session *s,
	const struct term *handle, int64_t row, bool removed, struct err *err);
/* The same of its digest. */
void bulk_note_digest(struct sqlite_session *s, const struct bulk_digest *d,
	bool removed);
/* Writes sorted runs when their memory is full. */
MUST_CHECK enum status bulk_tidy(struct bulk *b, struct err *err);
/* The n-th row that may be of that certificate; false: no more. */
bool bulk_nth(
	const struct bulk *b, const struct handle *h, size_t n, int64_t *row);
/* As store_find does for keys; of the primaries alone, and for nothing else. */
MUST_CHECK enum status bulk_find(struct sqlite_session *s,
	const struct store_query *q, size_t max, struct arena *arena,
	struct cert_rows *rows, struct err *err);
/* In a transaction: all that was noted, as rows of their table, and of the
 * index that is missing. */
MUST_CHECK enum status bulk_put_handles(
	struct sqlite_session *s, struct err *err);
MUST_CHECK enum status bulk_put_digests(
	struct sqlite_session *s, struct err *err);
/* Makes the indexes, commits, and closes the connection of a file that others
 * may open from then on. */
MUST_CHECK enum status bulk_finish(struct sqlite_session *s, struct err *err);

/* ---- sessions: bulk_ops.c, bulk_txn.c ---------------------------------- */

struct bulk *bulk_of(struct store_session *session);
void bulk_lock(struct bulk *b);
void bulk_unlock(struct bulk *b);
/* The next two, and bulk_find, under the lock. Why nothing can be done. */
MUST_CHECK enum status bulk_refuse(const struct bulk *b, struct err *err);
/* To the disk, all that was committed. */
MUST_CHECK enum status bulk_commit_all(struct bulk *b, struct err *err);
/* The same, and the indexes: nothing can be written any more. */
MUST_CHECK enum status bulk_end(struct bulk *b, struct err *err);
enum status bulk_begin(struct store_session *s, struct err *err);
enum status bulk_commit(struct store_session *s, struct err *err);
void bulk_rollback(struct store_session *s);
enum status bulk_savepoint(struct store_session *s, struct err *err);
enum status bulk_release(struct store_session *s, bool keep, struct err *err);

#endif
