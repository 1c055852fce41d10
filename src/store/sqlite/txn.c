#include "store/sqlite/txn.h"

#include <assert.h>

#include "base/clock.h"
#include "base/crash.h"
#include "store/sqlite/facts.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/index.h"
#include "store/sqlite/meta.h"

static enum status
run(struct sqlite_session *s, enum stmt_id id, struct err *err)
{
	struct stmt_run r = stmt_start(s, id);

	return stmt_finish(&r, err);
}

static void
end_snapshot(struct sqlite_session *s)
{
	s->kept = false;
	s->deadline_ms = 0; /* ending takes no time worth a limit */
	if (sqlite3_get_autocommit(s->db) == 0 &&
		run(s, STMT_COMMIT, NULL) != STATUS_OK)
		s->unsound = true;
}

/* Ends a kept snapshot that is not to be used again. */
static void
end_if_old(struct sqlite_session *s)
{
	if (s->kept && s->epoch != atomic_load(&s->store->epoch))
		end_snapshot(s);
}

void
txn_start_clock(struct sqlite_session *s)
{
	end_if_old(s);
	if (s->base.kind == SESSION_READ)
		s->deadline_ms = clock_mono_ms() + s->store->lookup_ms;
}

bool
txn_may_keep(const struct sqlite_session *s)
{
	return s->base.pooled && !s->store->read_only &&
	       (s->kept || sqlite3_get_autocommit(s->db) != 0);
}

enum status
txn_enter_read(struct sqlite_session *s, bool *alone, struct err *err)
{
	/* First: what is committed after this line may be missed. */
	unsigned long long epoch = atomic_load(&s->store->epoch);
	bool keep = txn_may_keep(s);
	enum status st;

	txn_start_clock(s);
	*alone = false;
	if (sqlite3_get_autocommit(s->db) == 0)
		return STATUS_OK;
	st = run(s, STMT_BEGIN, err);
	s->epoch = epoch;
	s->kept = keep && st == STATUS_OK;
	*alone = !s->kept;
	return st;
}

void
txn_leave_read(struct sqlite_session *s, bool alone)
{
	if (alone)
		end_snapshot(s);
}

enum status
sqlite_begin_read(struct store_session *session, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	int64_t seq;
	enum status st;

	sqlite_rest(session);
	txn_start_clock(s);
	st = run(s, STMT_BEGIN, err);
	if (st != STATUS_OK)
		return st;
	/* BEGIN alone takes no snapshot: the first read does. */
	st = s->base.ops->last_seq(session, &seq, err);
	if (st != STATUS_OK)
		sqlite_end_read(session);
	return st;
}

void
sqlite_end_read(struct store_session *session)
{
	struct sqlite_session *s = sqlite_session_of(session);

	end_if_old(s);
	if (!s->kept && session->kind == SESSION_READ)
		end_snapshot(s);
}

void
sqlite_rest(struct store_session *session)
{
	struct sqlite_session *s = sqlite_session_of(session);

	if (s->kept)
		end_snapshot(s);
}

/* No snapshot that is kept now is used for another call. */
static void
end_epoch(struct sqlite_store *store)
{
	(void)atomic_fetch_add(&store->epoch, 1);
}

/* ---- writing ------------------------------------------------------- */

static int
note_wal_size(void *ctx, sqlite3 *db, const char *name, int pages)
{
	struct sqlite_session *s = ctx;

	(void)db;
	(void)name;
	s->wal_pages = pages;
	return SQLITE_OK;
}

void
txn_writer_opened(struct sqlite_session *s)
{
	(void)sqlite3_wal_hook(s->db, note_wal_size, s);
	if (s->queue == NULL)
		s->queue = index_queue_new();
}

enum status
txn_may_write(struct sqlite_session *s, struct err *err)
{
	assert(s->in_txn);
	if (sqlite3_get_autocommit(s->db) == 0)
		return STATUS_OK;
	/* SQLite itself rolled back: nothing may be written outside. */
	err_set(err, "the transaction was ended by an earlier failure");
	return STATUS_IO;
}

enum status
sqlite_check_space(struct store_session *session, struct err *err)
{
	struct sqlite_store *store = sqlite_session_of(session)->store;
	int64_t free_octets;
	enum status st = fault_may_write(store, err);

	if (st == STATUS_OK)
		st = folder_free(store->folder, &free_octets, err);
	if (st != STATUS_OK || free_octets >= store->disk_reserve)
		return st;
	err_set(err,
		"%lld MiB free for %s, less than disk_reserve (%lld MiB): "
		"free space there",
		(long long)free_octets >> 20, store->folder,
		(long long)store->disk_reserve >> 20);
	return STATUS_BUSY;
}

static enum status
reopen(struct sqlite_session *s, struct err *err)
{
	int64_t certs;
	enum status st = db_reconnect(s, DB_WRITER, err);

	/* A commit that was told as failed may turn out to be there. */
	if (st == STATUS_OK)
		st = facts_count_certs(s, &certs, err);
	if (st != STATUS_OK)
		return st;
	atomic_store(&s->store->certs, certs);
	end_epoch(s->store);
	recent_end_all(s->store->recent);
	txn_writer_opened(s);
	s->reopen = false;
	s->unsound = false;
	s->wal_mark = 0;
	return STATUS_OK;
}

/* The first transaction takes back the word of a clean stop. */
static enum status
clear_marker(struct sqlite_session *s, struct err *err)
{
	if (s->marker_cleared)
		return STATUS_OK;
	return meta_delete(s, META_STOPPED, err);
}

enum status
sqlite_begin(struct store_session *session, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = fault_may_write(s->store, err);

	assert(!s->in_txn);
	if (st == STATUS_OK && s->reopen)
		st = reopen(s, err);
	if (st == STATUS_OK)
		st = run(s, STMT_BEGIN_IMMEDIATE, err);
	if (st != STATUS_OK)
		return st;
	s->in_txn = true;
	s->spoiled = false;
	s->txn_certs = 0;
	s->last_row = 0;
	s->floor_known = false;
	index_queue_clear(s->queue);
	st = clear_marker(s, err);
	if (st != STATUS_OK)
		sqlite_rollback(session);
	return st;
}

enum status
sqlite_commit(struct store_session *session, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK && s->spoiled) {
		err_set(err, "a write failed half-way: nothing is committed");
		st = STATUS_IO;
	}
	if (st == STATUS_OK)
		st = index_flush(s, err);
	if (st == STATUS_OK)
		st = run(s, STMT_COMMIT, err);
	if (st != STATUS_OK) {
		sqlite_rollback(session);
		return st;
	}
	s->in_txn = false;
	s->marker_cleared = true;
	s->last_commit_ms = clock_mono_ms();
	(void)atomic_fetch_add(&s->store->certs, s->txn_certs);
	/* In this order: who reads the turn looks at the epoch next. */
	end_epoch(s->store);
	recent_end_marked(s->store->recent, &s->marks);
	return STATUS_OK;
}

void
sqlite_rollback(struct store_session *session)
{
	struct sqlite_session *s = sqlite_session_of(session);

	s->in_txn = false;
	s->last_row = 0;
	s->floor_known = false;
	if (s->db == NULL || sqlite3_get_autocommit(s->db) != 0)
		return;
	if (run(s, STMT_ROLLBACK, NULL) != STATUS_OK)
		s->reopen = true;
}

enum status
sqlite_savepoint(struct store_session *session, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK)
		st = index_make_room(s, err);
	if (st == STATUS_OK)
		st = run(s, STMT_SAVEPOINT, err);
	if (st == STATUS_OK) {
		s->savepoint_certs = s->txn_certs;
		index_queue_mark(s->queue);
	}
	return st;
}

enum status
sqlite_release(struct store_session *session, bool keep, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	if (st == STATUS_OK && keep && s->spoiled) {
		err_set(err, "a write failed half-way: it cannot be kept");
		st = STATUS_IO;
	}
	if (st != STATUS_OK)
		return st;
	if (!keep) {
		st = run(s, STMT_ROLLBACK_TO, err);
		s->txn_certs = s->savepoint_certs;
		s->last_row = 0;
		s->floor_known = false;
	}
	index_queue_release(s->queue, keep);
	if (st == STATUS_OK)
		st = run(s, STMT_RELEASE, err);
	s->spoiled = st != STATUS_OK;
	return st;
}

/* ---- checkpoints --------------------------------------------------- */

/* Of kept snapshots: those of borrowed sessions end when they come back. */
static void
let_go(struct sqlite_store *store)
{
	end_epoch(store);
	store_rest_idle(&store->base);
}

/* Nothing is lost when it fails: the log stays, the next one tries again. */
static void
checkpoint(struct sqlite_session *s, int mode)
{
	int rc, in_log = 0, done = 0;

	let_go(s->store);
	crash_point("checkpoint");
	(void)sqlite3_busy_timeout(s->db, DB_BUSY_CHECKPOINT_MS);
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, &in_log, &done);
	(void)sqlite3_busy_timeout(s->db, DB_BUSY_MS);
	/* Those taken meanwhile would keep the log from starting again. */
	let_go(s->store);
	crash_point("checkpoint");
	if (rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE)
		s->wal_pages = 0;
	/* Sets what must follow: opened again, or a stop for damage. */
	else if (rc != SQLITE_BUSY && fault_status(s, rc, NULL) != STATUS_OK)
		return;
}

void
sqlite_checkpoint(struct store_session *session, bool idle)
{
	struct sqlite_session *s = sqlite_session_of(session);
	int64_t now = clock_mono_ms();
	int64_t wal = s->wal_pages * DB_PAGE_SIZE;
	bool quiet = now - s->last_commit_ms >= TXN_QUIET_MS;

	assert(!s->in_txn);
	if (s->reopen || s->wal_pages == 0)
		return;
	if (wal < s->wal_mark)
		s->wal_mark = 0; /* it was started again */
	if (s->want_empty_log) {
		s->last_truncate_ms = now;
		checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
		s->wal_mark = s->wal_pages * DB_PAGE_SIZE;
		s->want_empty_log = s->wal_pages > 0;
	} else if ((idle && (quiet || wal > TXN_CHECKPOINT_OCTETS)) ||
		   wal > TXN_TRUNCATE_OCTETS) {
		/* A reader may hold it up: not at every batch. */
		if (now - s->last_truncate_ms < TXN_QUIET_MS)
			return;
		s->last_truncate_ms = now;
		checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
		s->wal_mark = s->wal_pages * DB_PAGE_SIZE;
	} else if (wal - s->wal_mark > TXN_CHECKPOINT_OCTETS) {
		checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
		s->wal_mark = wal;
	}
}

void
txn_writer_closes(struct sqlite_session *s)
{
	struct store_session *session = &s->base;

	if (s->in_txn)
		sqlite_rollback(session);
	if (!s->marker_cleared || s->reopen || atomic_load(&s->store->damaged))
		return;
	index_merge(s);
	if (s->reopen || run(s, STMT_BEGIN_IMMEDIATE, NULL) != STATUS_OK)
		return;
	s->in_txn = true;
	if (meta_put_int(s, META_STOPPED, atomic_load(&s->store->certs),
		    NULL) != STATUS_OK ||
		run(s, STMT_COMMIT, NULL) != STATUS_OK) {
		/* The next start checks the file, as after a crash. */
		sqlite_rollback(session);
		return;
	}
	s->in_txn = false;
	checkpoint(s, SQLITE_CHECKPOINT_TRUNCATE);
}
