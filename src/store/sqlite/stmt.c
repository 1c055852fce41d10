#include "store/sqlite/stmt.h"

#include <errno.h>
#include <string.h>

#include "store/sqlite/db.h"
#include "store/sqlite/fault.h"

#define CERT_COLUMNS                                                           \
	"c.id, c.version, c.fpr, c.body_sha256, c.key_id, c.sks_digest, "      \
	"c.level, c.flags, c.updated, c.search, c.octets"
/* The same without what no search gives. */
#define FOUND_COLUMNS(search)                                                  \
	"c.id, c.version, c.fpr, c.body_sha256, c.key_id, c.sks_digest, "      \
	"c.level, c.flags, c.updated, " search ", c.octets"
#define CHANGE_COLUMNS                                                         \
	"h.seq, c.version, c.fpr, c.body_sha256, h.old_digest, "               \
	"h.new_digest, h.flags, h.delta, h.origin, h.seen, h.time"
#define PEER_COLUMNS                                                           \
	"name, address, cursor, flags, attempts, next_try, last_sent, "        \
	"last_received, last_error"

static const char *const sql[STMT_COUNT] = {
	[STMT_BEGIN] = "BEGIN",
	[STMT_BEGIN_IMMEDIATE] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_SAVEPOINT] = "SAVEPOINT job",
	[STMT_RELEASE] = "RELEASE job",
	[STMT_ROLLBACK_TO] = "ROLLBACK TO job",
	[STMT_SAVEPOINT_BATCH] = "SAVEPOINT batch",
	[STMT_RELEASE_BATCH] = "RELEASE batch",
	[STMT_ROLLBACK_TO_BATCH] = "ROLLBACK TO batch",

	[STMT_META_GET] = "SELECT value FROM meta WHERE key = ?1",
	[STMT_META_PUT] = "INSERT INTO meta(key, value) VALUES(?1, ?2) "
			  "ON CONFLICT DO UPDATE SET value = excluded.value",
	[STMT_META_DELETE] = "DELETE FROM meta WHERE key = ?1",

	[STMT_CERT_FIND] = "SELECT " CERT_COLUMNS
			   " FROM subkey k JOIN cert c ON c.id = k.cert"
			   " WHERE k.handle = ?1 AND k.role & 1",
	[STMT_CERT_FIND_ROW] =
		"SELECT " CERT_COLUMNS " FROM cert c WHERE c.id = ?1",
	[STMT_CERT_TERMS] = "SELECT id, search, sks_digest, flags FROM cert"
			    " ORDER BY id",
	[STMT_CERT_LAST] = "SELECT coalesce(max(id), 0) FROM cert",
	[STMT_CERT_BY_HANDLE] = "SELECT " FOUND_COLUMNS(
		"k.role") " FROM subkey k JOIN cert c ON c.id = k.cert"
			  " WHERE k.handle = ?1 LIMIT 2",
	[STMT_CERT_HEAD] = "SELECT c.id, c.version, c.fpr, c.body_sha256,"
			   " c.sks_digest, c.level, c.search"
			   " FROM subkey k JOIN cert c ON c.id = k.cert"
			   " WHERE k.handle = ?1 AND k.role & 1",
	[STMT_CERT_HEAD_ROW] = "SELECT c.id, c.version, c.fpr, c.body_sha256,"
			       " c.sks_digest, c.level, c.search"
			       " FROM cert c WHERE c.id = ?1",
	[STMT_CERT_LEVELS] = "SELECT id, version, fpr, body_sha256, level"
			     " FROM cert WHERE id > ?1 ORDER BY id LIMIT ?2",
	[STMT_CERT_BY_ROW] = "SELECT " FOUND_COLUMNS(
		"c.search") " FROM cert c WHERE c.id = ?1",
	[STMT_CERT_BY_DIGEST] = "SELECT id, 0 FROM cert WHERE sks_digest = ?1",
	[STMT_CERT_INSERT] =
		"INSERT INTO cert(version, fpr, body_sha256, key_id,"
		" sks_digest, level, flags, updated, search, octets_sum,"
		" octets) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[STMT_CERT_UPDATE] =
		"UPDATE cert SET sks_digest = ?2, level = ?3, flags = ?4,"
		" updated = ?5, search = ?6, octets_sum = ?7, octets = ?8"
		" WHERE id = ?1",
	[STMT_CERT_DELETE] = "DELETE FROM cert WHERE id = ?1",
	/* Walks the narrow index, not the rows. */
	[STMT_CERT_COUNT] =
		"SELECT count(*) FROM cert INDEXED BY cert_by_digest",

	[STMT_HANDLE_INSERT] =
		"INSERT INTO subkey(handle, cert, role) VALUES(?1, ?2, ?3)"
		" ON CONFLICT DO UPDATE SET role = excluded.role",
	[STMT_HANDLE_DELETE] =
		"DELETE FROM subkey WHERE handle = ?1 AND cert = ?2",
	[STMT_HANDLE_EQUAL] = "SELECT cert, role FROM subkey WHERE handle = ?1",
	[STMT_HANDLE_RANGE] =
		"SELECT cert, role FROM subkey WHERE handle >= ?1 AND"
		" handle < ?2 AND length(handle) IN (8, 20)",

	[STMT_TERMS_INSERT] = "INSERT INTO user_id(rowid, terms)"
			      " VALUES(?1, ?2)",
	[STMT_TERMS_DELETE] = "INSERT INTO user_id(user_id, rowid, terms)"
			      " VALUES('delete', ?1, ?2)",
	[STMT_TERMS_MATCH] =
		"SELECT rowid, 0 FROM user_id WHERE user_id MATCH ?1",
	[STMT_TERMS_MERGE] = "INSERT INTO user_id(user_id) VALUES('optimize')",

	[STMT_TERMS_STEP] = "INSERT INTO user_id(user_id, rank)"
			    " VALUES('merge', ?1)",

	[STMT_KEY_LIST] = "SELECT DISTINCT handle FROM subkey"
			  " WHERE handle > ?1 ORDER BY handle LIMIT ?2",
	[STMT_IDS_BY_DIGEST] = "SELECT sks_digest FROM cert"
			       " WHERE sks_digest >= ?1 ORDER BY sks_digest"
			       " LIMIT ?2",
	[STMT_IDS_BY_HANDLE] = "SELECT handle FROM subkey"
			       " WHERE handle >= ?1 AND role & 1"
			       " AND length(handle) >= 16 ORDER BY handle"
			       " LIMIT ?2",
	[STMT_DIGESTS] = "SELECT sks_digest, flags FROM cert"
			 " INDEXED BY cert_by_digest WHERE sks_digest > ?1"
			 " ORDER BY sks_digest LIMIT ?2",
	[STMT_DIGEST_HAS] = "SELECT 1 FROM cert INDEXED BY cert_by_digest"
			    " WHERE sks_digest = ?1 AND flags & ?2 = 0"
			    " LIMIT 1",
	[STMT_ID_BY_DIGEST] = "SELECT " CERT_COLUMNS
			      " FROM cert c WHERE c.sks_digest >= ?1"
			      " AND c.sks_digest < ?2 LIMIT 1",
	[STMT_ID_BY_HANDLE] = "SELECT " CERT_COLUMNS
			      " FROM subkey k JOIN cert c ON c.id = k.cert"
			      " WHERE k.handle >= ?1 AND k.handle < ?2"
			      " AND k.role & 1 AND length(k.handle) >= 16"
			      " LIMIT 1",
	[STMT_CERT_LIST] = "SELECT " CERT_COLUMNS
			   " FROM cert c WHERE c.id > ?1 AND c.id <= ?2"
			   " ORDER BY c.id",
	[STMT_REJECTED_FIND] = "SELECT until FROM rejected_digest"
			       " WHERE digest = ?1",
	[STMT_REJECTED_PUT] =
		"INSERT INTO rejected_digest(digest, until, reason)"
		" VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET"
		" until = max(until, excluded.until),"
		" reason = excluded.reason",
	[STMT_REJECTED_EXPIRE] =
		"DELETE FROM rejected_digest WHERE until <= ?1",
	[STMT_REJECTED_SHED] =
		"DELETE FROM rejected_digest WHERE digest IN"
		" (SELECT digest FROM rejected_digest ORDER BY until DESC"
		" LIMIT -1 OFFSET ?1)",
	[STMT_SCRUB_FREE] = "PRAGMA freelist_count",
	[STMT_SCRUB_FILL] = "INSERT OR REPLACE INTO meta(key, value)"
			    " VALUES('scrub-' || ?1, zeroblob(?2))",
	[STMT_SCRUB_END] = "DELETE FROM meta WHERE key >= 'scrub-'"
			   " AND key < 'scrub.'",
	[STMT_CHANGE_BLANK] = "UPDATE change SET delta = x'', seen = ''"
			      " WHERE cert = ?1",
	[STMT_OWED_FORGET] = "DELETE FROM owed WHERE cert = ?1",

	[STMT_CHANGE_INSERT] =
		"INSERT INTO change(cert, old_digest, new_digest, flags,"
		" delta, origin, seen, time)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STMT_CHANGE_AFTER] = "SELECT " CHANGE_COLUMNS
			      " FROM change h LEFT JOIN cert c ON c.id = h.cert"
			      " WHERE h.seq > ?1 ORDER BY h.seq LIMIT ?2",
	[STMT_CHANGE_MARKS] = "SELECT seq, time, flags,"
			      " new_digest = zeroblob(16) FROM change"
			      " WHERE seq > ?1 ORDER BY seq LIMIT ?2",
	[STMT_CHANGE_NAMES] = "SELECT h.seq, h.time, c.version, c.fpr,"
			      " c.body_sha256"
			      " FROM change h LEFT JOIN cert c ON c.id = h.cert"
			      " WHERE h.seq > ?1 ORDER BY h.seq LIMIT ?2",
	[STMT_CHANGE_PLACES] = "SELECT seq, cert FROM change"
			       " WHERE seq > ?1 ORDER BY seq LIMIT ?2",
	[STMT_CHANGE_TURNS] = "SELECT seq, old_digest, new_digest, flags"
			      " FROM change WHERE seq > ?1 ORDER BY seq LIMIT ?2",
	[STMT_CHANGE_NEWEST] = "SELECT time, origin FROM change WHERE cert = ?1"
			       " ORDER BY seq DESC LIMIT 1",
	[STMT_LEARNED_INSERT] = "INSERT INTO learned(cert, time, origin)"
				" VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[STMT_LEARNED_GET] = "SELECT time, origin FROM learned WHERE cert = ?1",
	[STMT_CHANGE_OF_CERT] = "SELECT seq, delta, seen FROM change"
				" WHERE cert = ?1 AND seq > ?2 ORDER BY seq",
	[STMT_CHANGE_SEEN] = "UPDATE change SET seen = ?2 WHERE seq = ?1",
	[STMT_CHANGE_PRUNE] = "DELETE FROM change WHERE seq <= min(?1,"
			      " (SELECT min(seq) FROM change) + ?2 - 1)",
	[STMT_CHANGE_LAST] =
		"SELECT seq FROM sqlite_sequence WHERE name = 'change'",
	[STMT_CHANGE_RANGE] = "SELECT (SELECT min(seq) FROM change),"
			      " (SELECT max(seq) FROM change)",
	[STMT_CHANGE_TIME] = "SELECT seq, time FROM change WHERE seq >= ?1"
			     " ORDER BY seq LIMIT 1",
	/* Numbers are given without gaps and removed from the low end. */
	[STMT_CHANGE_COUNT] = "SELECT (SELECT max(seq) FROM change) -"
			      " (SELECT min(seq) FROM change) + 1",

	[STMT_PEER_LIST] = "SELECT " PEER_COLUMNS " FROM peer ORDER BY name",
	[STMT_PEER_FIND] = "SELECT " PEER_COLUMNS " FROM peer WHERE name = ?1",
	[STMT_PEER_PUT] =
		"INSERT INTO peer(" PEER_COLUMNS ")"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT DO UPDATE SET address = excluded.address,"
		" cursor = excluded.cursor, flags = excluded.flags,"
		" attempts = excluded.attempts, next_try = excluded.next_try,"
		" last_sent = excluded.last_sent,"
		" last_received = excluded.last_received,"
		" last_error = excluded.last_error",
	[STMT_PEER_DELETE] = "DELETE FROM peer WHERE name = ?1",
	[STMT_LETTER_LIST] = "SELECT first_seq, last_seq, attempts FROM letter"
			     " WHERE peer = ?1 ORDER BY first_seq",
	[STMT_LETTER_PUT] =
		"INSERT INTO letter(peer, first_seq, last_seq, attempts)"
		" VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
		" last_seq = excluded.last_seq, attempts = excluded.attempts",
	[STMT_LETTER_DELETE] =
		"DELETE FROM letter WHERE peer = ?1 AND first_seq = ?2",
	[STMT_OWED_LIST] = "SELECT c.version, c.fpr, c.body_sha256, o.since,"
			   " o.reason FROM owed o JOIN cert c ON c.id = o.cert"
			   " WHERE o.peer = ?1 ORDER BY o.cert LIMIT ?2",
	[STMT_OWED_PUT] = "INSERT INTO owed(peer, cert, since, reason)"
			  " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
			  " since = excluded.since, reason = excluded.reason",
	[STMT_OWED_DELETE] = "DELETE FROM owed WHERE peer = ?1 AND cert = ?2",
};

struct stmt_run
stmt_start(struct sqlite_session *s, enum stmt_id id)
{
	struct stmt_run r = {.session = s, .rc = SQLITE_OK};

	if (s->stmts[id] == NULL)
		r.rc = sqlite3_prepare_v3(s->db, sql[id], -1,
			SQLITE_PREPARE_PERSISTENT, &s->stmts[id], NULL);
	r.stmt = s->stmts[id];
	return r;
}

static void
keep_failure(struct stmt_run *r, int rc)
{
	if (r->rc == SQLITE_OK)
		r->rc = rc;
}

void
stmt_bind_int(struct stmt_run *r, int64_t v)
{
	if (r->stmt != NULL)
		keep_failure(r, sqlite3_bind_int64(r->stmt, ++r->bound, v));
}

void
stmt_bind_count(struct stmt_run *r, uint64_t n)
{
	stmt_bind_int(r, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

void
stmt_bind_blob(struct stmt_run *r, struct bytes b)
{
	if (r->stmt == NULL)
		return;
	/* NULL would be SQL's NULL: an empty value still has an address. */
	keep_failure(r, sqlite3_bind_blob64(r->stmt, ++r->bound,
				b.len == 0 ? (const void *)"" : b.data, b.len,
				SQLITE_STATIC));
}

void
stmt_bind_text(struct stmt_run *r, const char *text)
{
	if (r->stmt == NULL)
		return;
	keep_failure(r, sqlite3_bind_text64(r->stmt, ++r->bound,
				text == NULL ? "" : text,
				text == NULL ? 0 : strlen(text), SQLITE_STATIC,
				SQLITE_UTF8));
}

enum status
stmt_next(struct stmt_run *r, struct err *err)
{
	int rc = r->rc;

	if (rc == SQLITE_OK) {
		errno = 0; /* for fault_status */
		rc = sqlite3_step(r->stmt);
	}
	if (rc == SQLITE_ROW)
		return STATUS_OK;
	if (rc == SQLITE_DONE)
		return STATUS_NOT_FOUND;
	return fault_status(r->session, rc, err);
}

void
stmt_end(struct stmt_run *r)
{
	if (r->stmt == NULL)
		return;
	/* Its result repeats what the last step said. */
	(void)sqlite3_reset(r->stmt);
	if (r->bound > 0)
		(void)sqlite3_clear_bindings(r->stmt);
}

enum status
stmt_finish(struct stmt_run *r, struct err *err)
{
	enum status st;

	do
		st = stmt_next(r, err);
	while (st == STATUS_OK);
	stmt_end(r);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

int64_t
stmt_int(const struct stmt_run *r, int column)
{
	return sqlite3_column_int64(r->stmt, column);
}

struct bytes
stmt_blob(const struct stmt_run *r, int column)
{
	/* The order matters: the pointer first, then its length. */
	const void *data = sqlite3_column_blob(r->stmt, column);
	int len = sqlite3_column_bytes(r->stmt, column);

	return bytes_make(data, data == NULL || len < 0 ? 0 : (size_t)len);
}

enum status
stmt_copy_blob(const struct stmt_run *r, int column, struct arena *arena,
	struct bytes *out, struct err *err)
{
	enum status st = arena_copy(arena, stmt_blob(r, column), out);

	if (st != STATUS_OK)
		err_set(err, "more than the memory of one answer");
	return st;
}

enum status
stmt_copy_text(const struct stmt_run *r, int column, struct arena *arena,
	const char **out, struct err *err)
{
	char *copy = arena_str(arena, stmt_blob(r, column));

	if (copy == NULL) {
		err_set(err, "more than the memory of one answer");
		return STATUS_LIMIT;
	}
	*out = copy;
	return STATUS_OK;
}

enum status
stmt_fixed(const struct stmt_run *r, int column, void *out, size_t len,
	struct err *err)
{
	struct bytes b = stmt_blob(r, column);

	if (b.len != len)
		return fault_damage(
			r->session->store, "a column has the wrong size", err);
	memcpy(out, b.data, len);
	return STATUS_OK;
}

void
stmt_drop_all(struct sqlite_session *s)
{
	size_t i;

	for (i = 0; i < STMT_COUNT; i++) {
		(void)sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
}
