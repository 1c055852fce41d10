/* What certificates are found by while there is no index: sorted until the end,
 * then written in that order. */

#include <stdlib.h>
#include <string.h>

#include "store/sqlite/bulk.h"
#include "store/sqlite/fault.h"

/* A record of the sorter; the last of those with one handle and row counts. */
enum {
	AT_LENGTH = HANDLE_MAX, /* of the handle, which zeros fill up */
	AT_ROW = AT_LENGTH + 1, /* 40 bits */
	AT_NUMBER = AT_ROW + 5,
	AT_ROLE = AT_NUMBER + 4,
	AT_REMOVED = AT_ROLE + 1
};
_Static_assert(AT_REMOVED + 1 == RUNS_RECORD, "size of a record");

static void
put_be(uint8_t *out, uint64_t v, size_t len)
{
	for (; len > 0; v >>= 8)
		out[--len] = (uint8_t)v;
}

static void
key_of_handle(const uint8_t *handle, size_t len, uint8_t key[KEYROW_KEY])
{
	memset(key, 0, KEYROW_KEY);
	memcpy(key, handle, len < KEYROW_KEY ? len : KEYROW_KEY);
}

enum status
bulk_note(struct sqlite_session *s, const struct term *handle, int64_t row,
	bool removed, struct err *err)
{
	struct bulk *b = s->store->bulk;
	uint8_t record[RUNS_RECORD] = {0}, key[KEYROW_KEY];
	struct bytes h = handle->octets;

	if (h.len > HANDLE_MAX)
		h.len = HANDLE_MAX;
	memcpy(record, h.data, h.len);
	record[AT_LENGTH] = (uint8_t)h.len;
	put_be(record + AT_ROW, (uint64_t)row, AT_NUMBER - AT_ROW);
	put_be(record + AT_NUMBER, b->noted++, AT_ROLE - AT_NUMBER);
	record[AT_ROLE] = handle->role;
	record[AT_REMOVED] = removed;
	runs_add(b->runs, record);
	if (removed || (handle->role & ROLE_PRIMARY) == 0)
		return STATUS_OK;
	key_of_handle(h.data, h.len, key);
	if (keyrow_add(b->keys, key, row) == STATUS_OK)
		return STATUS_OK;
	err_set(err, "more than %zu certificates in one load", KEYROW_MAX);
	return STATUS_LIMIT;
}

bool
bulk_nth(const struct bulk *b, const struct handle *h, size_t n, int64_t *row)
{
	uint8_t key[KEYROW_KEY];

	key_of_handle(h->octets, h->len, key);
	return keyrow_nth(b->keys, key, n, row);
}

/* ---- the end --------------------------------------------------------- */

/* Rows of one statement: as many as it may have variables. */
enum { PUT_ROWS = 300, PUT_COLUMNS = 3 };

struct putting {
	struct sqlite_session *s;
	sqlite3_stmt *stmt; /* of PUT_ROWS rows */
	size_t count;
	uint8_t records[PUT_ROWS][RUNS_RECORD];
};

static enum status
put_prepare(struct putting *p, size_t rows, struct err *err)
{
	struct buf sql;
	enum status st;
	size_t i;

	buf_init(&sql, 0);
	st = buf_printf(&sql, "INSERT INTO subkey(handle, cert, role) VALUES");
	for (i = 0; st == STATUS_OK && i < rows; i++)
		st = buf_printf(&sql, "%s(?, ?, ?)", i > 0 ? ", " : "");
	if (st == STATUS_OK)
		st = fault_status(p->s,
			sqlite3_prepare_v2(p->s->db, (const char *)sql.data,
				(int)sql.len, &p->stmt, NULL),
			err);
	buf_done(&sql);
	return st;
}

static void
put_bind(struct putting *p, size_t i)
{
	const uint8_t *record = p->records[i];
	int at = (int)(PUT_COLUMNS * i);
	int64_t row = 0;

	for (size_t k = AT_ROW; k < AT_NUMBER; k++)
		row = row << 8 | record[k];
	(void)sqlite3_bind_blob(
		p->stmt, at + 1, record, record[AT_LENGTH], SQLITE_STATIC);
	(void)sqlite3_bind_int64(p->stmt, at + 2, row);
	(void)sqlite3_bind_int(p->stmt, at + 3, record[AT_ROLE]);
}

/* Those that were gathered. The last ones have a statement of their own. */
static enum status
put_some(struct putting *p, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;
	int rc;

	if (p->count == 0)
		return STATUS_OK;
	if (p->count < PUT_ROWS) {
		(void)sqlite3_finalize(p->stmt);
		p->stmt = NULL;
	}
	if (p->stmt == NULL)
		st = put_prepare(p, p->count, err);
	if (st != STATUS_OK)
		return st;
	for (i = 0; i < p->count; i++)
		put_bind(p, i);
	rc = sqlite3_step(p->stmt);
	(void)sqlite3_reset(p->stmt);
	p->count = 0;
	return rc == SQLITE_DONE ? STATUS_OK : fault_status(p->s, rc, err);
}

static enum status
put_handle(struct putting *p, const uint8_t *record, struct err *err)
{
	if (record[AT_REMOVED])
		return STATUS_OK;
	memcpy(p->records[p->count++], record, RUNS_RECORD);
	return p->count == PUT_ROWS ? put_some(p, err) : STATUS_OK;
}

/* Of those with one handle and row the last one. */
static enum status
put_each(struct putting *p, struct runs *runs, struct err *err)
{
	uint8_t last[RUNS_RECORD], next[RUNS_RECORD];
	enum status st = runs_next(runs, last, err), put = STATUS_OK;

	while (st == STATUS_OK && put == STATUS_OK) {
		st = runs_next(runs, next, err);
		if (st != STATUS_OK || memcmp(last, next, AT_NUMBER) != 0)
			put = put_handle(p, last, err);
		memcpy(last, next, sizeof(last));
	}
	if (put != STATUS_OK)
		return put;
	return st == STATUS_NOT_FOUND ? put_some(p, err) : st;
}

enum status
bulk_put_handles(struct sqlite_session *s, struct err *err)
{
	struct putting *p = xcalloc(1, sizeof(*p));
	enum status st;

	p->s = s;
	runs_merge(s->store->bulk->runs);
	st = put_each(p, s->store->bulk->runs, err);
	(void)sqlite3_finalize(p->stmt);
	free(p);
	return st;
}
