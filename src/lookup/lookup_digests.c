#include "lookup/lookup.h"

#include <string.h>

#include "pgp/digest.h"

enum { DIGESTS_ROWS_MAX = 500 }; /* of one digest */

/* The digests asked for, each once. */
static enum status
digests_unique(struct arena *arena, const struct sks_digest *digests,
	size_t count, struct sks_digest **unique, size_t *n)
{
	struct sks_digest *list = arena_array(arena, count, sizeof(*list));

	if (list == NULL)
		return STATUS_LIMIT;
	if (count > 0)
		memcpy(list, digests, count * sizeof(*list));
	*unique = list;
	*n = digest_sks_sort(list, count);
	return STATUS_OK;
}

/* Appends what fits; LIMIT when something did not. */
static enum status
digests_append(struct arena *arena, const struct cert_rows *more,
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

	st = digests_unique(arena, digests, count, &unique, &n);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		q.octets = bytes_make(unique[i].octets, sizeof(unique[i]));
		st = store_find(s, &q, DIGESTS_ROWS_MAX, arena, &more, err);
		if (st == STATUS_OK)
			st = digests_append(arena, &more, max_octets, &octets,
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
