/*
 * db.h - the database file: one connection for each session
 *
 * Opens a connection with everything reliability S3 asks for and checks that
 * the library did as told; nothing else in this folder opens one.
 *
 * Memory:  db_connect makes, db_disconnect frees.
 * Threads: struct sqlite_store: any; a connection: one at a time.
 * Units:   milliseconds of the monotonic clock; octets.
 * Source:  sqlite.org/pragma.html, sqlite.org/wal.html.
 */
#ifndef KEYPOST_STORE_SQLITE_DB_H
#define KEYPOST_STORE_SQLITE_DB_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "store/ops.h"
#include "store/sqlite/recent.h"
#include "store/sqlite/stmt.h"

enum {
	DB_PAGE_SIZE = 8192,
	DB_APPLICATION_ID = 0x6B70676B, /* "kpgk" */
	DB_BUSY_MS = 5000,
	DB_BUSY_CHECKPOINT_MS = 50,
	DB_LOOKUP_MS = 2000, /* when the settings say nothing */
	DB_VALUE_MAX = 32 * 1024 * 1024,
	DB_WORK_MAX = 64 * 1024 * 1024, /* arena of one write */
	DB_ROW_ABSENT = -1,             /* as last_row: it is not stored */
	DB_READERS_WARM = 6,            /* readers at once with a large cache */
	DB_RECENT_OCTETS = 48 * 1024 * 1024
};

struct bulk;        /* a load that fills it (bulk.c) */
struct check;       /* the background check (check.c) */
struct index_queue; /* what waits for the commit (index.c) */

struct sqlite_store {
	struct store base;
	char *folder;
	char *path; /* of the database file */
	char *wal_path;
	int lock_fd; /* write.lock; -1 when read-only */
	bool read_only;
	const struct care_watch *upgrade; /* as in the settings */
	struct care_watch completes;      /* show is NULL: nobody waits */
	int64_t lookup_ms;
	int64_t disk_reserve;
	char id[33];
	char describe[80];
	atomic_llong certs;      /* rows of cert; -1: not kept, count them */
	atomic_bool damaged;     /* S6 */
	atomic_bool writer_open; /* the one write session is out */
	atomic_int readers;      /* connections that only read */
	/* Raised when snapshots taken before are not to be used again. */
	atomic_ullong epoch;
	struct recent *recent;
	struct check *check;
	struct bulk *bulk; /* NULL: nobody fills it */
};

struct sqlite_session {
	struct store_session base;
	struct sqlite_store *store;
	sqlite3 *db;
	sqlite3_stmt *stmts[STMT_COUNT]; /* prepared on first use */
	struct arena *work;              /* of one call, writing or finding */
	int64_t deadline_ms;             /* reading: ends the statement */
	const atomic_bool *cancel;       /* the background check's */
	bool unsound;                    /* not to be used again */
	bool reads, beyond;              /* a reader; one with a small cache */
	bool kept; /* its snapshot is for the next call, too: txn.h */
	unsigned long long epoch; /* of the store, when it was taken */

	/* Writing only. */
	bool in_txn;
	bool spoiled;        /* a write failed half-way: commit refuses */
	bool reopen;         /* D5: a flush failed, start afresh */
	bool marker_cleared; /* meta no longer says "stopped cleanly" */
	int64_t txn_certs;   /* what this transaction adds to the count */
	int64_t savepoint_certs;
	int64_t indexed; /* entries that this session wrote to the index */
	struct index_queue *queue; /* terms to be written before the commit */
	struct cert_id last_id;    /* written, or looked for in vain, last */
	struct recent_marks marks; /* handles whose certificates it wrote */
	bool floor_known;          /* of this transaction: levels.h */
	uint8_t floor;
	int64_t last_row; /* 0: nothing is known of it */
	int64_t wal_pages;
	int64_t wal_mark; /* its octets when last checkpointed */
	int64_t last_commit_ms;
	int64_t last_truncate_ms;
	bool want_empty_log;   /* erased: the log must not keep it */
	size_t rejected_since; /* digests put since the last expiry */
};

/* DB_BULK: alone with the file, and without a log; bulk.h. */
enum db_kind { DB_READER, DB_WRITER, DB_CREATOR, DB_BULK };

struct sqlite_store *sqlite_store_of(struct store *s);
struct sqlite_session *sqlite_session_of(struct store_session *s);

/*
 * A session around a new connection. DB_CREATOR and DB_BULK may find an empty
 * file. DB_CREATOR leaves the version to migrate.c; the others insist on the
 * current one.
 */
MUST_CHECK enum status db_connect(struct sqlite_store *store, enum db_kind kind,
	struct sqlite_session **session, struct err *err);
/* Closes the connection inside and opens another one. */
MUST_CHECK enum status db_reconnect(
	struct sqlite_session *s, enum db_kind kind, struct err *err);
void db_disconnect(struct sqlite_session *s);
/* The connection alone: nothing is asked of the session any more. */
void db_close(struct sqlite_session *s);
/* Its own table of contents is not to be written, but where that is the task:
 * then it is `false` for a moment. */
MUST_CHECK enum status db_defend(
	struct sqlite_session *s, bool defend, struct err *err);
/* Runs constant SQL that gives no rows. */
MUST_CHECK enum status db_exec(
	struct sqlite_session *s, const char *sql, struct err *err);
/* The number in the first row of constant SQL; `none` without a row. */
MUST_CHECK enum status db_number(struct sqlite_session *s, const char *sql,
	int64_t none, int64_t *number, struct err *err);

#endif
