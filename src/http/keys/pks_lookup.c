#include "http/keys/pks_lookup.h"

#include "base/clock.h"
#include "http/keys/describe.h"
#include "http/keys/find.h"
#include "http/keys/get_answer.h"
#include "http/pages/results.h"
#include "http/pages/site.h"
#include "http/server/slow.h"
#include "http/services.h"
#include "http/state/stats.h"
#include "lookup/index.h"
#include "lookup/lookup.h"
#include "lookup/rules.h"

/* What the request asks for; kept in its arena while it waits. */
struct lookup {
	const struct lookup_op *op;
	struct query query;
	struct lookup_limits limits;
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
	return get_answer_write(req, reply, rows, l->op->by_digest);
}

/*
 * Of what was written, because time alone changes a listing: one day a key
 * in it has expired.
 */
static void
set_etag(struct reply *reply)
{
	if (reply->etag[0] == '\0')
		reply_etag_hash(reply, buf_view(&reply->body), 16, "list");
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
		.show_digest = form_is_on(&req->query, "hash") ||
			       form_is_on(&req->query, "x-hash"),
		.term = l->query.text,
	};
	struct index_cert *certs;
	enum status st;

	r.count = rows->count;
	st = describe_rows(req, reply, rows, r.now, r.signatures, &certs);
	r.certs = certs;
	if (st != STATUS_OK)
		return st;
	st = results_write(req, reply, &r);
	if (st == STATUS_OK)
		set_etag(reply);
	return st;
}

/* ---- finding ---------------------------------------------------------- */

/* Nothing found; or nothing by what of the search is offered here. */
static enum status
miss(struct reply *reply, const struct query *q)
{
	if (q->miss != STATUS_NOT_FOUND || reply->err.text[0] == '\0')
		err_set(&reply->err, "%s", q->miss_text);
	return q->miss;
}

static enum status
run_query(struct request *req, struct reply *reply, const struct lookup *l,
	const struct query *q)
{
	struct cert_rows rows;
	enum status st = find_rows(req, reply, q, &l->limits, &rows);

	if (st == STATUS_OK)
		return l->op->write(req, reply, l, &rows);
	return st == STATUS_NOT_FOUND ? miss(reply, q) : st;
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
		quick.tries[n].kind != QUERY_DOMAIN)
		n++;
	if (n < quick.count) /* a miss decides nothing yet */
		quick.miss = STATUS_NOT_FOUND;
	quick.count = n;
	if (n > 0) {
		st = run_query(req, reply, l, &quick);
		if (st != STATUS_NOT_FOUND || n == l->query.count)
			return st;
	}
	l->query.count -= n;
	for (i = 0; i < l->query.count; i++)
		l->query.tries[i] = l->query.tries[i + n];
	if (!site_may_search(req, reply))
		return STATUS_OK;
	return slow_later(req, reply, run_slow, l);
}

/* A number, or the highest there is if it is higher. */
static bool
read_number(struct bytes v, size_t *number)
{
	size_t n = 0, i;

	if (v.len == 0)
		return false;
	for (i = 0; i < v.len; i++) {
		if (v.data[i] < '0' || v.data[i] > '9')
			return false;
		if (__builtin_mul_overflow(n, (size_t)10, &n) ||
			__builtin_add_overflow(
				n, (size_t)(v.data[i] - '0'), &n))
			n = SIZE_MAX / 10;
	}
	*number = n;
	return true;
}

/* What a program that reads this form knows; 0: every version. */
static uint8_t
newest_version(const struct request *req, const struct lookup_op *op)
{
	if (op->write == write_get)
		return form_has_option(&req->query, "bin") ? 0 : 5;
	return form_has_option(&req->query, "mr") ? 4 : 0;
}

/* limit=N; anything that is no number is no limit. */
static void
read_limits(const struct request *req, struct lookup *l)
{
	const struct http_settings *set = req->services->settings;
	struct lookup_limits *limits = &l->limits;
	size_t n;

	limits->max_results =
		l->op->write == write_get ? set->max_get : set->max_index;
	limits->max_octets = set->max_reply;
	limits->redact = set->redact_hard_revoked;
	limits->max_version = newest_version(req, l->op);
	limits->limit_given = read_number(form_get(&req->query, "limit"), &n);
	if (limits->limit_given && n < limits->max_results)
		limits->max_results = n;
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
		st = rules_apply(req->arena, &req->services->settings->search,
			&l->query, &reply->err);
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
