/* Transactions of a store that is being filled: many batches in one. */

#include <assert.h>

#include "store/sqlite/bulk.h"
#include "store/sqlite/index.h"
#include "store/sqlite/txn.h"

enum {
	COMMIT_OCTETS = 256 * 1024 * 1024, /* put between two commits */
	INDEX_OCTETS = 8 * 1024 * 1024     /* of terms, gathered for the index */
};

struct bulk *
bulk_of(struct store_session *session)
{
	return sqlite_store_of(session->store)->bulk;
}

void
bulk_lock(struct bulk *b)
{
	int rc = pthread_mutex_lock(&b->lock);

	assert(rc == 0);
	(void)rc;
}

void
bulk_unlock(struct bulk *b)
{
	int rc = pthread_mutex_unlock(&b->lock);

	assert(rc == 0);
	(void)rc;
}

static enum status
run(struct sqlite_session *s, enum stmt_id id, struct err *err)
{
	struct stmt_run r = stmt_start(s, id);

	return stmt_finish(&r, err);
}

enum status
bulk_refuse(const struct bulk *b, struct err *err)
{
	*err = b->why;
	return STATUS_IO;
}

static struct bulk_mark
mark_now(const struct bulk *b)
{
	struct bulk_mark m = {.queue = index_queue_count(b->writer->queue)};

	for (int i = 0; i < BULK_INDEXES; i++)
		m.runs[i] = runs_count(b->runs[i]);
	return m;
}

static void
cut_to(struct bulk *b, const struct bulk_mark *m)
{
	index_queue_cut(b->writer->queue, m->queue);
	for (int i = 0; i < BULK_INDEXES; i++)
		runs_cut(b->runs[i], m->runs[i]);
}

/* Since the last commit nothing is there any more. */
static enum status
lose(struct bulk *b, enum status st, const struct err *err)
{
	struct sqlite_session *s = b->writer;

	if (!b->lost)
		b->why = *err;
	b->lost = true;
	b->in_txn = false;
	s->in_txn = false;
	if (s->db != NULL && sqlite3_get_autocommit(s->db) == 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return st;
}

enum status
bulk_commit_all(struct bulk *b, struct err *err)
{
	struct sqlite_session *s = b->writer;
	enum status st = STATUS_OK;

	if (b->lost)
		return bulk_refuse(b, err);
	if (!b->in_txn)
		return STATUS_OK;
	st = index_flush(s, err);
	if (st == STATUS_OK)
		st = run(s, STMT_COMMIT, err);
	if (st != STATUS_OK)
		return lose(b, st, err);
	b->in_txn = false;
	b->octets = 0;
	return STATUS_OK;
}

enum status
bulk_end(struct bulk *b, struct err *err)
{
	const struct err ended = {"the load has ended"};
	enum status st;

	if (b->lost)
		return bulk_refuse(b, err);
	st = bulk_finish(b->writer, err);
	(void)lose(b, st, st == STATUS_OK ? &ended : err);
	return st;
}

enum status
bulk_begin(struct store_session *session, struct err *err)
{
	struct bulk *b = bulk_of(session);
	struct sqlite_session *s = b->writer;
	enum status st = STATUS_OK;

	bulk_lock(b);
	assert(!s->in_txn);
	if (b->lost)
		st = bulk_refuse(b, err);
	if (st == STATUS_OK && !b->in_txn) {
		st = run(s, STMT_BEGIN_IMMEDIATE, err);
		b->in_txn = st == STATUS_OK;
	}
	if (st == STATUS_OK)
		st = run(s, STMT_SAVEPOINT_BATCH, err);
	if (st == STATUS_OK) {
		s->in_txn = true;
		s->spoiled = false;
		s->txn_certs = 0;
		s->last_row = 0;
		s->floor_known = false;
		/* It is written here, between batches, and nowhere else. */
		index_queue_mark(s->queue);
		b->batch = mark_now(b);
	}
	bulk_unlock(b);
	return st;
}

static void
undo(struct bulk *b, struct err *err)
{
	struct sqlite_session *s = b->writer;

	s->in_txn = false;
	s->last_row = 0;
	cut_to(b, &b->batch);
	if (run(s, STMT_ROLLBACK_TO_BATCH, err) != STATUS_OK ||
		run(s, STMT_RELEASE_BATCH, err) != STATUS_OK)
		(void)lose(b, STATUS_IO, err);
}

/* What SQLite undid by itself took the earlier batches with it. */
void
bulk_rollback(struct store_session *session)
{
	struct bulk *b = bulk_of(session);
	struct err err = {"the transaction was ended by a failure"};

	bulk_lock(b);
	if (b->writer->in_txn && !b->lost)
		undo(b, &err);
	bulk_unlock(b);
}

static enum status
end_batch(struct bulk *b, struct err *err)
{
	struct sqlite_session *s = b->writer;
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK && s->spoiled) {
		err_set(err, "a write failed half-way: nothing is committed");
		st = STATUS_IO;
	}
	if (st == STATUS_OK)
		st = run(s, STMT_RELEASE_BATCH, err);
	if (st != STATUS_OK)
		return st;
	s->in_txn = false;
	(void)atomic_fetch_add(&s->store->certs, s->txn_certs);
	/* Small certificates are many before there is a commit. */
	st = bulk_tidy(b, err);
	if (st != STATUS_OK)
		return st;
	if (b->octets >= COMMIT_OCTETS)
		return bulk_commit_all(b, err);
	return index_gathered(s->queue) < INDEX_OCTETS ? STATUS_OK
						       : index_flush(s, err);
}

enum status
bulk_commit(struct store_session *session, struct err *err)
{
	struct bulk *b = bulk_of(session);
	enum status st;

	bulk_lock(b);
	st = end_batch(b, err);
	if (st != STATUS_OK && b->writer->in_txn)
		undo(b, err);
	else if (st != STATUS_OK)
		st = lose(b, st, err);
	bulk_unlock(b);
	return st;
}

enum status
bulk_savepoint(struct store_session *session, struct err *err)
{
	struct bulk *b = bulk_of(session);
	struct sqlite_session *s = b->writer;
	enum status st;

	bulk_lock(b);
	/* Outside of a transaction it would begin one of its own. */
	st = txn_may_write(s, err);
	if (st == STATUS_OK)
		st = run(s, STMT_SAVEPOINT, err);
	s->savepoint_certs = s->txn_certs;
	b->job = mark_now(b);
	bulk_unlock(b);
	return st;
}

enum status
bulk_release(struct store_session *session, bool keep, struct err *err)
{
	struct bulk *b = bulk_of(session);
	struct sqlite_session *s = b->writer;
	enum status st;

	bulk_lock(b);
	st = txn_may_write(s, err);
	if (st == STATUS_OK && (!keep || s->spoiled)) {
		st = run(s, STMT_ROLLBACK_TO, err);
		s->txn_certs = s->savepoint_certs;
		s->last_row = 0;
		s->floor_known = false;
		s->spoiled = false;
		cut_to(b, &b->job);
	}
	if (st == STATUS_OK)
		st = run(s, STMT_RELEASE, err);
	bulk_unlock(b);
	return st;
}
