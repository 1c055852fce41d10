#include "lookup/lookup_all.h"

#include "lookup/lookup_sort.h"

enum { ALL_PAGE = 200, ALL_ARENA_MAX = 128 * 1024 * 1024 };

struct all {
	struct store_session *session;
	const struct query *query;
	const struct lookup_limits *limits;
	lookup_filter *filter;
	int64_t now;
	struct arena *arena; /* of the result */
	struct arena *page;
	struct revoking *revoking;
	struct lookup_key *keys;
	size_t count;
	size_t cap;
};

static enum status
all_add(struct all *a, const struct cert_row *row, struct err *err)
{
	void *list = a->keys;
	enum status st;

	st = arena_grow(
		a->arena, &list, &a->cap, a->count + 1, sizeof(*a->keys));
	if (st != STATUS_OK)
		return st;
	a->keys = list;
	st = lookup_key_of(row, a->now, a->revoking, &a->keys[a->count], err);
	if (st == STATUS_OK)
		a->count++;
	return st;
}

/* The rows of one page are gone with it: what is kept of them is the key. */
static enum status
all_take_page(
	struct all *a, const struct store_query *q, bool *more, struct err *err)
{
	struct cert_rows rows = {0};
	enum status st;
	size_t i;

	arena_reset(a->page);
	st = store_find(a->session, q, ALL_PAGE, a->page, &rows, err);
	*more = st == STATUS_OK && q->skip + ALL_PAGE < rows.total;
	if (st == STATUS_OK)
		st = a->filter(a->query, a->limits, &rows, err);
	for (i = 0; st == STATUS_OK && i < rows.count; i++)
		st = all_add(a, &rows.list[i], err);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status
all_take(struct all *a, size_t try, struct err *err)
{
	struct store_query q = a->query->tries[try];
	enum status st = STATUS_OK;
	bool more = true;

	for (q.skip = 0; st == STATUS_OK && more; q.skip += ALL_PAGE)
		st = all_take_page(a, &q, &more, err);
	return st;
}

/* Two pages may share a row where the index had what a row does not claim. */
static void
all_fold(struct all *a)
{
	size_t i, n = 0;

	for (i = 0; i < a->count; i++)
		if (n == 0 ||
			!cert_id_eq(&a->keys[n - 1].row.id, &a->keys[i].row.id))
			a->keys[n++] = a->keys[i];
	a->count = n;
}

static enum status
all_load(struct all *a, struct cert_rows *rows, struct err *err)
{
	size_t want = a->limits->max_results, i;
	struct cert_rows out = {.total = a->count};
	enum status st = STATUS_OK;

	if (want > a->count)
		want = a->count;
	out.list = arena_array(a->arena, want, sizeof(*out.list));
	if (out.list == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < want; i++) {
		st = store_get_cert(a->session, &a->keys[i].row.id, a->arena,
			&out.list[i], err);
		out.count++;
	}
	if (st == STATUS_OK)
		*rows = out;
	return st;
}

enum status
lookup_all(struct store_session *s, const struct query *q, size_t try,
	const struct lookup_limits *limits, lookup_filter *filter, int64_t now,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct all a = {.session = s,
		.query = q,
		.limits = limits,
		.filter = filter,
		.now = now,
		.arena = arena};
	enum status st = session_begin(s, err);

	if (st != STATUS_OK)
		return st;
	a.page = arena_new(ALL_ARENA_MAX);
	a.revoking = revoking_new(s, arena);
	st = a.revoking == NULL ? STATUS_LIMIT : all_take(&a, try, err);
	if (st == STATUS_OK) {
		lookup_sort_keys(a.keys, a.count);
		all_fold(&a);
		st = a.count == 0 ? STATUS_NOT_FOUND : all_load(&a, rows, err);
	}
	arena_free(a.page);
	session_end(s);
	return st;
}
