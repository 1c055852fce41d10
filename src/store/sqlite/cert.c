#include "store/sqlite/cert.h"

#include <string.h>

#include "store/sqlite/bulk.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/txn.h"

/* Of CERT_COLUMNS and of STMT_CERT_HEAD. */
enum {
	COL_ROW,
	COL_VERSION,
	COL_FPR,
	COL_BODY,
	COL_KEY_ID,
	COL_SKS_DIGEST,
	COL_LEVEL,
	COL_FLAGS,
	COL_UPDATED,
	COL_SEARCH = CERT_ROLE_COLUMN,
	COL_OCTETS
};

enum { HEAD_SKS_DIGEST = 4, HEAD_LEVEL = 5 };

struct bytes
cert_body_column(const struct cert_id *id)
{
	if (id->fpr.version > 3)
		return bytes_make("", 0);
	return bytes_make(
		id->body_sha256.octets, sizeof(id->body_sha256.octets));
}

enum status
cert_read_id(const struct stmt_run *run, int column, struct cert_id *id,
	struct err *err)
{
	struct bytes fpr = stmt_blob(run, column + 1);
	int64_t version = stmt_int(run, column);

	if (version < 0 || version > UINT8_MAX || fpr.len > FINGERPRINT_MAX)
		return fault_damage(
			run->session->store, "a fingerprint is none", err);
	memset(id, 0, sizeof(*id));
	id->fpr.version = (uint8_t)version;
	id->fpr.len = (uint8_t)fpr.len;
	if (fpr.len > 0)
		memcpy(id->fpr.octets, fpr.data, fpr.len);
	if (version > 3)
		return STATUS_OK;
	return stmt_fixed(run, column + 2, id->body_sha256.octets,
		sizeof(id->body_sha256.octets), err);
}

bool
cert_is(const struct cert_id *a, const struct cert_id *b)
{
	return a->fpr.version == b->fpr.version && a->fpr.len == b->fpr.len &&
	       memcmp(a->fpr.octets, b->fpr.octets, a->fpr.len) == 0 &&
	       bytes_eq(cert_body_column(a), cert_body_column(b));
}

/*
 * Steps to the row with this id among those found by its primary's handle
 * (more than one only for versions 2 and 3). The run is left on it.
 */
static enum status
seek_by_handle(struct stmt_run *run, const struct cert_id *id, struct err *err)
{
	struct cert_id found;
	enum status st;

	while ((st = stmt_next(run, err)) == STATUS_OK) {
		st = cert_read_id(run, COL_VERSION, &found, err);
		if (st != STATUS_OK || cert_is(&found, id))
			return st;
	}
	return st;
}

/* While there are no handles: among the rows that it may be. */
static enum status
seek_by_row(struct sqlite_session *s, enum stmt_id stmt,
	const struct cert_id *id, const struct handle *h, struct stmt_run *run,
	struct err *err)
{
	struct cert_id found;
	enum status st;
	int64_t row;
	size_t n;

	*run = stmt_start(s, stmt);
	for (n = 0; bulk_nth(s->store->bulk, h, n, &row); n++) {
		*run = stmt_start(s, stmt);
		stmt_bind_int(run, row);
		st = stmt_next(run, err);
		if (st == STATUS_OK)
			st = cert_read_id(run, COL_VERSION, &found, err);
		if (st != STATUS_NOT_FOUND &&
			(st != STATUS_OK || cert_is(&found, id)))
			return st;
		stmt_end(run);
	}
	return STATUS_NOT_FOUND;
}

enum status
cert_seek(struct sqlite_session *s, bool whole, const struct cert_id *id,
	struct cert_seek *at, struct err *err)
{
	handle_of(&id->fpr, &at->handle);
	if (s->store->bulk != NULL)
		return seek_by_row(s,
			whole ? STMT_CERT_FIND_ROW : STMT_CERT_HEAD_ROW, id,
			&at->handle, &at->run, err);
	at->run = stmt_start(s, whole ? STMT_CERT_FIND : STMT_CERT_HEAD);
	stmt_bind_blob(&at->run, bytes_make(at->handle.octets, at->handle.len));
	return seek_by_handle(&at->run, id, err);
}

enum status
cert_find_row(struct sqlite_session *s, const struct cert_id *id, int64_t *row,
	struct err *err)
{
	struct cert_seek at;
	enum status st;

	if (s->last_row > 0 && cert_is(id, &s->last_id)) {
		*row = s->last_row;
		return STATUS_OK;
	}
	st = cert_seek(s, false, id, &at, err);
	if (st == STATUS_OK)
		*row = stmt_int(&at.run, COL_ROW);
	stmt_end(&at.run);
	return st;
}

struct bytes
cert_search_column(const struct stmt_run *run)
{
	return stmt_blob(run, COL_SEARCH);
}

enum status
cert_load(const struct stmt_run *run, struct arena *arena, struct cert_row *row,
	struct err *err)
{
	struct cert_row r = {0};
	enum status st = cert_read_id(run, COL_VERSION, &r.id, err);

	if (st == STATUS_OK)
		st = stmt_fixed(run, COL_SKS_DIGEST, r.sks_digest.octets,
			sizeof(r.sks_digest.octets), err);
	if (st == STATUS_OK)
		st = stmt_copy_blob(run, COL_OCTETS, arena, &r.octets, err);
	if (st != STATUS_OK)
		return st;
	r.key_id = (uint64_t)stmt_int(run, COL_KEY_ID);
	r.level = (uint8_t)stmt_int(run, COL_LEVEL);
	r.flags = (uint32_t)stmt_int(run, COL_FLAGS);
	r.updated = stmt_int(run, COL_UPDATED);
	*row = r;
	return STATUS_OK;
}

enum status
sqlite_get_cert(struct store_session *session, const struct cert_id *id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct cert_seek at;
	enum status st;

	txn_start_clock(s);
	st = cert_seek(s, true, id, &at, err);
	if (st == STATUS_OK)
		st = cert_load(&at.run, arena, row, err);
	stmt_end(&at.run);
	return st;
}

enum status
sqlite_get_head(struct store_session *session, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct cert_seek at;
	enum status st;

	txn_start_clock(s);
	st = cert_seek(s, false, id, &at, err);
	if (st == STATUS_OK)
		st = stmt_fixed(&at.run, HEAD_SKS_DIGEST, digest->octets,
			sizeof(digest->octets), err);
	if (st == STATUS_OK)
		*level = (uint8_t)stmt_int(&at.run, HEAD_LEVEL);
	stmt_end(&at.run);
	if (st == STATUS_NOT_FOUND && s->in_txn) {
		s->last_id = *id;
		s->last_row = DB_ROW_ABSENT;
	}
	return st;
}
