/* The index of digests, while there is none: sorted until the end. */

#include <stdio.h>
#include <string.h>

#include "store/sqlite/bulk_put.h"

/* A record of the sorter; the last of those with one digest and row counts. */
enum {
	AT_ROW = sizeof(struct sks_digest), /* 40 bits */
	AT_NUMBER = AT_ROW + 5,
	AT_FLAGS = AT_NUMBER + 4,
	AT_REMOVED = AT_FLAGS + 4
};
_Static_assert(AT_REMOVED + 1 == (int)BULK_DIGEST_RECORD, "size of a record");
_Static_assert((int)BULK_DIGEST_RECORD <= (int)RUNS_RECORD, "as runs.h says");

void
bulk_note_digest(
	struct sqlite_session *s, const struct bulk_digest *d, bool removed)
{
	uint8_t record[BULK_DIGEST_RECORD];
	struct bulk *b = s->store->bulk;

	memcpy(record, d->digest.octets, AT_ROW);
	bulk_put_be(record + AT_ROW, (uint64_t)d->row, AT_NUMBER - AT_ROW);
	bulk_put_be(record + AT_NUMBER, b->noted++, AT_FLAGS - AT_NUMBER);
	bulk_put_be(record + AT_FLAGS, d->flags, AT_REMOVED - AT_FLAGS);
	record[AT_REMOVED] = removed;
	runs_add(b->runs[BULK_DIGESTS], record);
}

static void
bind(sqlite3_stmt *stmt, int at, const uint8_t *record)
{
	(void)sqlite3_bind_blob(stmt, at, record, AT_ROW, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, at + 1,
		(int64_t)bulk_get_be(record + AT_FLAGS, AT_REMOVED - AT_FLAGS));
	(void)sqlite3_bind_int64(stmt, at + 2,
		(int64_t)bulk_get_be(record + AT_ROW, AT_NUMBER - AT_ROW));
}

/*
 * CREATE INDEX reads every row of a file that is larger than the memory. A
 * table without row numbers is the same tree of the same records as an index
 * is, so one is filled in order and then named as what it is to be. SQLite is
 * told in its own table of contents, as its ALTER TABLE does; the number of
 * the schema makes it read that again.
 */
static const char fill[] =
	"CREATE TABLE cert_by_digest(sks_digest, flags, id,"
	" PRIMARY KEY(sks_digest, flags, id)) WITHOUT ROWID";
/* As schema-1.sql has it. */
static const char name[] =
	"UPDATE sqlite_schema SET type = 'index', tbl_name = 'cert', sql ="
	" 'CREATE INDEX cert_by_digest ON cert(sks_digest, flags)'"
	" WHERE name = 'cert_by_digest'";

static enum status
name_index(struct sqlite_session *s, int64_t version, struct err *err)
{
	enum status st = db_exec(s, "PRAGMA writable_schema = ON", err);
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA schema_version = %lld",
		(long long)version);
	if (st == STATUS_OK)
		st = db_exec(s, name, err);
	if (st == STATUS_OK)
		st = db_exec(s, sql, err);
	return st == STATUS_OK
		       ? db_exec(s, "PRAGMA writable_schema = RESET", err)
		       : st;
}

static enum status
fill_index(struct sqlite_session *s, struct err *err)
{
	static const struct bulk_kind digests = {
		.into = "INSERT INTO cert_by_digest(sks_digest, flags, id)",
		.size = BULK_DIGEST_RECORD,
		.same = AT_NUMBER,
		.removed = AT_REMOVED,
		.bind = bind};
	struct runs *runs = s->store->bulk->runs[BULK_DIGESTS];
	enum status st = db_exec(s, fill, err);

	return st == STATUS_OK ? bulk_put_sorted(s, runs, &digests, err) : st;
}

enum status
bulk_put_digests(struct sqlite_session *s, struct err *err)
{
	int64_t version = 0;
	enum status st = fill_index(s, err), defended;
	struct err ignored;

	if (st == STATUS_OK)
		st = db_number(s, "PRAGMA schema_version", 0, &version, err);
	if (st == STATUS_OK)
		st = db_defend(s, false, err);
	if (st == STATUS_OK)
		st = name_index(s, version + 1, err);
	defended = db_defend(s, true, st == STATUS_OK ? err : &ignored);
	return st == STATUS_OK ? defended : st;
}
