/*
 * txn.h - snapshots, transactions, checkpoints
 *
 * Threads: the session's.
 * Source:  reliability D2, D5, D9, S1.
 */
#ifndef KEYPOST_STORE_SQLITE_TXN_H
#define KEYPOST_STORE_SQLITE_TXN_H

#include "store/sqlite/db.h"

enum {
	TXN_CHECKPOINT_OCTETS = 32 * 1024 * 1024, /* doc/decisions */
	TXN_TRUNCATE_OCTETS = 64 * 1024 * 1024,
	TXN_QUIET_MS = 500 /* without a commit: idle */
};

/*
 * A look-up takes less time than taking a snapshot and dropping it again. A
 * session of the pool keeps the snapshot of its last search, therefore, until
 * the store's epoch is another: after each commit, so that the next call sees
 * it, and around each checkpoint, which snapshots in use hold up. Nobody else
 * commits while this process may (S2); a store that is only read keeps none.
 */

/* Gives the read that starts now its time; it sees what is committed. */
void txn_start_clock(struct sqlite_session *s);
/* May it keep what it finds for later calls, and use what others kept? */
bool txn_may_keep(const struct sqlite_session *s);
/*
 * For a call of several statements: one snapshot for all of them, unless the
 * session is in one already. `alone` is for txn_leave_read.
 */
MUST_CHECK enum status txn_enter_read(
	struct sqlite_session *s, bool *alone, struct err *err);
void txn_leave_read(struct sqlite_session *s, bool alone);
/* OK inside a transaction that still stands. */
MUST_CHECK enum status txn_may_write(struct sqlite_session *s, struct err *err);
/* Makes a writer of a fresh connection; says "stopped cleanly" at its end. */
void txn_writer_opened(struct sqlite_session *s);
void txn_writer_closes(struct sqlite_session *s);

enum status sqlite_begin_read(struct store_session *s, struct err *err);
void sqlite_end_read(struct store_session *s);
void sqlite_rest(struct store_session *s);
enum status sqlite_check_space(struct store_session *s, struct err *err);
enum status sqlite_begin(struct store_session *s, struct err *err);
enum status sqlite_commit(struct store_session *s, struct err *err);
void sqlite_rollback(struct store_session *s);
enum status sqlite_savepoint(struct store_session *s, struct err *err);
enum status sqlite_release(struct store_session *s, bool keep, struct err *err);
void sqlite_checkpoint(struct store_session *s, bool idle);

#endif
