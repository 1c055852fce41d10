#include "store/sqlite/search.h"

#include <string.h>

#include "store/sqlite/cert.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/hits.h"
#include "store/sqlite/terms.h"
#include "store/sqlite/txn.h"

enum { SEARCH_WORDS_MAX = 16 }; /* of one query */

/* A query, as it is asked of the tables. */
struct ask {
	const struct store_query *query;
	struct term terms[SEARCH_WORDS_MAX]; /* what a row must claim */
	uint8_t octets[SEARCH_WORDS_MAX][TERM_MAX];
	size_t count;
	bool prefix;
};

/* Not the octets, which are long: they are filled as terms are put. */
static void
ask_init(struct ask *a, const struct store_query *q)
{
	a->query = q;
	a->count = 0;
	a->prefix = false;
}

static void
put_term(struct ask *a, enum term_kind kind, struct bytes text)
{
	size_t head = kind == TERM_HANDLE ? 0 : 1;
	uint8_t *out = a->octets[a->count];

	/* A longer one is not in the table: it finds nothing either way. */
	if (text.len > TERM_MAX - head)
		text.len = TERM_MAX - head;
	out[0] = (uint8_t)kind;
	if (text.len > 0)
		memcpy(out + head, text.data, text.len);
	a->terms[a->count].kind = (uint8_t)kind;
	a->terms[a->count].octets = bytes_make(out, text.len + head);
	a->count++;
}

/* ---- by key -------------------------------------------------------- */

static enum status
take_hits(struct stmt_run *run, struct hits *hits, struct err *err)
{
	enum status st = STATUS_OK;
	uint8_t role;

	while (!hits_full(hits) && (st = stmt_next(run, err)) == STATUS_OK) {
		role = (uint8_t)stmt_int(run, 1);
		st = hits_add(hits, stmt_int(run, 0), role, err);
		if (st != STATUS_OK)
			return st;
	}
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static bool
put_fingerprint(struct ask *a)
{
	struct handle h;

	if (!handle_of_query(a->query, &h))
		return false;
	put_term(a, TERM_HANDLE, bytes_make(h.octets, h.len));
	return true;
}

static enum status
ask_fingerprint(struct sqlite_session *s, struct ask *a, struct hits *hits,
	struct err *err)
{
	struct stmt_run run;
	enum status st;

	if (!put_fingerprint(a))
		return STATUS_OK;
	run = stmt_start(s, STMT_HANDLE_EQUAL);
	stmt_bind_blob(&run, a->terms[0].octets);
	st = take_hits(&run, hits, err);
	stmt_end(&run);
	return st;
}

static enum status
ask_key_id(struct sqlite_session *s, struct ask *a, struct hits *hits,
	struct err *err)
{
	size_t len = a->query->kind == QUERY_KEY_ID ? 8 : 4;
	uint8_t above[HANDLE_MAX + 1];
	struct handle h;
	struct stmt_run run;
	enum status st;

	handle_of_key_id(a->query->number, len, &h);
	put_term(a, TERM_HANDLE, bytes_make(h.octets, h.len));
	a->prefix = true;
	/* Above every handle with this prefix, and below the next prefix. */
	memset(above, 0xFF, sizeof(above));
	memcpy(above, h.octets, h.len);
	hits->skip_roles = ROLE_MODERN;
	run = stmt_start(s, STMT_HANDLE_RANGE);
	stmt_bind_blob(&run, a->terms[0].octets);
	stmt_bind_blob(&run, bytes_make(above, sizeof(above)));
	st = take_hits(&run, hits, err);
	stmt_end(&run);
	return st;
}

static enum status
ask_digest(struct sqlite_session *s, struct ask *a, struct hits *hits,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_BY_DIGEST);
	enum status st;

	stmt_bind_blob(&run, a->query->octets);
	st = take_hits(&run, hits, err);
	stmt_end(&run);
	return st;
}

/* ---- by user ID ---------------------------------------------------- */

/* Rows that have the tokens of all terms. */
static enum status
match_terms(struct sqlite_session *s, const struct ask *a, struct hits *hits,
	struct err *err)
{
	static const char and[] = " AND ";
	char expression[SEARCH_WORDS_MAX * (TOKEN_SIZE + sizeof(and))] = "";
	struct stmt_run run;
	enum status st;
	size_t i, at = 0;

	for (i = 0; i < a->count; i++) {
		if (i > 0) {
			memcpy(expression + at, and, sizeof(and) - 1);
			at += sizeof(and) - 1;
		}
		terms_token(&a->terms[i], expression + at);
		at += TOKEN_SIZE - 1;
	}
	run = stmt_start(s, STMT_TERMS_MATCH);
	stmt_bind_text(&run, expression);
	st = take_hits(&run, hits, err);
	stmt_end(&run);
	return st;
}

static enum status
ask_email(struct sqlite_session *s, struct ask *a, struct hits *hits,
	struct err *err)
{
	put_term(a, a->query->kind == QUERY_DOMAIN ? TERM_DOMAIN : TERM_EMAIL,
		a->query->octets);
	return match_terms(s, a, hits, err);
}

static enum status
ask_words(struct sqlite_session *s, struct ask *a, struct hits *hits,
	struct err *err)
{
	size_t i;

	if (a->query->word_count > SEARCH_WORDS_MAX) {
		err_set(err, "more than %d words", SEARCH_WORDS_MAX);
		return STATUS_LIMIT;
	}
	for (i = 0; i < a->query->word_count; i++)
		put_term(a, TERM_WORD, a->query->words[i]);
	return a->count == 0 ? STATUS_OK : match_terms(s, a, hits, err);
}

/* ---- rows ---------------------------------------------------------- */

static bool
claims(const struct ask *a, const struct stmt_run *run, uint8_t *role)
{
	struct bytes packed = cert_search_column(run);
	size_t i;

	*role = 0;
	for (i = 0; i < a->count; i++)
		if (!terms_have(packed, &a->terms[i], a->prefix, role))
			return false;
	return true;
}

/* NOT_FOUND: the row does not have the digest that its index says. */
static enum status
load_row(const struct stmt_run *run, const struct ask *a, uint8_t role,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct cert_row r;
	enum status st;

	st = cert_load(run, arena, &r, err);
	if (st != STATUS_OK)
		return st;
	if (a->query->kind == QUERY_SKS_DIGEST &&
		!bytes_eq(
			a->query->octets, bytes_make(r.sks_digest.octets,
						  sizeof(r.sks_digest.octets))))
		return STATUS_NOT_FOUND;
	r.by_subkey = a->count > 0 && a->terms[0].kind == TERM_HANDLE &&
		      (role & ROLE_PRIMARY) == 0;
	r.bound = r.by_subkey && (role & ROLE_BOUND) != 0;
	*row = r;
	return STATUS_OK;
}

/* NOT_FOUND: the index had what the row does not claim. */
static enum status
load_hit(struct sqlite_session *s, const struct ask *a, int64_t id,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_BY_ROW);
	enum status st;
	uint8_t role;

	stmt_bind_int(&run, id);
	st = stmt_next(&run, err);
	if (st == STATUS_OK && !claims(a, &run, &role))
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK)
		st = load_row(&run, a, role, arena, row, err);
	stmt_end(&run);
	return st;
}

static enum status
load_hits(struct sqlite_session *s, const struct ask *a,
	const struct hits *hits, size_t max, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	size_t skip =
		a->query->skip < hits->count ? a->query->skip : hits->count;
	size_t want = hits->count - skip < max ? hits->count - skip : max;
	struct cert_rows found = {.total = hits->count};
	enum status st = STATUS_OK;
	size_t i;

	found.list = arena_array(arena, want, sizeof(*found.list));
	if (found.list == NULL) {
		err_set(err, "more than the memory of one answer");
		return STATUS_LIMIT;
	}
	for (i = skip; i < hits->count && found.count < want; i++) {
		st = load_hit(s, a, hits->list[i].cert, arena,
			&found.list[found.count], err);
		if (st == STATUS_OK)
			found.count++;
		else if (st == STATUS_NOT_FOUND)
			found.total--;
		else
			return st;
	}
	if (found.total == 0)
		return STATUS_NOT_FOUND;
	*rows = found;
	return STATUS_OK;
}

enum status
search_take_only(const struct cert_row *row, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	rows->list = arena_alloc(arena, sizeof(*row));
	if (rows->list == NULL) {
		err_set(err, "more than the memory of one answer");
		return STATUS_LIMIT;
	}
	rows->list[0] = *row;
	rows->count = rows->total = 1;
	return STATUS_OK;
}

/*
 * A fingerprint is one certificate's, nearly always: found and read by one
 * statement. `several`: there may be others, too; find out by hits.
 */
static enum status
find_only(struct sqlite_session *s, const struct store_query *q,
	struct arena *arena, struct cert_rows *rows, bool *several,
	struct err *err)
{
	struct ask ask;
	struct cert_row row;
	struct stmt_run run;
	enum status st;

	*several = false;
	ask_init(&ask, q);
	if (!put_fingerprint(&ask))
		return STATUS_NOT_FOUND;
	run = stmt_start(s, STMT_CERT_BY_HANDLE);
	stmt_bind_blob(&run, ask.terms[0].octets);
	st = stmt_next(&run, err);
	if (st == STATUS_OK)
		st = load_row(&run, &ask,
			(uint8_t)stmt_int(&run, CERT_ROLE_COLUMN), arena, &row,
			err);
	if (st == STATUS_OK)
		st = search_take_only(&row, arena, rows, err);
	if (st == STATUS_OK) {
		st = stmt_next(&run, err);
		*several = st == STATUS_OK;
		if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	stmt_end(&run);
	return st;
}

/* How each kind of query is asked. */
static enum status (*const asks[])(struct sqlite_session *s, struct ask *a,
	struct hits *hits, struct err *err) = {
	[QUERY_FINGERPRINT] = ask_fingerprint,
	[QUERY_KEY_ID] = ask_key_id,
	[QUERY_SHORT_ID] = ask_key_id,
	[QUERY_SKS_DIGEST] = ask_digest,
	[QUERY_EMAIL] = ask_email,
	[QUERY_WORDS] = ask_words,
	[QUERY_DOMAIN] = ask_email,
};

static enum status
find_hits(struct sqlite_session *s, const struct store_query *q, size_t max,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct ask ask;
	struct hits hits;
	enum status st;

	arena_reset(s->work);
	ask_init(&ask, q);
	hits_init(&hits, s->work);
	st = asks[q->kind](s, &ask, &hits, err);
	if (st != STATUS_OK)
		return st;
	hits_fold(&hits);
	return load_hits(s, &ask, &hits, max, arena, rows, err);
}

enum status
search_tables(struct sqlite_session *s, const struct store_query *q, size_t max,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	bool alone, several = true;
	enum status st;

	if ((size_t)q->kind >= sizeof(asks) / sizeof(asks[0]))
		return STATUS_UNSUPPORTED;
	st = txn_enter_read(s, &alone, err);
	if (st != STATUS_OK)
		return st;
	if (q->kind == QUERY_FINGERPRINT && q->skip == 0 && max > 0)
		st = find_only(s, q, arena, rows, &several, err);
	if (several)
		st = find_hits(s, q, max, arena, rows, err);
	txn_leave_read(s, alone);
	return st;
}
