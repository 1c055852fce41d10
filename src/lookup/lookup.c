#include "lookup/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "lookup/index.h"
#include "pgp/user_id.h"

enum {
	/* Rows that are sorted; of more, the store's first ones are. */
	LOOKUP_ROWS_MAX = 500,
	LOOKUP_SORT_ARENA = 64 * 1024 * 1024
};

/* What a row is sorted by. */
struct lookup_key {
	struct cert_row row;
	int rank; /* 0 valid, 1 expired, 2 revoked */
	int64_t created;
};

static int
lookup_compare(const void *a, const void *b)
{
	const struct lookup_key *x = a, *y = b;
	int c;

	if (x->row.by_subkey != y->row.by_subkey)
		return x->row.by_subkey ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	c = bytes_cmp(bytes_make(x->row.id.fpr.octets, x->row.id.fpr.len),
		bytes_make(y->row.id.fpr.octets, y->row.id.fpr.len));
	if (c != 0)
		return c;
	return memcmp(&x->row.id.body_sha256, &y->row.id.body_sha256,
		sizeof(x->row.id.body_sha256));
}

/* A damaged row is no fault of the search. */
static enum status
lookup_describe(struct arena *scratch, const struct cert_row *row, int64_t now,
	struct index_cert *c, struct err *err)
{
	enum status st = index_describe(scratch, row, now, false, c, err);

	return st == STATUS_MALFORMED ? STATUS_IO : st;
}

static enum status
lookup_key_of(struct lookup_key *k, int64_t now, struct err *err)
{
	struct arena *scratch = arena_new(LOOKUP_SORT_ARENA);
	struct index_cert c;
	enum status st;

	/* Facts of one row at a time: many large rows need not fit at once. */
	st = lookup_describe(scratch, &k->row, now, &c, err);
	if (st == STATUS_OK) {
		k->rank = c.revoked ? 2 : c.expired ? 1 : 0;
		k->created = c.created;
	}
	arena_free(scratch);
	return st;
}

static enum status
lookup_sort(struct arena *arena, struct cert_rows *rows, int64_t now,
	struct err *err)
{
	struct lookup_key *keys;
	enum status st = STATUS_OK;
	size_t i;

	if (rows->count < 2)
		return STATUS_OK;
	keys = arena_array(arena, rows->count, sizeof(*keys));
	if (keys == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		keys[i].row = rows->list[i];
		st = lookup_key_of(&keys[i], now, err);
	}
	if (st != STATUS_OK)
		return st;
	qsort(keys, rows->count, sizeof(*keys), lookup_compare);
	for (i = 0; i < rows->count; i++)
		rows->list[i] = keys[i].row;
	return STATUS_OK;
}

/* Whoever attaches another's subkey is not found by it. */
static void
lookup_drop_unbound(struct cert_rows *rows)
{
	size_t i, n = 0;

	for (i = 0; i < rows->count; i++)
		if (!rows->list[i].by_subkey || rows->list[i].bound)
			rows->list[n++] = rows->list[i];
	rows->total -= rows->count - n;
	rows->count = n;
}

/* Case does not matter; what is no text matches nothing. */
static bool
lookup_same_text(struct bytes a, struct bytes b)
{
	int differ = 1;

	return u8_casecmp(a.data, a.len, b.data, b.len, NULL, NULL, &differ) ==
		       0 &&
	       differ == 0;
}

static enum status
lookup_has_user_id(const struct cert_row *row, struct bytes text, bool *has,
	struct err *err)
{
	struct arena *scratch = arena_new(LOOKUP_SORT_ARENA);
	struct index_cert c;
	struct bytes uid;
	enum status st;
	size_t i;

	*has = false;
	st = lookup_describe(scratch, row, 0, &c, err);
	for (i = 0; st == STATUS_OK && !*has && i < c.user_id_count; i++) {
		if (!c.user_ids[i].valid)
			continue;
		st = user_id_text(scratch, c.user_ids[i].text, &uid);
		if (st == STATUS_OK)
			*has = lookup_same_text(uid, text);
	}
	arena_free(scratch);
	return st;
}

static enum status
lookup_drop_partial(
	const struct query *q, struct cert_rows *rows, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i, n = 0;
	bool has;

	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		st = lookup_has_user_id(&rows->list[i], q->text, &has, err);
		if (st == STATUS_OK && has)
			rows->list[n++] = rows->list[i];
	}
	rows->count = n;
	rows->total = n;
	return st;
}

/*
 * How many rows to ask for. Keys: all, for some may be dropped. A search
 * that finds too many needs no rows at all, and one with a limit is sorted
 * before it is cut.
 */
static size_t
lookup_rows_wanted(
	const struct store_query *t, const struct lookup_limits *limits)
{
	if (limits->limit_given || limits->max_results > LOOKUP_ROWS_MAX ||
		(t->kind != QUERY_EMAIL && t->kind != QUERY_WORDS))
		return LOOKUP_ROWS_MAX;
	return limits->max_results;
}

static enum status
lookup_try(struct store_session *s, const struct query *q, size_t i,
	const struct lookup_limits *limits, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	enum status st;

	st = store_find(s, &q->tries[i],
		q->whole_user_id ? LOOKUP_ROWS_MAX
				 : lookup_rows_wanted(&q->tries[i], limits),
		arena, rows, err);
	if (st != STATUS_OK)
		return st;
	lookup_drop_unbound(rows);
	if (q->whole_user_id)
		st = lookup_drop_partial(q, rows, err);
	if (st == STATUS_OK && rows->count == 0)
		return STATUS_NOT_FOUND;
	return st;
}

static enum status
lookup_check_size(const struct cert_rows *rows, size_t max, struct err *err)
{
	size_t i, sum = 0;

	for (i = 0; i < rows->count; i++) {
		sum += rows->list[i].octets.len;
		if (max != 0 && sum > max) {
			err_set(err, "Too many responses: more than %zu octets",
				max);
			return STATUS_LIMIT;
		}
	}
	return STATUS_OK;
}

enum status
lookup_certs(struct store_session *s, const struct query *q,
	const struct lookup_limits *limits, int64_t now, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	struct cert_rows found = {0};
	enum status st = STATUS_NOT_FOUND;
	size_t i;

	for (i = 0; st == STATUS_NOT_FOUND && i < q->count; i++)
		st = lookup_try(s, q, i, limits, arena, &found, err);
	if (st != STATUS_OK)
		return st;
	if (found.total > limits->max_results && !limits->limit_given) {
		err_set(err, "Too many responses: %zu, at most %zu are given",
			found.total, limits->max_results);
		return STATUS_LIMIT;
	}
	st = lookup_sort(arena, &found, now, err);
	if (st != STATUS_OK)
		return st;
	if (found.count > limits->max_results)
		found.count = limits->max_results;
	st = lookup_check_size(&found, limits->max_octets, err);
	if (st == STATUS_OK)
		*rows = found;
	return st;
}

/* ---- by digest -------------------------------------------------------------
 */

static int
lookup_compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

/* The digests asked for, each once. */
static enum status
lookup_unique(struct arena *arena, const struct sks_digest *digests,
	size_t count, struct sks_digest **unique, size_t *n)
{
	struct sks_digest *list = arena_array(arena, count, sizeof(*list));
	size_t i, k = 0;

	if (list == NULL)
		return STATUS_LIMIT;
	if (count > 0)
		memcpy(list, digests, count * sizeof(*list));
	qsort(list, count, sizeof(*list), lookup_compare_digests);
	for (i = 0; i < count; i++)
		if (k == 0 || memcmp(&list[k - 1], &list[i], sizeof(*list)))
			list[k++] = list[i];
	*unique = list;
	*n = k;
	return STATUS_OK;
}

/* Appends what fits; LIMIT when something did not. */
static enum status
lookup_append(struct arena *arena, const struct cert_rows *more,
	size_t max_octets, size_t *octets, size_t *cap, struct cert_rows *rows)
{
	void *list;
	enum status st;
	size_t i;

	for (i = 0; i < more->count; i++) {
		if (rows->count > 0 &&
			*octets + more->list[i].octets.len > max_octets)
			return STATUS_LIMIT;
		list = rows->list;
		st = arena_grow(arena, &list, cap, rows->count + 1,
			sizeof(*rows->list));
		if (st != STATUS_OK)
			return st;
		rows->list = list;
		rows->list[rows->count++] = more->list[i];
		*octets += more->list[i].octets.len;
	}
	return STATUS_OK;
}

enum status
lookup_digests(struct store_session *s, const struct sks_digest *digests,
	size_t count, size_t max_octets, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	struct store_query q = {.kind = QUERY_SKS_DIGEST};
	size_t i, n, octets = 0, cap = 0;
	struct cert_rows found = {0}, more;
	struct sks_digest *unique;
	enum status st;

	st = lookup_unique(arena, digests, count, &unique, &n);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		q.octets = bytes_make(unique[i].octets, sizeof(unique[i]));
		st = store_find(s, &q, LOOKUP_ROWS_MAX, arena, &more, err);
		if (st == STATUS_OK)
			st = lookup_append(arena, &more, max_octets, &octets,
				&cap, &found);
		else if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	/* A short answer is legal: whoever asks will ask again. */
	if (st == STATUS_LIMIT && found.count > 0)
		st = STATUS_OK;
	if (st != STATUS_OK)
		return st;
	if (found.count == 0)
		return STATUS_NOT_FOUND;
	found.total = found.count;
	*rows = found;
	return STATUS_OK;
}
