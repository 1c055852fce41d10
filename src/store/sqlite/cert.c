#include "store/sqlite/cert.h"

#include <string.h>

#include "store/sqlite/fault.h"
#include "store/sqlite/index.h"
#include "store/sqlite/levels.h"
#include "store/sqlite/terms.h"
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
	COL_DIGESTS,
	COL_OCTETS
};

enum { HEAD_SKS_DIGEST = 4, HEAD_LEVEL = 5, HEAD_SEARCH = 6 };

static struct bytes
body_column(const struct cert_id *id)
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

static bool
is_same(const struct cert_id *a, const struct cert_id *b)
{
	return a->fpr.version == b->fpr.version && a->fpr.len == b->fpr.len &&
	       memcmp(a->fpr.octets, b->fpr.octets, a->fpr.len) == 0 &&
	       bytes_eq(body_column(a), body_column(b));
}

/*
 * Steps to the row with this id among those found by its primary's handle
 * (more than one only for versions 2 and 3). The run is left on it.
 */
static enum status
seek(struct stmt_run *run, const struct cert_id *id, struct err *err)
{
	struct cert_id found;
	enum status st;

	while ((st = stmt_next(run, err)) == STATUS_OK) {
		st = cert_read_id(run, COL_VERSION, &found, err);
		if (st != STATUS_OK || is_same(&found, id))
			return st;
	}
	return st;
}

static struct stmt_run
start_by_id(struct sqlite_session *s, enum stmt_id stmt,
	const struct cert_id *id, struct handle *h)
{
	struct stmt_run run = stmt_start(s, stmt);

	handle_of(&id->fpr, h);
	stmt_bind_blob(&run, bytes_make(h->octets, h->len));
	return run;
}

enum status
cert_find_row(struct sqlite_session *s, const struct cert_id *id, int64_t *row,
	struct err *err)
{
	struct handle h;
	struct stmt_run run;
	enum status st;

	if (s->last_row > 0 && is_same(id, &s->last_id)) {
		*row = s->last_row;
		return STATUS_OK;
	}
	run = start_by_id(s, STMT_CERT_HEAD, id, &h);
	st = seek(&run, id, err);
	if (st == STATUS_OK)
		*row = stmt_int(&run, COL_ROW);
	stmt_end(&run);
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
		st = stmt_copy_blob(
			run, COL_DIGESTS, arena, &r.packet_digests, err);
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
	struct handle h;
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = start_by_id(s, STMT_CERT_FIND, id, &h);
	st = seek(&run, id, err);
	if (st == STATUS_OK)
		st = cert_load(&run, arena, row, err);
	stmt_end(&run);
	return st;
}

enum status
sqlite_get_head(struct store_session *session, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct handle h;
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = start_by_id(s, STMT_CERT_HEAD, id, &h);
	st = seek(&run, id, err);
	if (st == STATUS_OK)
		st = stmt_fixed(&run, HEAD_SKS_DIGEST, digest->octets,
			sizeof(digest->octets), err);
	if (st == STATUS_OK)
		*level = (uint8_t)stmt_int(&run, HEAD_LEVEL);
	stmt_end(&run);
	if (st == STATUS_NOT_FOUND && s->in_txn) {
		s->last_id = *id;
		s->last_row = DB_ROW_ABSENT;
	}
	return st;
}

/* ---- writing ------------------------------------------------------- */

static enum status
handle_insert(struct sqlite_session *s, const struct term *t, int64_t row,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_HANDLE_INSERT);

	stmt_bind_blob(&run, t->octets);
	stmt_bind_int(&run, row);
	stmt_bind_int(&run, t->role);
	return stmt_finish(&run, err);
}

static enum status
handle_delete(struct sqlite_session *s, const struct term *t, int64_t row,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_HANDLE_DELETE);

	stmt_bind_blob(&run, t->octets);
	stmt_bind_int(&run, row);
	return stmt_finish(&run, err);
}

/* The next handle. Damage in the packed terms ends the walk like its end. */
static bool
take_handle(struct bytes packed, size_t *pos, struct term *t)
{
	while (terms_next(packed, pos, t) == STATUS_OK)
		if (t->kind == TERM_HANDLE)
			return true;
	return false;
}

/* One walk over both sorted lists: writes only what differs. */
static enum status
replace_handles(struct sqlite_session *s, int64_t row, struct bytes old,
	struct bytes new, struct err *err)
{
	struct term a, b;
	size_t at_old = 0, at_new = 0;
	bool have_a = take_handle(old, &at_old, &a);
	bool have_b = take_handle(new, &at_new, &b);
	enum status st = STATUS_OK;
	int order;

	while (st == STATUS_OK && (have_a || have_b)) {
		if (!have_a || !have_b)
			order = have_a ? -1 : 1;
		else
			order = terms_cmp(&a, &b);
		if (order < 0)
			st = handle_delete(s, &a, row, err);
		else if (order > 0 || a.role != b.role)
			st = handle_insert(s, &b, row, err);
		if (order <= 0)
			have_a = take_handle(old, &at_old, &a);
		if (order >= 0)
			have_b = take_handle(new, &at_new, &b);
	}
	return st;
}

static enum status
replace_search(struct sqlite_session *s, int64_t row, struct bytes old,
	struct bytes new, struct err *err)
{
	enum status st = replace_handles(s, row, old, new, err);

	if (st == STATUS_OK)
		st = index_replace(s, row, old, new, err);
	return st;
}

static enum status
insert_row(struct sqlite_session *s, const struct cert_row *r,
	struct bytes packed, int64_t *row, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_INSERT);
	enum status st;

	stmt_bind_int(&run, r->id.fpr.version);
	stmt_bind_blob(&run, bytes_make(r->id.fpr.octets, r->id.fpr.len));
	stmt_bind_blob(&run, body_column(&r->id));
	stmt_bind_int(&run, (int64_t)r->key_id);
	stmt_bind_blob(&run,
		bytes_make(r->sks_digest.octets, sizeof(r->sks_digest.octets)));
	stmt_bind_int(&run, r->level);
	stmt_bind_int(&run, r->flags);
	stmt_bind_int(&run, r->updated);
	stmt_bind_blob(&run, packed);
	stmt_bind_blob(&run, r->packet_digests);
	stmt_bind_blob(&run, r->octets);
	st = stmt_finish(&run, err);
	if (st == STATUS_OK)
		*row = sqlite3_last_insert_rowid(s->db);
	return st;
}

static enum status
update_row(struct sqlite_session *s, int64_t row, const struct cert_row *r,
	struct bytes packed, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_UPDATE);

	stmt_bind_int(&run, row);
	stmt_bind_blob(&run,
		bytes_make(r->sks_digest.octets, sizeof(r->sks_digest.octets)));
	stmt_bind_int(&run, r->level);
	stmt_bind_int(&run, r->flags);
	stmt_bind_int(&run, r->updated);
	stmt_bind_blob(&run, packed);
	stmt_bind_blob(&run, r->packet_digests);
	stmt_bind_blob(&run, r->octets);
	return stmt_finish(&run, err);
}

/* The row's number and its packed terms, in the work arena: what was written
 * is in the row itself, so that the search rows cannot disagree. */
static enum status
find_for_write(struct sqlite_session *s, const struct cert_id *id, int64_t *row,
	struct bytes *packed, struct err *err)
{
	struct handle h;
	struct stmt_run run;
	enum status st;

	/* The writer has just asked whether it is there. */
	if (s->last_row == DB_ROW_ABSENT && is_same(id, &s->last_id))
		return STATUS_NOT_FOUND;
	run = start_by_id(s, STMT_CERT_HEAD, id, &h);
	st = seek(&run, id, err);
	if (st == STATUS_OK)
		st = stmt_copy_blob(&run, HEAD_SEARCH, s->work, packed, err);
	if (st == STATUS_OK)
		*row = stmt_int(&run, COL_ROW);
	stmt_end(&run);
	return st;
}

enum status
sqlite_put_cert(struct store_session *session, const struct cert_row *r,
	const struct cert_search *search, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct bytes packed, before = {0};
	int64_t row = 0;
	enum status st, found;

	st = txn_may_write(s, err);
	if (st != STATUS_OK)
		return st;
	arena_reset(s->work);
	st = terms_pack(s->work, r, search, &packed);
	if (st != STATUS_OK) {
		err_set(err, "too many keys and user IDs to index");
		return st;
	}
	st = levels_note(s, r->level, err);
	if (st != STATUS_OK)
		return st;
	found = find_for_write(s, &r->id, &row, &before, err);
	if (found == STATUS_NOT_FOUND)
		st = insert_row(s, r, packed, &row, err);
	else if (found == STATUS_OK)
		st = update_row(s, row, r, packed, err);
	else
		return found;
	if (st == STATUS_OK)
		st = replace_search(s, row, before, packed, err);
	if (st != STATUS_OK) {
		s->spoiled = true;
		return st;
	}
	if (found == STATUS_NOT_FOUND)
		s->txn_certs++;
	s->last_id = r->id;
	s->last_row = row;
	return STATUS_OK;
}

enum status
sqlite_delete_cert(struct store_session *session, const struct cert_id *id,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct bytes packed, none = {0};
	struct stmt_run run;
	int64_t row = 0;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	arena_reset(s->work);
	st = find_for_write(s, id, &row, &packed, err);
	if (st != STATUS_OK)
		return st;
	s->last_row = 0;
	st = replace_search(s, row, packed, none, err);
	if (st == STATUS_OK) {
		run = stmt_start(s, STMT_CERT_DELETE);
		stmt_bind_int(&run, row);
		st = stmt_finish(&run, err);
	}
	if (st == STATUS_OK)
		s->txn_certs--;
	else
		s->spoiled = true;
	return st;
}
