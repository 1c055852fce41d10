#include "store/sqlite/bulk_put.h"

#include <stdlib.h>
#include <string.h>

#include "store/sqlite/fault.h"

/* Rows of one statement: as many as it may have variables. */
enum { PUT_ROWS = 300 };

struct putting {
	struct sqlite_session *s;
	const struct bulk_kind *kind;
	sqlite3_stmt *stmt; /* of PUT_ROWS rows */
	size_t count;
	uint8_t records[PUT_ROWS][RUNS_RECORD];
};

void
bulk_put_be(uint8_t *out, uint64_t v, size_t len)
{
	for (; len > 0; v >>= 8)
		out[--len] = (uint8_t)v;
}

uint64_t
bulk_get_be(const uint8_t *in, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v << 8 | in[i];
	return v;
}

static enum status
put_prepare(struct putting *p, size_t rows, struct err *err)
{
	struct buf sql;
	enum status st;
	size_t i;

	buf_init(&sql, 0);
	st = buf_printf(&sql, "%s VALUES", p->kind->into);
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
		p->kind->bind(
			p->stmt, (int)(BULK_COLUMNS * i + 1), p->records[i]);
	rc = sqlite3_step(p->stmt);
	(void)sqlite3_reset(p->stmt);
	p->count = 0;
	return rc == SQLITE_DONE ? STATUS_OK : fault_status(p->s, rc, err);
}

static enum status
put_record(struct putting *p, const uint8_t *record, struct err *err)
{
	if (record[p->kind->removed])
		return STATUS_OK;
	memcpy(p->records[p->count++], record, p->kind->size);
	return p->count == PUT_ROWS ? put_some(p, err) : STATUS_OK;
}

static enum status
put_each(struct putting *p, struct runs *runs, struct err *err)
{
	uint8_t last[RUNS_RECORD], next[RUNS_RECORD];
	enum status st = runs_next(runs, last, err), put = STATUS_OK;

	while (st == STATUS_OK && put == STATUS_OK) {
		st = runs_next(runs, next, err);
		if (st != STATUS_OK || memcmp(last, next, p->kind->same) != 0)
			put = put_record(p, last, err);
		memcpy(last, next, p->kind->size);
	}
	if (put != STATUS_OK)
		return put;
	return st == STATUS_NOT_FOUND ? put_some(p, err) : st;
}

enum status
bulk_put_sorted(struct sqlite_session *s, struct runs *runs,
	const struct bulk_kind *kind, struct err *err)
{
	struct putting *p = xcalloc(1, sizeof(*p));
	enum status st;

	p->s = s;
	p->kind = kind;
	st = runs_merge(runs, err);
	if (st == STATUS_OK)
		st = put_each(p, runs, err);
	(void)sqlite3_finalize(p->stmt);
	free(p);
	return st;
}
