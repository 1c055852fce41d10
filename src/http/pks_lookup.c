#include "http/pks_lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "http/results.h"
#include "http/services.h"
#include "http/site.h"
#include "http/slow.h"
#include "http/stats.h"
#include "lookup/index.h"
#include "lookup/lookup.h"
#include "pgp/armor.h"

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

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

/* One row: its digest. More: a digest over the sorted list of theirs. */
static enum status
set_etag(struct request *req, struct reply *reply, const struct cert_rows *rows,
	const char *suffix)
{
	struct sks_digest *list;
	struct digest d;
	struct bytes all;
	size_t i;

	if (rows->count == 1) {
		reply_etag(reply,
			bytes_make(rows->list[0].sks_digest.octets, 16),
			suffix);
		return STATUS_OK;
	}
	list = arena_array(req->arena, rows->count, sizeof(*list));
	if (list == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < rows->count; i++)
		list[i] = rows->list[i].sks_digest;
	qsort(list, rows->count, sizeof(*list), compare_digests);
	all = bytes_make(list, rows->count * sizeof(*list));
	crypto_sha256(&all, 1, &d);
	reply_etag(reply, bytes_make(d.octets, 16), suffix);
	return STATUS_OK;
}

static enum status
set_file_name(struct request *req, struct reply *reply,
	const struct cert_rows *rows, const char *extension)
{
	char hex[FINGERPRINT_HEX_MAX] = "keys";
	struct err text;
	char *value;

	if (rows->count == 1)
		fingerprint_hex(&rows->list[0].id.fpr, hex);
	err_set(&text, "attachment; filename=\"%s.%s\"", hex, extension);
	value = arena_str(req->arena, bytes_of(text.text));
	if (value == NULL)
		return STATUS_LIMIT;
	reply_header(reply, "Content-Disposition", value);
	return STATUS_OK;
}

/* Old clients choke on versions that they do not know. */
static enum status
drop_modern(struct cert_rows *rows, struct err *err)
{
	char hex[FINGERPRINT_HEX_MAX];
	size_t i, n = 0;

	if (rows->count > 0)
		fingerprint_hex(&rows->list[0].id.fpr, hex);
	for (i = 0; i < rows->count; i++)
		if (rows->list[i].id.fpr.version < 6)
			rows->list[n++] = rows->list[i];
	rows->total -= rows->count - n;
	if (n == 0 && rows->count > 0) {
		err_set(err,
			"No keys found for this program: the one that is "
			"stored is version 6, see "
			"/pks/v2/certs/by-vfingerprint/06/%s",
			hex);
		return STATUS_NOT_FOUND;
	}
	rows->count = n;
	return STATUS_OK;
}

static enum status
put_octets(struct request *req, struct reply *reply,
	const struct cert_rows *rows, bool binary)
{
	struct bytes *parts;
	size_t i, sum = 0;
	enum status st = STATUS_OK;

	parts = arena_array(req->arena, rows->count, sizeof(*parts));
	if (parts == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < rows->count; i++) {
		parts[i] = rows->list[i].octets;
		sum += parts[i].len;
	}
	if (!binary) {
		st = buf_reserve(&reply->body, armor_written_size(sum, NULL));
		if (st == STATUS_OK)
			st = armor_write(
				&reply->body, parts, rows->count, NULL, true);
		return st;
	}
	st = buf_reserve(&reply->body, sum);
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = buf_put(&reply->body, parts[i]);
	return st;
}

static enum status
write_get(struct request *req, struct reply *reply, const struct lookup *l,
	struct cert_rows *rows)
{
	bool binary = form_has_option(&req->query, "bin");
	enum status st = STATUS_OK;

	if (!binary)
		st = drop_modern(rows, &reply->err);
	if (st == STATUS_OK && rows->count > l->limit)
		rows->count = l->limit;
	if (st == STATUS_OK && rows->count == 0)
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK)
		st = set_etag(req, reply, rows, binary ? "bin" : "asc");
	if (st == STATUS_OK)
		st = set_file_name(req, reply, rows, binary ? "pgp" : "asc");
	if (st != STATUS_OK)
		return st;
	reply->type = binary ? REPLY_BINARY : REPLY_ARMOR;
	reply->cache = REPLY_REVALIDATE;
	reply_header_number(
		reply, req->arena, "X-HKP-Results-Count", rows->total);
	if (reply_etag_matches(req->head.if_none_match, reply->etag))
		return STATUS_OK; /* 304: nobody reads the body */
	return put_octets(req, reply, rows, binary);
}

static enum status
write_index(struct request *req, struct reply *reply, const struct lookup *l,
	struct cert_rows *rows)
{
	struct results r = {
		.now = clock_wall_s(),
		.total = rows->total,
		.signatures = l->op->signatures,
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
 * nothing and words are left to try, those wait for the search thread.
 */
static enum status
run(struct request *req, struct reply *reply, struct lookup *l)
{
	struct query quick = l->query;
	enum status st;
	size_t i, n = 0;

	while (n < quick.count && quick.tries[n].kind != QUERY_WORDS &&
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
