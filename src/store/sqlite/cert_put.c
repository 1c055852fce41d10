
#include "store/sqlite/bulk.h"
#include "store/sqlite/cert.h"
#include "store/sqlite/index.h"
#include "store/sqlite/levels.h"
#include "store/sqlite/rowcheck.h"
#include "store/sqlite/txn.h"

/* Puts a handle in or takes it out: into the table, or among what a bulk load
 * sorts. */
static enum status
handle_write(struct sqlite_session *s, const struct term *t, int64_t row,
	bool out, struct err *err)
{
	struct stmt_run run;

	if (s->store->bulk != NULL)
		return bulk_note(s, t, row, out, err);
	run = stmt_start(s, out ? STMT_HANDLE_DELETE : STMT_HANDLE_INSERT);
	stmt_bind_blob(&run, t->octets);
	stmt_bind_int(&run, row);
	if (!out)
		stmt_bind_int(&run, t->role);
	return stmt_finish(&run, err);
}

/*
 * The next handle. Damage in the packed terms ends the walk like its end: what
 * is kept by a handle behind it is not known, so all of it is over.
 */
static bool
take_handle(struct sqlite_session *s, struct bytes packed, size_t *pos,
	struct term *t)
{
	enum status st;

	while ((st = terms_next(packed, pos, t)) == STATUS_OK)
		if (t->kind == TERM_HANDLE)
			return true;
	if (st != STATUS_NOT_FOUND)
		recent_mark_all(&s->marks);
	return false;
}

/* One walk over both sorted lists: writes only what differs. */
static enum status
replace_handles(struct sqlite_session *s, int64_t row, struct bytes old,
	struct bytes new, struct err *err)
{
	struct term a, b;
	size_t at_old = 0, at_new = 0;
	bool have_a = take_handle(s, old, &at_old, &a);
	bool have_b = take_handle(s, new, &at_new, &b);
	enum status st = STATUS_OK;
	int order;

	while (st == STATUS_OK && (have_a || have_b)) {
		if (!have_a || !have_b)
			order = have_a ? -1 : 1;
		else
			order = terms_cmp(&a, &b);
		recent_mark(&s->marks, order < 0 ? a.octets : b.octets);
		if (order < 0)
			st = handle_write(s, &a, row, true, err);
		else if (order > 0 || a.role != b.role)
			st = handle_write(s, &b, row, false, err);
		if (order <= 0)
			have_a = take_handle(s, old, &at_old, &a);
		if (order >= 0)
			have_b = take_handle(s, new, &at_new, &b);
	}
	return st;
}

/* What a row is found by, and the sum of its octets. */
struct cert_packed {
	struct bytes terms;
	struct bytes text;
	int64_t sum;
};

static enum status
replace_search(struct sqlite_session *s, int64_t row, struct bytes old,
	const struct cert_packed *new, struct err *err)
{
	enum status st = replace_handles(s, row, old, new->terms, err);

	if (st == STATUS_OK)
		st = index_replace(s, row, old, new->text, err);
	return st;
}

enum status
sqlite_pack_cert(struct arena *arena, const struct cert_row *row,
	struct cert_search *search, struct err *err)
{
	struct cert_packed *p = arena_alloc(arena, sizeof(*p));
	const char *text = "";
	enum status st = p == NULL ? STATUS_LIMIT
				   : terms_pack(arena, row, search, &p->terms);

	if (st == STATUS_OK)
		st = terms_text(arena, p->terms, &text);
	if (st != STATUS_OK) {
		err_set(err, "too many keys and user IDs to index");
		return st;
	}
	p->text = bytes_of(text);
	p->sum = row_sum(row->octets);
	search->packed = p;
	return STATUS_OK;
}

/* What a merge changes, in the order in which both statements have it. */
static void
bind_content(struct stmt_run *run, const struct cert_row *r,
	const struct cert_packed *packed)
{
	stmt_bind_blob(run,
		bytes_make(r->sks_digest.octets, sizeof(r->sks_digest.octets)));
	stmt_bind_int(run, r->level);
	stmt_bind_int(run, r->flags);
	stmt_bind_int(run, r->updated);
	stmt_bind_blob(run, packed->terms);
	stmt_bind_int(run, packed->sum);
	stmt_bind_blob(run, r->octets);
}

static enum status
insert_row(struct sqlite_session *s, const struct cert_row *r,
	const struct cert_packed *packed, int64_t *row, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_INSERT);
	enum status st;

	stmt_bind_int(&run, r->id.fpr.version);
	stmt_bind_blob(&run, bytes_make(r->id.fpr.octets, r->id.fpr.len));
	stmt_bind_blob(&run, cert_body_column(&r->id));
	stmt_bind_int(&run, (int64_t)r->key_id);
	bind_content(&run, r, packed);
	st = stmt_finish(&run, err);
	if (st == STATUS_OK)
		*row = sqlite3_last_insert_rowid(s->db);
	return st;
}

static enum status
update_row(struct sqlite_session *s, int64_t row, const struct cert_row *r,
	const struct cert_packed *packed, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_UPDATE);

	stmt_bind_int(&run, row);
	bind_content(&run, r, packed);
	return stmt_finish(&run, err);
}

/* A row that is there. */
struct before {
	int64_t row;
	struct bytes packed; /* in the work arena */
	struct sks_digest digest;
};

/* What was written is in the row itself, so that the search rows cannot
 * disagree. */
static enum status
find_for_write(struct sqlite_session *s, const struct cert_id *id,
	struct before *b, struct err *err)
{
	struct cert_seek at;
	enum status st;

	/* The writer has just asked whether it is there. */
	if (s->last_row == DB_ROW_ABSENT && cert_is(id, &s->last_id))
		return STATUS_NOT_FOUND;
	st = cert_seek(s, false, id, &at, err);
	if (st == STATUS_OK)
		st = stmt_copy_blob(
			&at.run, CERT_HEAD_SEARCH, s->work, &b->packed, err);
	if (st == STATUS_OK && s->store->bulk != NULL)
		st = stmt_fixed(&at.run, CERT_HEAD_DIGEST, b->digest.octets,
			sizeof(b->digest.octets), err);
	if (st == STATUS_OK)
		b->row = stmt_int(&at.run, 0);
	stmt_end(&at.run);
	return st;
}

/* While there is no index of digests: what is to be in it. */
static void
note_digests(struct sqlite_session *s, const struct before *before,
	const struct cert_row *now, int64_t row)
{
	struct bulk_digest d = {.row = row, .digest = before->digest};

	if (s->store->bulk == NULL)
		return;
	if (before->row != 0)
		bulk_note_digest(s, &d, true);
	if (now == NULL)
		return;
	d.digest = now->sks_digest;
	d.flags = now->flags;
	bulk_note_digest(s, &d, false);
}

enum status
sqlite_put_cert(struct store_session *session, const struct cert_row *r,
	const struct cert_search *search, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct cert_search mine = *search;
	struct before before = {0};
	int64_t row = 0;
	enum status st, found;

	st = txn_may_write(s, err);
	if (st != STATUS_OK)
		return st;
	arena_reset(s->work);
	if (mine.packed == NULL)
		st = sqlite_pack_cert(s->work, r, &mine, err);
	if (st == STATUS_OK)
		st = levels_note(s, r->level, err);
	if (st != STATUS_OK)
		return st;
	found = find_for_write(s, &r->id, &before, err);
	if (found == STATUS_NOT_FOUND)
		st = insert_row(s, r, mine.packed, &row, err);
	else if (found == STATUS_OK)
		st = update_row(s, row = before.row, r, mine.packed, err);
	else
		return found;
	if (st == STATUS_OK)
		st = replace_search(s, row, before.packed, mine.packed, err);
	if (st != STATUS_OK) {
		s->spoiled = true;
		return st;
	}
	note_digests(s, &before, r, row);
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
	const struct cert_packed none = {.text = bytes_of("")};
	struct before before = {0};
	struct stmt_run run;
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	arena_reset(s->work);
	st = find_for_write(s, id, &before, err);
	if (st != STATUS_OK)
		return st;
	s->last_row = 0;
	st = replace_search(s, before.row, before.packed, &none, err);
	if (st == STATUS_OK) {
		note_digests(s, &before, NULL, before.row);
		run = stmt_start(s, STMT_CERT_DELETE);
		stmt_bind_int(&run, before.row);
		st = stmt_finish(&run, err);
	}
	if (st == STATUS_OK)
		s->txn_certs--;
	else
		s->spoiled = true;
	return st;
}
