#include "lookup/lookup_sort.h"

#include <stdlib.h>
#include <string.h>

enum { SORT_ARENA_MAX = 64 * 1024 * 1024 };

static int
sort_compare(const void *a, const void *b)
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

enum status
lookup_describe(struct arena *scratch, const struct cert_row *row, int64_t now,
	struct index_cert *c, struct err *err)
{
	enum status st = index_describe(scratch, row, now, false, c, err);

	return st == STATUS_MALFORMED ? STATUS_IO : st;
}

enum status
lookup_key_of(const struct cert_row *row, int64_t now, struct revoking *r,
	struct lookup_key *key, struct err *err)
{
	struct arena *scratch = arena_new(SORT_ARENA_MAX);
	struct index_cert c;
	enum status st;

	/* Facts of one row at a time: many large rows need not fit at once. */
	st = lookup_describe(scratch, row, now, &c, err);
	if (st == STATUS_OK) {
		revoking_apply(r, &c);
		key->row = *row;
		key->rank = c.revoked ? 2 : c.expired ? 1 : 0;
		key->created = c.created;
	}
	arena_free(scratch);
	return st;
}

void
lookup_sort_keys(struct lookup_key *keys, size_t count)
{
	if (count > 1)
		qsort(keys, count, sizeof(*keys), sort_compare);
}

enum status
lookup_sort_rows(struct store_session *s, struct arena *arena,
	struct cert_rows *rows, int64_t now, struct err *err)
{
	struct revoking *r;
	struct lookup_key *keys;
	enum status st = STATUS_OK;
	size_t i;

	if (rows->count < 2)
		return STATUS_OK;
	keys = arena_array(arena, rows->count, sizeof(*keys));
	r = revoking_new(s, arena);
	if (keys == NULL || r == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = lookup_key_of(&rows->list[i], now, r, &keys[i], err);
	if (st != STATUS_OK)
		return st;
	lookup_sort_keys(keys, rows->count);
	for (i = 0; i < rows->count; i++)
		rows->list[i] = keys[i].row;
	return STATUS_OK;
}
