/*
 * stmt.h - the prepared statements of a session
 *
 * All SQL that runs after opening is in the table in stmt.c: constant, each
 * prepared once for each session. A run binds in order, steps, and ends:
 *
 *     run = stmt_start(s, STMT_CERT_BY_ROW);
 *     stmt_bind_int(&run, row);
 *     st = stmt_next(&run, err);
 *     ...
 *     stmt_end(&run);
 *
 * Memory:  bound octets and strings are borrowed until stmt_end; columns
 *          until the next stmt_next or stmt_end.
 * Threads: the session's.
 * Errors:  a failed prepare or bind is kept and told by stmt_next.
 */
#ifndef KEYPOST_STORE_SQLITE_STMT_H
#define KEYPOST_STORE_SQLITE_STMT_H

#include <sqlite3.h>

#include "base/arena.h"

struct sqlite_session;

enum stmt_id {
	STMT_BEGIN,
	STMT_BEGIN_IMMEDIATE,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_SAVEPOINT,
	STMT_RELEASE,
	STMT_ROLLBACK_TO,
	STMT_SAVEPOINT_BATCH,
	STMT_RELEASE_BATCH,
	STMT_ROLLBACK_TO_BATCH,
	STMT_META_GET,
	STMT_META_PUT,
	STMT_META_DELETE,
	STMT_CERT_FIND,
	STMT_CERT_FIND_ROW,
	STMT_CERT_TERMS,
	STMT_CERT_LAST,
	STMT_CERT_BY_HANDLE,
	STMT_CERT_HEAD,
	STMT_CERT_HEAD_ROW,
	STMT_CERT_LEVELS,
	STMT_CERT_BY_ROW,
	STMT_CERT_BY_DIGEST,
	STMT_CERT_INSERT,
	STMT_CERT_UPDATE,
	STMT_CERT_DELETE,
	STMT_CERT_COUNT,
	STMT_HANDLE_INSERT,
	STMT_HANDLE_DELETE,
	STMT_HANDLE_EQUAL,
	STMT_HANDLE_RANGE,
	STMT_TERMS_INSERT,
	STMT_TERMS_DELETE,
	STMT_TERMS_MATCH,
	STMT_TERMS_MERGE,
	STMT_TERMS_STEP,
	STMT_KEY_LIST,
	STMT_IDS_BY_DIGEST,
	STMT_IDS_BY_HANDLE,
	STMT_DIGESTS,
	STMT_DIGEST_HAS,
	STMT_ID_BY_DIGEST,
	STMT_ID_BY_HANDLE,
	STMT_CERT_LIST,
	STMT_REJECTED_FIND,
	STMT_REJECTED_PUT,
	STMT_REJECTED_EXPIRE,
	STMT_REJECTED_SHED,
	STMT_SCRUB_FREE,
	STMT_SCRUB_FILL,
	STMT_SCRUB_END,
	STMT_CHANGE_BLANK,
	STMT_OWED_FORGET,
	STMT_CHANGE_INSERT,
	STMT_CHANGE_AFTER,
	STMT_CHANGE_MARKS,
	STMT_CHANGE_NAMES,
	STMT_CHANGE_PLACES,
	STMT_CHANGE_TURNS,
	STMT_CHANGE_NEWEST,
	STMT_LEARNED_INSERT,
	STMT_LEARNED_GET,
	STMT_CHANGE_OF_CERT,
	STMT_CHANGE_SEEN,
	STMT_CHANGE_PRUNE,
	STMT_CHANGE_LAST,
	STMT_CHANGE_RANGE,
	STMT_CHANGE_TIME,
	STMT_CHANGE_COUNT,
	STMT_PEER_LIST,
	STMT_PEER_FIND,
	STMT_PEER_PUT,
	STMT_PEER_DELETE,
	STMT_LETTER_LIST,
	STMT_LETTER_PUT,
	STMT_LETTER_DELETE,
	STMT_OWED_LIST,
	STMT_OWED_PUT,
	STMT_OWED_DELETE,
	STMT_COUNT
};

struct stmt_run {
	struct sqlite_session *session;
	sqlite3_stmt *stmt; /* NULL: preparing failed */
	int rc;             /* first failure of prepare or bind */
	int bound;
};

struct stmt_run stmt_start(struct sqlite_session *s, enum stmt_id id);
void stmt_bind_int(struct stmt_run *r, int64_t v);
/* As many, or as many as SQL can say. */
void stmt_bind_count(struct stmt_run *r, uint64_t n);
void stmt_bind_blob(struct stmt_run *r, struct bytes b);
void stmt_bind_text(struct stmt_run *r, const char *text);
/* OK: there is a row; NOT_FOUND: no more of them. */
MUST_CHECK enum status stmt_next(struct stmt_run *r, struct err *err);
void stmt_end(struct stmt_run *r);
/* Runs to the end, whatever rows come, and ends it. */
MUST_CHECK enum status stmt_finish(struct stmt_run *r, struct err *err);

int64_t stmt_int(const struct stmt_run *r, int column);
struct bytes stmt_blob(const struct stmt_run *r, int column);
/* Copies; LIMIT when the arena is full. */
MUST_CHECK enum status stmt_copy_blob(const struct stmt_run *r, int column,
	struct arena *arena, struct bytes *out, struct err *err);
MUST_CHECK enum status stmt_copy_text(const struct stmt_run *r, int column,
	struct arena *arena, const char **out, struct err *err);
/* A column of exactly `len` octets; another length is damage: IO. */
MUST_CHECK enum status stmt_fixed(const struct stmt_run *r, int column,
	void *out, size_t len, struct err *err);

/* Finalizes all of a session's statements. */
void stmt_drop_all(struct sqlite_session *s);

#endif
