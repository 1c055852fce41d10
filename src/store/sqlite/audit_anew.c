#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/db.h"
#include "store/sqlite/exchange.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"

enum { SHOW_OPS = 200000, SLICE = 1000, MARGIN = 16 * 1024 * 1024 };

#define NOTHING_CHANGED "the repair changed nothing"

struct anew {
	struct audit *a;
	const char *fresh;
	uint64_t octets; /* of what is there */
	sqlite3 *db;     /* the new one; the old one is attached to it */
};

/* ---- tables ----------------------------------------------------------- */

static int
show(void *ctx)
{
	const struct anew *n = ctx;
	const struct care_watch *w = &n->a->job->watch;
	struct stat sb;

	if (w->show != NULL && stat(n->fresh, &sb) == 0)
		w->show(w->ctx, "writing anew", (uint64_t)sb.st_size,
			n->octets);
	return 0;
}

static int
attach_old(sqlite3 *db, const char *path)
{
	sqlite3_stmt *stmt = NULL;
	int rc;

	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
	rc = sqlite3_prepare_v2(db, "ATTACH ?1 AS old", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/*
 * The new file has its header before its first page, and no log. There is no
 * transaction around all: in one that has read a damaged page SQLite writes
 * nothing any more.
 */
static enum status
begin_file(struct anew *n, struct err *err)
{
	char sql[320];
	int64_t page = 0, version = 0;
	enum status st;

	st = raw_number(n->db, n->fresh, "PRAGMA old.page_size", 0, &page, err);
	if (st == STATUS_OK)
		st = raw_number(n->db, n->fresh, "PRAGMA old.user_version", 0,
			&version, err);
	(void)snprintf(sql, sizeof(sql),
		"PRAGMA main.page_size = %d; PRAGMA main.journal_mode = MEMORY;"
		"PRAGMA main.synchronous = OFF; PRAGMA temp_store = FILE;"
		"PRAGMA main.application_id = %d; PRAGMA main.user_version = "
		"%d",
		(int)page, DB_APPLICATION_ID, (int)version);
	return st == STATUS_OK ? raw_exec(n->db, n->fresh, sql, err) : st;
}

/* Runs the SQL that the old one's schema has for each of these. */
static enum status
make_each(struct anew *n, const char *which, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	enum status st = STATUS_OK;
	int rc = sqlite3_prepare_v2(n->db, which, -1, &stmt, NULL);

	while (st == STATUS_OK && rc == SQLITE_OK &&
		(rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		st = raw_exec(n->db, n->fresh,
			(const char *)sqlite3_column_text(stmt, 0), err);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(stmt);
	return st == STATUS_OK ? raw_status(n->db, n->fresh, rc, err) : st;
}

/* The row numbers stay: index rows, the log and cursors go by them. */
static enum status
copy_table(struct anew *n, const char *name, struct err *err)
{
	char *sql = sqlite3_mprintf(
		"INSERT INTO main.\"%w\" SELECT * FROM old.\"%w\"", name, name);
	enum status st = STATUS_IO;

	if (sql == NULL)
		err_set(err, "no memory for SQL");
	else
		st = raw_exec(n->db, n->fresh, sql, err);
	sqlite3_free(sql);
	return st;
}

static int
copy_rows(sqlite3_stmt *stmt, int64_t first, int64_t last)
{
	int rc;

	(void)sqlite3_bind_int64(stmt, 1, first);
	(void)sqlite3_bind_int64(stmt, 2, last);
	rc = sqlite3_step(stmt);
	(void)sqlite3_reset(stmt);
	return rc;
}

/* One by one, by its number: whoever looks for the next one may meet a page
 * that cannot be read. */
static int
copy_readable(sqlite3_stmt *one, int64_t first, int64_t last)
{
	int rc = SQLITE_DONE;

	for (int64_t id = first; id <= last && rc == SQLITE_DONE; id++) {
		rc = copy_rows(one, id, 0);
		if ((rc & 0xFF) == SQLITE_CORRUPT)
			rc = SQLITE_DONE;
	}
	return rc;
}

/* What cannot be read of them was told, and is in the file that is kept. */
#define COPY_CERTS                                                             \
	"INSERT OR IGNORE INTO main.cert SELECT * FROM old.cert NOT INDEXED"
static enum status
copy_certs(struct anew *n, struct err *err)
{
	static const char many[] =
		COPY_CERTS " WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
	static const char one[] = COPY_CERTS " WHERE id = ?1 AND ?2 = 0";
	sqlite3_stmt *slice = NULL, *row = NULL;
	int64_t id;
	int rc = sqlite3_prepare_v2(n->db, many, -1, &slice, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(n->db, one, -1, &row, NULL);
	for (id = 1; id <= n->a->last && (rc == SQLITE_OK || rc == SQLITE_DONE);
		id += SLICE) {
		rc = copy_rows(slice, id, id + SLICE - 1);
		if ((rc & 0xFF) == SQLITE_CORRUPT)
			rc = copy_readable(row, id, id + SLICE - 1);
	}
	(void)sqlite3_finalize(slice);
	(void)sqlite3_finalize(row);
	return raw_status(n->db, n->a->path, rc, err);
}

static enum status
copy_tables(struct anew *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	enum status st = STATUS_OK;
	int rc = sqlite3_prepare_v2(
		n->db, AUDIT_TABLES("old.sqlite_schema"), -1, &stmt, NULL);

	while (st == STATUS_OK && rc == SQLITE_OK &&
		(rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		if (strcmp(name, "cert") == 0)
			st = copy_certs(n, err);
		else
			st = copy_table(n, name, err);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(stmt);
	return st == STATUS_OK ? raw_status(n->db, n->fresh, rc, err) : st;
}

/* As many as were read a moment ago. */
static enum status
count_certs(struct anew *n, struct err *err)
{
	int64_t copied = 0, read = n->a->facts.certs;
	enum status st = raw_number(n->db, n->fresh,
		"SELECT count(*) FROM main.cert", 0, &copied, err);

	if (st != STATUS_OK || copied == read)
		return st;
	err_set(err, "%lld certificates were read, and then %lld",
		(long long)read, (long long)copied);
	return STATUS_IO;
}

/* Tables as they are, indexes made of them, the rest empty. */
static enum status
fill_file(struct anew *n, struct err *err)
{
	static const char tables[] = "SELECT sql FROM (" AUDIT_TABLES(
		"old.sqlite_schema") ")"
				     " UNION ALL SELECT sql FROM "
				     "old.sqlite_schema"
				     " WHERE type = 'table' AND (rootpage = 0 "
				     "OR name = 'subkey')";
	static const char indexes[] =
		"SELECT sql FROM old.sqlite_schema"
		" WHERE type = 'index' AND sql IS NOT NULL";
	static const char numbers[] = "DELETE FROM main.sqlite_sequence;"
				      "INSERT INTO main.sqlite_sequence"
				      " SELECT * FROM old.sqlite_sequence";
	enum status st = make_each(n, tables, err);

	if (st == STATUS_OK)
		st = copy_tables(n, err);
	if (st == STATUS_OK)
		st = count_certs(n, err);
	if (st == STATUS_OK)
		st = make_each(n, indexes, err);
	return st == STATUS_OK ? raw_exec(n->db, n->fresh, numbers, err) : st;
}

static enum status
write_file(struct anew *n, struct err *err)
{
	enum status st;
	int rc;

	exchange_drop(n->fresh);
	st = folder_touch(n->fresh, err);
	if (st == STATUS_OK)
		st = raw_open(n->fresh, SQLITE_OPEN_READWRITE, &n->db, err);
	if (st != STATUS_OK)
		return st;
	sqlite3_progress_handler(n->db, SHOW_OPS, show, n);
	rc = attach_old(n->db, n->a->path);
	st = raw_status(n->db, n->a->path, rc, err);
	if (st == STATUS_OK)
		st = begin_file(n, err);
	if (st == STATUS_OK)
		st = fill_file(n, err);
	(void)sqlite3_close(n->db);
	return st;
}

/* ---- all of it ------------------------------------------------------- */

static enum status
check_room(struct anew *n, const char *where, struct err *err)
{
	int64_t room, need = (int64_t)n->octets + MARGIN;
	enum status st = folder_free(where, &room, err);

	if (st != STATUS_OK || room >= need)
		return st;
	err_set(err,
		NOTHING_CHANGED
		": it writes the store anew, which needs %lld MiB beside "
		"what is there, and %lld MiB are free for %s",
		(long long)need >> 20, (long long)room >> 20, where);
	return STATUS_IO;
}

/* What is empty is filled, and what else was found is mended. */
static enum status
mend_file(struct anew *n, struct err *err)
{
	struct audit *a = n->a;
	sqlite3 *db;
	enum status st = raw_open(n->fresh, SQLITE_OPEN_READWRITE, &db, err);

	if (st != STATUS_OK)
		return st;
	for (int p = 0; p < AUDIT_PARTS; p++)
		a->broken[p] = false;
	a->broken[AUDIT_KEYS] = true; /* all of it */
	a->mend[AUDIT_KEYS] = a->mend[AUDIT_TERMS] = true;
	st = audit_repair(a, db, err);
	if (st == STATUS_OK)
		st = audit_again(a, db, err);
	(void)sqlite3_close(db);
	if (st == STATUS_OK && a->facts.derived > 0) {
		err_set(err, NOTHING_CHANGED
			": written anew, the store would have faults still");
		st = STATUS_IO;
	}
	return st == STATUS_OK ? raw_mark_log(n->fresh, true, err) : st;
}

static enum status
take_place(struct anew *n, const char *where, struct err *err)
{
	static const char *const none[] = {NULL};
	struct exchange x = {.where = where,
		.fresh = n->fresh,
		.also = none,
		.why = "repair"};
	enum status st = exchange_run(&x, err);

	if (st == STATUS_OK)
		memcpy(n->a->facts.aside, x.aside, sizeof(x.aside));
	return st;
}

enum status
audit_anew(struct audit *a, sqlite3 **db, struct err *err)
{
	char fresh[AUDIT_PATH_MAX + 16], live[AUDIT_PATH_MAX];
	char where[AUDIT_PATH_MAX];
	struct anew n = {.a = a, .fresh = fresh};
	int64_t octets = 0;
	enum status st = raw_size(*db, a->path, &octets, err);

	if (st == STATUS_OK && strlen(a->path) + 16 >= sizeof(a->path)) {
		err_set(err, NOTHING_CHANGED ": too long a name");
		st = STATUS_REJECTED;
	}
	n.octets = (uint64_t)octets;
	memcpy(live, a->path, sizeof(live));
	(void)snprintf(where, sizeof(where), "%.*s",
		(int)(strrchr(live, '/') - live), live);
	(void)snprintf(fresh, sizeof(fresh), "%s.repairing", live);
	(void)sqlite3_close(*db);
	*db = NULL;
	if (st == STATUS_OK)
		st = check_room(&n, where, err);
	if (st != STATUS_OK)
		return st;
	st = write_file(&n, err);
	if (st != STATUS_OK)
		err_prefix(err, NOTHING_CHANGED "; " AUDIT_RESTORE);
	(void)snprintf(a->path, sizeof(a->path), "%.*s",
		(int)sizeof(a->path) - 1, fresh);
	if (st == STATUS_OK)
		st = mend_file(&n, err);
	if (st == STATUS_OK)
		st = take_place(&n, where, err);
	memcpy(a->path, live, sizeof(live));
	if (st != STATUS_OK)
		exchange_drop(fresh);
	return st;
}
