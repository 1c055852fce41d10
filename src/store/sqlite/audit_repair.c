#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crash.h"
#include "base/file.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"
#include "store/sqlite/terms.h"

enum { ROW_ARENA_MAX = 256 * 1024 * 1024, SHOW_ROWS = 1000 };

/* An octet altered makes signatures doubtful: they are verified again. */
#define MEND_ROW                                                               \
	"UPDATE cert SET version = ?2, fpr = ?3, body_sha256 = ?4,"            \
	" key_id = ?5, sks_digest = ?6, level = ?7, flags = ?8, search = ?9,"  \
	" octets_sum = ?10 WHERE id = ?1"

struct repair {
	struct audit *a;
	sqlite3 *db;
	struct arena *arena;
	sqlite3_stmt *put; /* what a row leads to */
};

static int
put(struct repair *r)
{
	int rc = sqlite3_step(r->put);

	(void)sqlite3_reset(r->put);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void
bind_blob(struct repair *r, int i, struct bytes b)
{
	(void)sqlite3_bind_blob(r->put, i,
		b.len == 0 ? (const void *)"" : b.data, (int)b.len,
		SQLITE_STATIC);
}

/* ---- rows ----------------------------------------------------------- */

/* Its octets are kept in a file: somebody may still make sense of them. */
static enum status
set_aside(struct repair *r, sqlite3_stmt *row, struct err *err)
{
	char dir[AUDIT_PATH_MAX + 16], path[2 * AUDIT_PATH_MAX];
	char name[AUDIT_NAME_MAX], sql[80];
	const char *base = strrchr(r->a->path, '/');
	long long id = sqlite3_column_int64(row, 0);
	enum status st;

	row_name(row, name, sizeof(name));
	for (char *p = name; *p != '\0'; p++)
		*p = *p == ' ' ? '-' : *p;
	(void)snprintf(dir, sizeof(dir), "%.*s/damaged",
		(int)(base - r->a->path), r->a->path);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		err_set(err, "%s: %s", dir, strerror(errno));
		return STATUS_IO;
	}
	(void)snprintf(path, sizeof(path), "%s/%s.%lld.pgp", dir, name, id);
	st = file_replace(
		path, row_column(row, ROW_CHECK_COUNT - 1), 0600, err);
	(void)snprintf(
		sql, sizeof(sql), "DELETE FROM cert WHERE id = %lld", id);
	return st == STATUS_OK ? raw_exec(r->db, r->a->path, sql, err) : st;
}

static enum status
mend_row(struct repair *r, sqlite3_stmt *row, struct err *err)
{
	const struct cert_id *id;
	struct bytes search;
	struct row_truth truth;
	unsigned int faults;
	enum status st;

	faults = row_check(row, r->arena, r->a->job->derive, &truth);
	if (faults & (ROW_UNREADABLE | ROW_OTHER))
		return set_aside(r, row, err);
	if (faults == 0)
		return STATUS_OK;
	if (faults & ROW_OCTETS)
		truth.level = 0;
	st = row_search(r->arena, r->a->job->derive, &truth, &search);
	if (st != STATUS_OK) {
		err_set(err, "more than the memory of one certificate");
		return st;
	}
	id = &truth.cert->id;
	(void)sqlite3_bind_int64(r->put, 1, sqlite3_column_int64(row, 0));
	(void)sqlite3_bind_int64(r->put, 2, id->fpr.version);
	bind_blob(r, 3, bytes_make(id->fpr.octets, id->fpr.len));
	bind_blob(r, 4,
		bytes_make(id->body_sha256.octets,
			id->fpr.version < 4 ? sizeof(id->body_sha256.octets)
					    : 0));
	(void)sqlite3_bind_int64(
		r->put, 5, (int64_t)truth.cert->primary.key.key_id);
	bind_blob(r, 6,
		bytes_make(truth.cert->sks_digest.octets,
			sizeof(truth.cert->sks_digest.octets)));
	(void)sqlite3_bind_int64(r->put, 7, truth.level);
	(void)sqlite3_bind_int64(r->put, 8, cert_flags(truth.cert));
	bind_blob(r, 9, search);
	(void)sqlite3_bind_int64(r->put, 10, truth.sum);
	return raw_status(r->db, r->a->path, put(r), err);
}

static enum status
mend_rows(struct repair *r, struct err *err)
{
	static const char sql[] =
		"SELECT " ROW_CHECK_COLUMNS " FROM cert WHERE id = ?1";
	struct audit *a = r->a;
	sqlite3_stmt *row = NULL;
	enum status st;
	int rc = sqlite3_prepare_v2(r->db, MEND_ROW, -1, &r->put, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(r->db, sql, -1, &row, NULL);
	st = raw_status(r->db, a->path, rc, err);
	for (size_t i = 0; st == STATUS_OK && i < a->bad_count; i++) {
		(void)sqlite3_bind_int64(row, 1, a->bad[i]);
		rc = sqlite3_step(row);
		arena_reset(r->arena);
		if (rc == SQLITE_ROW)
			st = mend_row(r, row, err);
		else if ((rc & 0xFF) != SQLITE_CORRUPT)
			st = raw_status(r->db, a->path, rc, err);
		(void)sqlite3_reset(row);
	}
	(void)sqlite3_finalize(row);
	(void)sqlite3_finalize(r->put);
	return st == STATUS_OK ? raw_exec(r->db, a->path,
					 "DELETE FROM meta"
					 " WHERE key = 'level_floor'",
					 err)
			       : st;
}

/* ---- indexes -------------------------------------------------------- */

static int
put_keys(struct repair *r, sqlite3_stmt *row)
{
	struct bytes packed = row_column(row, 1);
	struct term t;
	size_t pos = 0;
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && terms_next(packed, &pos, &t) == STATUS_OK) {
		if (t.kind != TERM_HANDLE)
			continue;
		bind_blob(r, 1, t.octets);
		(void)sqlite3_bind_int64(
			r->put, 2, sqlite3_column_int64(row, 0));
		(void)sqlite3_bind_int64(r->put, 3, t.role);
		rc = put(r);
	}
	return rc;
}

static int
put_terms(struct repair *r, sqlite3_stmt *row)
{
	const char *text;

	if (terms_text(r->arena, row_column(row, 1), &text) != STATUS_OK)
		return SQLITE_NOMEM;
	if (text[0] == '\0')
		return SQLITE_OK;
	(void)sqlite3_bind_int64(r->put, 1, sqlite3_column_int64(row, 0));
	(void)sqlite3_bind_text(r->put, 2, text, -1, SQLITE_STATIC);
	return put(r);
}

static const char mending_keys[] = "mending the index of keys";
static const char mending_terms[] = "mending the index of user IDs";

/* First what is emptied, then what each of the rows puts there again. */
static const struct refill {
	const char *step, *clear, *rows, *put;
	int (*run)(struct repair *r, sqlite3_stmt *row);
} refill_keys = {mending_keys,
	"DELETE FROM subkey WHERE cert IN (SELECT id FROM temp.bad)"
	" OR cert NOT IN (SELECT id FROM cert)",
	"SELECT id, search FROM cert WHERE id IN (SELECT id FROM temp.bad)",
	"INSERT OR REPLACE INTO subkey(handle, cert, role) VALUES(?1, ?2, ?3)",
	put_keys},
  refill_all_keys = {mending_keys, "DELETE FROM subkey",
	  "SELECT id, search FROM cert NOT INDEXED",
	  "INSERT OR REPLACE INTO subkey(handle, cert, role)"
	  " VALUES(?1, ?2, ?3)",
	  put_keys},
  refill_terms = {mending_terms,
	  "INSERT INTO user_id(user_id) VALUES('delete-all')",
	  "SELECT id, search FROM cert NOT INDEXED",
	  "INSERT INTO user_id(rowid, terms) VALUES(?1, ?2)", put_terms};

static void
show(const struct repair *r, const char *step, uint64_t rows)
{
	const struct care_watch *w = &r->a->job->watch;

	if (w->show != NULL && rows % SHOW_ROWS == 0)
		w->show(w->ctx, step, rows, (uint64_t)r->a->last);
}

static enum status
refill(struct repair *r, const struct refill *f, struct err *err)
{
	sqlite3_stmt *rows = NULL;
	uint64_t done = 0;
	int rc = sqlite3_exec(r->db, f->clear, NULL, NULL, NULL);

	r->put = NULL;
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(r->db, f->put, -1, &r->put, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(r->db, f->rows, -1, &rows, NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
		arena_reset(r->arena);
		rc = f->run(r, rows);
		show(r, f->step, ++done);
	}
	(void)sqlite3_finalize(rows);
	(void)sqlite3_finalize(r->put);
	return raw_status(r->db, r->a->path, rc, err);
}

static enum status
list_bad(struct repair *r, struct err *err)
{
	static const char make[] = "CREATE TEMP TABLE bad(id INTEGER PRIMARY "
				   "KEY)";
	int rc = sqlite3_exec(r->db, make, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(r->db,
			"INSERT OR IGNORE INTO temp.bad VALUES(?1)", -1,
			&r->put, NULL);
	for (size_t i = 0; rc == SQLITE_OK && i < r->a->bad_count; i++) {
		(void)sqlite3_bind_int64(r->put, 1, r->a->bad[i]);
		rc = put(r);
	}
	(void)sqlite3_finalize(r->put);
	return raw_status(r->db, r->a->path, rc, err);
}

/* ---- log ------------------------------------------------------------ */

/* What the rows are now, for whoever follows the log. No letter goes out. */
_Static_assert(CHANGE_CERT_SHIFT == 8, "as below");
static const char mend_log[] =
	"INSERT INTO change(cert, old_digest, new_digest, flags, delta,"
	" origin, seen, time)"
	" SELECT h.cert, h.new_digest, coalesce(c.sks_digest, zeroblob(16)),"
	" coalesce(c.flags, 0) << 8, x'', 'admin', '',"
	" CAST(strftime('%s', 'now') AS INTEGER)"
	" FROM change h LEFT JOIN cert c ON c.id = h.cert"
	" WHERE h.seq = (SELECT max(seq) FROM change WHERE cert = h.cert)"
	" AND h.new_digest <> coalesce(c.sks_digest, zeroblob(16))";

/* One whose pages are damaged is left alone. */
static bool
is_wanted(const struct audit *a, enum audit_part part)
{
	if (a->broken[part])
		return a->mend[part];
	return a->mend[part] || a->mend[AUDIT_ROWS];
}

static enum status
mend_all(struct repair *r, struct err *err)
{
	struct audit *a = r->a;
	bool rows = a->mend[AUDIT_ROWS];
	enum status st = list_bad(r, err);

	/* First: what follows may look for rows by them. */
	if (st == STATUS_OK && is_wanted(a, AUDIT_DIGESTS))
		st = raw_exec(r->db, a->path, "REINDEX cert_by_digest", err);
	if (st == STATUS_OK && is_wanted(a, AUDIT_LOG))
		st = raw_exec(r->db, a->path, "REINDEX change_by_cert", err);
	if (st == STATUS_OK && rows)
		st = mend_rows(r, err);
	if (st == STATUS_OK && is_wanted(a, AUDIT_KEYS))
		st = refill(r,
			a->broken[AUDIT_KEYS] ? &refill_all_keys : &refill_keys,
			err);
	if (st == STATUS_OK && is_wanted(a, AUDIT_TERMS))
		st = refill(r, &refill_terms, err);
	if (st == STATUS_OK)
		st = audit_facts(a, r->db, true, err);
	if (st == STATUS_OK && is_wanted(a, AUDIT_LOG))
		st = raw_exec(r->db, a->path, mend_log, err);
	return st;
}

enum status
audit_repair(struct audit *a, sqlite3 *db, struct err *err)
{
	struct repair r = {.a = a, .db = db};
	enum status st = raw_exec(db, a->path,
		"PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
		"BEGIN IMMEDIATE",
		err);

	r.arena = arena_new(ROW_ARENA_MAX);
	if (st == STATUS_OK)
		st = mend_all(&r, err);
	crash_point("repair");
	if (st == STATUS_OK)
		st = raw_exec(db, a->path, "COMMIT", err);
	crash_point("repair");
	if (sqlite3_get_autocommit(db) == 0)
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	arena_free(r.arena);
	if (st == STATUS_OK) /* what stays in the log is not lost */
		(void)sqlite3_wal_checkpoint_v2(
			db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	else
		err_prefix(err, "the repair changed nothing; " AUDIT_RESTORE);
	return st;
}
