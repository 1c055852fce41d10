#include <stdio.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"

/* The last number that a change was given. */
#define LAST_SEQ                                                               \
	"max(coalesce((SELECT max(seq) FROM change), 0),"                      \
	" coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'change'), "  \
	"0))"
#define BEHIND_SEQUENCE(table, column)                                         \
	"SELECT '" table "' WHERE coalesce((SELECT seq FROM sqlite_sequence"   \
	" WHERE name = '" table "'), 0) <"                                     \
	" coalesce((SELECT max(" column ") FROM " table "), 0)"
#define MEND_SEQUENCE(table, column)                                           \
	"DELETE FROM sqlite_sequence WHERE name = '" table "';"                \
	" INSERT INTO sqlite_sequence VALUES('" table "',"                     \
	" (SELECT max(" column ") FROM " table "))"
#define BAD_CURSOR "cursor < 0 OR cursor > " LAST_SEQ
#define BAD_LETTER                                                             \
	"first_seq < 1 OR first_seq > last_seq OR last_seq > " LAST_SEQ        \
	" OR peer NOT IN (SELECT name FROM peer)"
#define BAD_CHANGE                                                             \
	"length(old_digest) <> 16 OR length(new_digest) <> 16 OR"              \
	" length(delta) % 32 <> 0"
#define GOOD_ID                                                                \
	"SELECT 1 FROM meta WHERE key = 'store_id' AND length(value) = 32"     \
	" AND value NOT GLOB '*[^0-9a-f]*'"

/*
 * Each asks for what is wrong, by a name, and says how it is mended; where
 * that loses something, `advice` says what. The order is that of mending.
 */
static const struct {
	const char *sql;
	const char *before, *after; /* of the name */
	const char *advice;
	const char *mend;
} facts[] = {
	{BEHIND_SEQUENCE("change", "seq"), "numbers of the table ",
		" would be given again", NULL, MEND_SEQUENCE("change", "seq")},
	{BEHIND_SEQUENCE("cert", "id"), "numbers of the table ",
		" would be given again", NULL, MEND_SEQUENCE("cert", "id")},
	{"SELECT seq FROM change WHERE " BAD_CHANGE, "change ", " is damaged",
		"peers do not get what it told of: submit that again "
		"(keypost add); --repair blanks it",
		"UPDATE change SET old_digest = zeroblob(16), delta = x'',"
		" new_digest = coalesce((SELECT sks_digest FROM cert"
		" WHERE id = change.cert), zeroblob(16)) WHERE " BAD_CHANGE},
	/* 2: PEER_RESYNC. What it was not sent is not known. */
	{"SELECT name FROM peer WHERE " BAD_CURSOR, "the cursor of peer ",
		" is beyond the log",
		"it may lack changes: let it load a dump; --repair puts it "
		"to the end of the log",
		"UPDATE peer SET flags = flags | 2,"
		" cursor = max(0, min(cursor, " LAST_SEQ
		")) WHERE " BAD_CURSOR},
	{"SELECT peer FROM letter WHERE " BAD_LETTER,
		"a letter planned for peer ", " is beyond the log", NULL,
		"DELETE FROM letter WHERE " BAD_LETTER},
	{"SELECT 'store_id' WHERE NOT EXISTS (" GOOD_ID ")",
		"the store's name (", ") is none", NULL,
		"INSERT OR REPLACE INTO meta(key, value) VALUES('store_id',"
		" lower(hex(randomblob(16))))"},
	{"SELECT key FROM meta WHERE key = 'stopped' AND value <>"
	 " (SELECT count(*) FROM cert INDEXED BY cert_by_digest)",
		"the number of certificates (", ") is another", NULL,
		"DELETE FROM meta WHERE key = 'stopped'"},
	/* ?1: what it was before the rows were read, ?2: the lowest met. */
	{"SELECT key FROM meta WHERE key = 'level_floor'"
	 " AND min(value, ?1) > ?2",
		"rows are below the level that (", ") says", NULL,
		"DELETE FROM meta WHERE key = 'level_floor'"},
	{"SELECT hex(digest) FROM rejected_digest WHERE length(digest) <> 16",
		"the refused digest ", " is none", NULL,
		"DELETE FROM rejected_digest WHERE length(digest) <> 16"},
};

static sqlite3_stmt *
prepare(struct audit *a, sqlite3 *db, size_t i, int *rc)
{
	sqlite3_stmt *stmt = NULL;

	*rc = sqlite3_prepare_v2(db, facts[i].sql, -1, &stmt, NULL);
	if (*rc == SQLITE_OK && sqlite3_bind_parameter_count(stmt) == 2) {
		(void)sqlite3_bind_int64(stmt, 1, a->floor);
		(void)sqlite3_bind_int64(stmt, 2, a->lowest);
	}
	return stmt;
}

static enum status
ask(struct audit *a, sqlite3 *db, size_t i, struct err *err)
{
	char what[160];
	int rc;
	sqlite3_stmt *stmt = prepare(a, db, i, &rc);

	while ((rc == SQLITE_OK || rc == SQLITE_ROW) &&
		(rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		(void)snprintf(what, sizeof(what), "%s%.60s%s", facts[i].before,
			(const char *)sqlite3_column_text(stmt, 0),
			facts[i].after);
		a->mend[AUDIT_FACTS] = true;
		audit_fault(a, "", what, facts[i].advice);
	}
	(void)sqlite3_finalize(stmt);
	if ((rc & 0xFF) == SQLITE_CORRUPT)
		return STATUS_OK; /* the structure's check tells of it */
	return raw_status(db, a->path, rc, err);
}

static enum status
mend_one(struct audit *a, sqlite3 *db, size_t i, struct err *err)
{
	int rc;
	sqlite3_stmt *stmt = prepare(a, db, i, &rc);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt);
	if (rc == SQLITE_ROW)
		return raw_exec(db, a->path, facts[i].mend, err);
	return raw_status(db, a->path, rc, err);
}

enum status
audit_facts(struct audit *a, sqlite3 *db, bool mend, struct err *err)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (st == STATUS_OK)
			st = mend ? mend_one(a, db, i, err)
				  : ask(a, db, i, err);
	return st;
}
