#include <stdio.h>
#include <stdlib.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"

enum { NAMES_MAX = 64 * 1024 * 1024, ROW_ARENA_MAX = 256 * 1024 * 1024 };

static const enum audit_part compared[] = {
	AUDIT_TERMS, AUDIT_KEYS, AUDIT_DIGESTS, AUDIT_LOG};

static const char fetch[] =
	"submit it again from elsewhere (keypost add), or restore a backup";

static bool
is_odd(const struct sums *s)
{
	if ((s->keys | s->terms | s->digests) != 0)
		return true;
	if (s->last == 0)
		return false;
	return s->row != 0 ? s->last != s->row : s->last != AUDIT_GONE;
}

/* Marks those, and forgets what was added up of them. */
static size_t
watch_odd(struct audit *a)
{
	size_t count = 0;

	a->watch = xcalloc(1, (size_t)(a->span / 8 + 1));
	for (int64_t i = 0; i < a->span; i++) {
		if (!is_odd(&a->of[i]))
			continue;
		a->watch[i / 8] |= (uint8_t)(1u << (i % 8));
		a->of[i] = (struct sums){0};
		count++;
	}
	return count;
}

static bool
is_watched(const struct audit *a, int64_t i)
{
	return a->watch[i / 8] & (1u << (i % 8));
}

static enum status
read_watched(struct audit *a, sqlite3 *db, struct err *err)
{
	static const char sql[] =
		"SELECT " ROW_CHECK_COLUMNS " FROM cert WHERE id = ?1";
	struct arena *arena = arena_new(ROW_ARENA_MAX);
	struct row_truth truth;
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	for (int64_t i = 0; rc == SQLITE_OK && i < a->span; i++) {
		if (!is_watched(a, i))
			continue;
		(void)sqlite3_bind_int64(stmt, 1, a->base + i);
		rc = sqlite3_step(stmt);
		arena_reset(arena);
		if (rc == SQLITE_ROW)
			(void)audit_add_row(a, stmt, arena, &truth);
		(void)sqlite3_reset(stmt);
		if (rc == SQLITE_ROW || rc == SQLITE_DONE ||
			(rc & 0xFF) == SQLITE_CORRUPT)
			rc = SQLITE_OK; /* not to be read is not there */
	}
	(void)sqlite3_finalize(stmt);
	arena_free(arena);
	return raw_status(db, a->path, rc, err);
}

/* ---- telling -------------------------------------------------------- */

static void
name_row(sqlite3 *db, int64_t row, char name[AUDIT_NAME_MAX])
{
	static const char sql[] =
		"SELECT id, version, fpr FROM cert WHERE id = ?1";
	sqlite3_stmt *stmt = NULL;

	(void)snprintf(name, AUDIT_NAME_MAX, "row %lld", (long long)row);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) {
		(void)sqlite3_bind_int64(stmt, 1, row);
		if (sqlite3_step(stmt) == SQLITE_ROW)
			row_name(stmt, name, AUDIT_NAME_MAX);
	}
	(void)sqlite3_finalize(stmt);
}

static void
tell_part(struct audit *a, enum audit_part part, const char *name,
	const char *what)
{
	/* All of it was told of already. */
	if (a->broken[part])
		return;
	a->mend[part] = true;
	audit_fault(a, name, what, NULL);
}

static void
tell_row(struct audit *a, sqlite3 *db, int64_t id, const struct sums *s)
{
	char name[AUDIT_NAME_MAX];

	name_row(db, id, name);
	if (s->keys != 0)
		tell_part(a, AUDIT_KEYS, name,
			"its keys are not indexed as they are");
	if (s->terms != 0)
		tell_part(a, AUDIT_TERMS, name,
			"its user IDs are not indexed as they are");
	if (s->digests != 0)
		tell_part(a, AUDIT_DIGESTS, name,
			"its digest is not indexed as it is");
	if (s->last == 0 || s->last == s->row)
		return;
	a->mend[AUDIT_LOG] = true;
	audit_fault(a, name,
		s->last == AUDIT_GONE
			? "is stored, and removed by its last change in the log"
			: "its last change in the log has another digest",
		"something of it may be missing: submit it again from "
		"elsewhere (keypost add); --repair logs it as it is");
}

/* Octets in the handle are those of the fingerprint reversed, at 20. */
static void
name_handle(struct bytes handle, char name[AUDIT_NAME_MAX])
{
	uint8_t fpr[FINGERPRINT_MAX];
	size_t i;

	if (handle.len > sizeof(fpr))
		handle.len = sizeof(fpr);
	for (i = 0; i < handle.len; i++)
		fpr[i] = handle.data[handle.len == 20 ? handle.len - 1 - i : i];
	row_name_fpr(bytes_make(fpr, handle.len), name, AUDIT_NAME_MAX);
}

static const struct audit_lost *
find_lost(const struct audit *a, int64_t id)
{
	for (size_t i = 0; i < a->lost_count; i++)
		if (a->lost[i].id == id)
			return &a->lost[i];
	return NULL;
}

static void
tell_absent(struct audit *a, int64_t id, const struct sums *s)
{
	const struct audit_lost *lost = find_lost(a, id);
	bool logged = s->last != 0 && s->last != AUDIT_GONE;
	char name[AUDIT_NAME_MAX];

	(void)snprintf(name, sizeof(name), "row %lld", (long long)id);
	if (lost != NULL)
		name_handle(lost->handle, name);
	a->mend[AUDIT_KEYS] = a->mend[AUDIT_KEYS] || s->keys != 0;
	a->mend[AUDIT_TERMS] = a->mend[AUDIT_TERMS] || s->terms != 0;
	a->mend[AUDIT_DIGESTS] = a->mend[AUDIT_DIGESTS] || s->digests != 0;
	a->mend[AUDIT_LOG] = a->mend[AUDIT_LOG] || logged;
	if (lost != NULL || logged)
		audit_fault(a, name,
			"its row is gone, or cannot be read, and no change "
			"removed it",
			fetch);
	else
		audit_fault(a, name, "index rows are of no certificate", NULL);
}

static void
tell_watched(struct audit *a, sqlite3 *db)
{
	for (int64_t i = 0; i < a->span; i++) {
		const struct sums *s = &a->of[i];

		if (!is_watched(a, i) || !is_odd(s))
			continue;
		audit_mark(a, a->base + i);
		if (s->row != 0)
			tell_row(a, db, a->base + i, s);
		else
			tell_absent(a, a->base + i, s);
	}
	for (int p = 0; a->base == 1 && p < AUDIT_PARTS; p++) {
		char what[80];

		if (a->stray[p] == 0)
			continue;
		(void)snprintf(what, sizeof(what),
			"%lld index rows are of no certificate",
			(long long)a->stray[p]);
		tell_part(a, (enum audit_part)p, "", what);
	}
}

static enum status
look_again(struct audit *a, sqlite3 *db, struct err *err)
{
	enum status st = raw_status(db, a->path, audit_open_terms(db), err);

	if (st == STATUS_OK)
		st = raw_exec(db, a->path, "BEGIN", err);
	/* The snapshot is taken here. */
	if (st == STATUS_OK)
		st = audit_last(a, db, &a->last, err);
	if (st == STATUS_OK)
		st = read_watched(a, db, err);
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
		if (st == STATUS_OK && !a->broken[compared[i]])
			st = audit_scan(a, db, compared[i], err);
	if (st == STATUS_OK)
		tell_watched(a, db);
	if (sqlite3_get_autocommit(db) == 0)
		(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return st;
}

enum status
audit_settle(struct audit *a, sqlite3 *db, struct err *err)
{
	enum status st = STATUS_OK;

	a->names = arena_new(NAMES_MAX);
	if (watch_odd(a) > 0 || a->suspect)
		st = look_again(a, db, err);
	free(a->watch);
	arena_free(a->names);
	a->watch = NULL;
	a->names = NULL;
	a->lost = NULL;
	a->lost_count = a->lost_cap = 0;
	return st;
}
