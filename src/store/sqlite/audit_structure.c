#include <stdio.h>
#include <string.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"

static void
note_torn(struct audit *a, const char *text, size_t len)
{
	struct audit_torn *t;

	pthread_mutex_lock(&a->lock);
	if (a->torn_count == a->torn_cap) {
		a->torn_cap = 2 * a->torn_cap + 16;
		a->torn = xrealloc(a->torn, a->torn_cap * sizeof(*a->torn));
	}
	t = &a->torn[a->torn_count++];
	(void)snprintf(t->text, sizeof(t->text), "the file: %.*s",
		(int)(len < 140 ? len : 140), text);
	pthread_mutex_unlock(&a->lock);
}

/* Of pages SQLite tells in one text, a line each, below a heading. */
static void
note_pages(struct audit *a, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > 0 && strncmp(text, "***", 3) != 0)
			note_torn(a, text, len);
		text += len + (text[len] == '\n');
	}
}

static void
note_line(struct audit *a, const char *text)
{
	if (strcmp(text, "ok") == 0)
		return;
	if (strncmp(text, "***", 3) == 0) {
		note_pages(a, text);
	} else if (strstr(text, "index change_by_cert") != NULL) {
		a->mend[AUDIT_LOG] = true;
		audit_fault(a, "", text, NULL);
	} else {
		audit_fault(a, "", text, AUDIT_RESTORE);
	}
}

/* The second look at pages tells nothing new. */
static int
ask(struct audit *a, sqlite3 *db, const char *sql, bool second)
{
	sqlite3_stmt *stmt = NULL;
	const char *text;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	for (; rc == SQLITE_ROW; rc = sqlite3_step(stmt)) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		if (text != NULL && (!second || *text != '*'))
			note_line(a, text);
	}
	(void)sqlite3_finalize(stmt);
	if ((rc & 0xFF) != SQLITE_CORRUPT)
		return rc;
	text = sqlite3_errstr(rc);
	if (a->torn_count == 0)
		note_torn(a, text, strlen(text));
	return SQLITE_OK;
}

/* The indexes of certificates are compared by audit_indexes.c. */
enum status
audit_structure(struct audit *a, sqlite3 *db, struct err *err)
{
	int rc = ask(a, db, "PRAGMA quick_check(100)", false);

	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		rc = ask(a, db, "PRAGMA integrity_check('change')", true);
	return raw_status(db, a->path, rc, err);
}

/* ---- what of it can be made anew ------------------------------------ */

static enum status
is_whole(struct audit *a, sqlite3 *db, const char *table, bool *whole,
	struct err *err)
{
	char *sql = sqlite3_mprintf("PRAGMA quick_check(%Q)", table);
	sqlite3_stmt *stmt = NULL;
	const char *text = NULL;
	int rc = SQLITE_NOMEM;

	if (sql != NULL)
		rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	sqlite3_free(sql);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(stmt, 0);
	*whole = text != NULL && strcmp(text, "ok") == 0;
	(void)sqlite3_finalize(stmt);
	return raw_status(db, a->path, rc, err);
}

/* Changes were read already, all of them. Of certificates that cannot be read
 * each is told by itself. */
static enum status
can_be_copied(struct audit *a, sqlite3 *db, bool *has, struct err *err)
{
	static const char sql[] = AUDIT_TABLES("sqlite_schema");
	sqlite3_stmt *stmt = NULL;
	enum status st = STATUS_OK;
	const char *name;
	int rc;

	*has = !a->broken[AUDIT_LOG];
	rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	while (*has && st == STATUS_OK && rc == SQLITE_OK &&
		(rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		name = (const char *)sqlite3_column_text(stmt, 0);
		rc = SQLITE_OK;
		if (strcmp(name, "cert") != 0 && strcmp(name, "change") != 0)
			st = is_whole(a, db, name, has, err);
	}
	(void)sqlite3_finalize(stmt);
	return st == STATUS_OK ? raw_status(db, a->path, rc, err) : st;
}

/* What its module calls damaged may be so by a page that cannot be read. */
static enum status
look_below(struct audit *a, sqlite3 *db, struct err *err)
{
	bool whole = true;
	enum status st = is_whole(a, db, "user_id_data", &whole, err);

	a->unread[AUDIT_TERMS] = !whole;
	return st;
}

static void
tell_index(struct audit *a, enum audit_part part, bool whole)
{
	static const char *const names[AUDIT_PARTS] = {
		[AUDIT_TERMS] = "the index of user IDs is damaged",
		[AUDIT_KEYS] = "the index of keys is damaged",
		[AUDIT_DIGESTS] = "the index of digests is damaged",
		[AUDIT_LOG] = "the change log is damaged"};

	if (!a->broken[part])
		return;
	if (!a->unread[part])
		a->mend[part] = true;
	audit_fault(a, "", names[part],
		!a->unread[part] || whole ? NULL : AUDIT_RESTORE);
}

enum status
audit_tell_torn(struct audit *a, sqlite3 *db, struct err *err)
{
	bool any = a->torn_count > 0, whole = true;
	enum status st = STATUS_OK;

	if (a->broken[AUDIT_TERMS] && !a->unread[AUDIT_TERMS])
		st = look_below(a, db, err);
	for (int p = 0; p < AUDIT_PARTS; p++)
		any = any || a->unread[p];
	if (st == STATUS_OK && any)
		st = can_be_copied(a, db, &whole, err);
	for (int p = AUDIT_TERMS; st == STATUS_OK && p <= AUDIT_LOG; p++)
		tell_index(a, (enum audit_part)p, whole);
	if (st == STATUS_OK && a->broken[AUDIT_ROWS])
		audit_fault(a, "", "certificates cannot be read",
			whole ? AUDIT_SALVAGE : AUDIT_RESTORE);
	for (size_t i = 0; st == STATUS_OK && i < a->torn_count; i++)
		audit_fault(
			a, "", a->torn[i].text, whole ? NULL : AUDIT_RESTORE);
	if (any && whole)
		a->mend[AUDIT_STRUCTURE] = true;
	return st;
}
