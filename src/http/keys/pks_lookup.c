#include "http/keys/pks_lookup.h"

#include "base/clock.h"
#include "http/keys/get_answer.h"
#include "http/pages/results.h"
#include "http/pages/site.h"
#include "http/server/slow.h"
#include "http/services.h"
#include "http/state/stats.h"
#include "lookup/index.h"
#include "lookup/lookup.h"

/* What the request asks for; kept in its arena while it waits. */
struct lookup {
	const struct lookup_op *op;
	struct query query;
	struct lookup_limits limits;
	size_t limit; /* as the client gave it */
};

struct lookup_op {
	const char *name;
	enum status (*handle)(struct request *req, struct reply *reply,
		const struct lookup_op *op);
	enum status (*write)(struct request *req, struct reply *reply,
		const struct lookup *l, struct cert_rows *rows);
	bool by_digest;
	bool signatures;
};

static enum status find(
	struct request *req, struct reply *reply, const struct lookup_op *op);
static enum status stats(
	struct request *req, struct reply *reply, const struct lookup_op *op);
static enum status write_get(struct request *req, struct reply *reply,
	const struct lookup *l, struct cert_rows *rows);
static enum status write_index(struct request *req, struct reply *reply,
	const struct lookup *l, struct cert_rows *rows);

static const struct lookup_op ops[] = {
	{"get", find, write_get, false, false},
	{"index", find, write_index, false, false},
	{"vindex", find, write_index, false, true},
	{"hget", find, write_get, true, false},
	{"x-hget", find, write_get, true, false},
	{"stats", stats, NULL, false, false},
	{"x-stats", stats, NULL, false, false},
};

/* ---- writing what was found ------------------------------------------- */

static enum status
write_get(struct request *req, struct reply *reply, const struct lookup *l,
	struct cert_rows *rows)
{
	return get_answer_write(req, reply, rows, l->limit);
}

static enum status
write_index(struct request *req, struct reply *reply, const struct lookup *l,
	struct cert_rows *rows)
{
	struct results r = {
		.now = clock_wall_s(),
		.total = rows->total,
		.signatures =
			l->op->signatures || request_wants(req) == FORM_JSON,
		.show_digest = form_is_on(&req->query, "hash"),
		.term = l->query.text,
	};
	enum status st = STATUS_OK;
	size_t i;

	if (rows->count > l->limit)
		rows->count = l->limit;
	r.count = rows->count;
	r.certs = arena_array(req->arena, rows->count, sizeof(*r.certs));
	if (r.certs == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = index_describe(req->arena, &rows->list[i], r.now,
			r.signatures, &r.certs[i], &reply->err);
	if (st == STATUS_MALFORMED) /* a damaged row is no fault of theirs */
		st = STATUS_IO;
	if (st != STATUS_OK)
		return st;
	reply_header_number(
		reply, req->arena, "X-HKP-Results-Count", rows->total);
	return results_write(req, reply, &r);
}

/* ---- finding ---------------------------------------------------------- */

static enum status
run_query(struct request *req, struct reply *reply, const struct lookup *l,
	const struct query *q)
{
	const struct services *sv = req->services;
	struct store_session *s;
	struct cert_rows rows;
	enum status st;

	st = session_borrow(sv->store, &s, &reply->err);
	if (st != STATUS_OK)
		return st;
	st = lookup_certs(s, q, &l->limits, clock_wall_s(), req->arena, &rows,
		&reply->err);
	session_return(sv->store, s);
	if (st == STATUS_OK)
		return l->op->write(req, reply, l, &rows);
	if (st == STATUS_NOT_FOUND)
		err_set(&reply->err, "No keys found");
	else if (st == STATUS_LIMIT)
		err_set(&reply->err,
			"Too many responses: search for something narrower");
	else if (st == STATUS_TIMEOUT)
		err_set(&reply->err, "the search took too long: narrow it");
	return st;
}

static enum status
run_slow(struct request *req, struct reply *reply)
{
	const struct lookup *l = slow_arg(req);

	return run_query(req, reply, l, &l->query);
}

/*
 * Tries that are one step in an index come first and run here; if they find
 * nothing and words are left to try, those wait for the search thread. A page
 * that takes long to write belongs there whatever found it.
 */
static enum status
run(struct request *req, struct reply *reply, struct lookup *l)
{
	struct query quick = l->query;
	enum status st;
	size_t i, n = 0;

	while (!results_is_slow(req, l->op->signatures) && n < quick.count &&
		quick.tries[n].kind != QUERY_WORDS &&
		!quick.whole_user_id)
		n++;
	quick.count = n;
	if (n > 0) {
		st = run_query(req, reply, l, &quick);
		if (st != STATUS_NOT_FOUND || n == l->query.count)
			return st;
	}
	l->query.count -= n;
	for (i = 0; i < l->query.count; i++)
		l->query.tries[i] = l->query.tries[i + n];
	if (!request_may(req, RATE_SEARCH, 1)) {
		err_set(&reply->err, "too many searches from your address");
		return STATUS_BUSY;
	}
	return slow_later(req, reply, run_slow, l);
}

/* What this server does not offer leaves the query, or ends it. */
static enum status
apply_settings(
	const struct http_settings *set, struct query *q, struct err *err)
{
	size_t i, n = 0;
	bool words = false, short_id = false;

	if (q->domain_only) {
		err_set(err, "searches for a domain alone are not answered");
		return STATUS_UNSUPPORTED;
	}
	for (i = 0; i < q->count; i++) {
		if (q->tries[i].kind == QUERY_WORDS && !set->word_search)
			words = true;
		else if (q->tries[i].kind == QUERY_SHORT_ID && !set->short_ids)
			short_id = true;
		else
			q->tries[n++] = q->tries[i];
	}
	q->count = n;
	if (n > 0)
		return STATUS_OK;
	if (short_id && !words) {
		err_set(err, "short key IDs are not accepted: "
			     "use the fingerprint");
		return STATUS_MALFORMED;
	}
	err_set(err, "this server finds fingerprints, key IDs and addresses");
	return STATUS_UNSUPPORTED;
}

/* limit=N; anything that is no number is no limit. */
static void
read_limits(const struct request *req, struct lookup *l)
{
	const struct http_settings *set = req->services->settings;
	struct bytes v = form_get(&req->query, "limit");
	size_t n = 0, i;

	l->limits.max_results =
		l->op->write == write_get ? set->max_get : set->max_index;
	l->limits.max_octets = set->max_reply;
	l->limit = l->limits.max_results;
	if (v.len == 0 || v.len > 9)
		return;
	for (i = 0; i < v.len; i++) {
		if (v.data[i] < '0' || v.data[i] > '9')
			return;
		n = n * 10 + (size_t)(v.data[i] - '0');
	}
	l->limits.limit_given = true;
	if (n < l->limit)
		l->limit = n;
	l->limits.max_results = l->limit > 0 ? l->limit : 1;
}

static enum status
find(struct request *req, struct reply *reply, const struct lookup_op *op)
{
	struct bytes text = form_get(&req->query, "search");
	struct lookup *l = arena_alloc(req->arena, sizeof(*l));
	enum status st;

	if (l == NULL)
		return STATUS_LIMIT;
	l->op = op;
	if (bytes_trim(text).len == 0) {
		err_set(&reply->err, "search is empty");
		return STATUS_MALFORMED;
	}
	read_limits(req, l);
	st = op->by_digest ? query_parse_digest(
				     req->arena, text, &l->query, &reply->err)
			   : query_parse(req->arena, text,
				     form_is_on(&req->query, "exact"),
				     &l->query, &reply->err);
	if (st == STATUS_OK)
		st = apply_settings(
			req->services->settings, &l->query, &reply->err);
	if (st != STATUS_OK)
		return st;
	return run(req, reply, l);
}

static enum status
stats(struct request *req, struct reply *reply, const struct lookup_op *op)
{
	(void)op;
	return stats_handle(req, reply);
}

enum status
pks_lookup_handle(struct request *req, struct reply *reply)
{
	struct bytes op, search;
	bool searches = form_find(&req->query, "search", &search);
	size_t i;

	if (!form_find(&req->query, "op", &op)) {
		if (!searches) {
			err_set(&reply->err, "op and search are missing");
			return STATUS_MALFORMED;
		}
		op = bytes_of("index"); /* as links in mail headers mean */
	}
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (bytes_eq_nocase(op, bytes_of(ops[i].name)))
			return ops[i].handle(req, reply, &ops[i]);
	if (bytes_starts_nocase(op, "x-")) {
		err_set(&reply->err, "this op is not known here");
		return STATUS_UNSUPPORTED;
	}
	err_set(&reply->err, "op must be get, index, vindex, hget or stats");
	return STATUS_MALFORMED;
}
