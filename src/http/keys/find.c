#include "http/keys/find.h"

#include "base/clock.h"
#include "base/hex.h"
#include "http/pages/error.h"
#include "http/server/slow.h"
#include "http/services.h"

static enum status
write_certs(struct request *req, struct reply *reply, const struct find *f,
	struct cert_rows *rows)
{
	return get_answer_put(req, reply, rows, f->form);
}

enum status
find_new(struct request *req, const struct get_form *form, size_t max_results,
	struct find **out)
{
	struct find *f = arena_alloc(req->arena, sizeof(*f));

	if (f == NULL)
		return STATUS_LIMIT;
	f->limits.max_results = max_results;
	f->limits.limit_given = true;
	f->limits.max_octets = req->services->settings->max_reply;
	f->limits.redact = req->services->settings->redact_hard_revoked;
	f->form = form;
	f->write = write_certs;
	*out = f;
	return STATUS_OK;
}

enum status
find_set_fingerprint(struct request *req, struct find *f, struct bytes digits)
{
	uint8_t octets[32];
	enum status st;
	size_t len;

	if (digits.len != 40 && digits.len != 64)
		return STATUS_MALFORMED;
	st = hex_read(digits, octets, sizeof(octets), &len);
	if (st != STATUS_OK || len * 2 != digits.len)
		return STATUS_MALFORMED;
	f->query.tries[0].kind = QUERY_FINGERPRINT;
	f->query.count = 1;
	return arena_copy(
		req->arena, bytes_make(octets, len), &f->query.tries[0].octets);
}

enum status
find_set_key_id(struct find *f, struct bytes digits)
{
	struct store_query *t = &f->query.tries[0];
	uint8_t octets[8];
	enum status st;
	size_t i, len;

	if (digits.len != 16)
		return STATUS_MALFORMED;
	st = hex_read(digits, octets, sizeof(octets), &len);
	if (st != STATUS_OK || len != sizeof(octets))
		return STATUS_MALFORMED;
	t->kind = QUERY_KEY_ID;
	for (i = 0; i < len; i++)
		t->number = t->number << 8 | octets[i];
	f->query.count = 1;
	return STATUS_OK;
}

static enum status
keep_version(struct cert_rows *rows, uint8_t version)
{
	size_t i, n = 0;

	for (i = 0; i < rows->count; i++)
		if (version == 0 || rows->list[i].id.fpr.version == version)
			rows->list[n++] = rows->list[i];
	rows->total -= rows->count - n;
	rows->count = n;
	return n == 0 ? STATUS_NOT_FOUND : STATUS_OK;
}

enum status
find_rows(struct request *req, struct reply *reply, const struct query *q,
	const struct lookup_limits *limits, struct cert_rows *rows)
{
	const struct services *sv = req->services;
	struct store_session *s;
	enum status st;

	st = session_borrow(sv->store, &s, &reply->err);
	if (st != STATUS_OK)
		return st;
	st = lookup_certs(
		s, q, limits, clock_wall_s(), req->arena, rows, &reply->err);
	session_return(sv->store, s);
	if (st == STATUS_LIMIT)
		err_set(&reply->err,
			"Too many responses: search for something narrower");
	else if (st == STATUS_TIMEOUT)
		err_set(&reply->err, "the search took too long: narrow it");
	return st;
}

static enum status
run(struct request *req, struct reply *reply, const struct find *f)
{
	struct cert_rows rows;
	enum status st = find_rows(req, reply, &f->query, &f->limits, &rows);

	if (st == STATUS_OK)
		st = keep_version(&rows, f->version);
	if (st == STATUS_OK)
		return f->write(req, reply, f, &rows);
	if (st == STATUS_NOT_FOUND)
		err_set(&reply->err, "No keys found");
	return st;
}

static enum status
run_later(struct request *req, struct reply *reply)
{
	return run(req, reply, slow_arg(req));
}

enum status
find_run(struct request *req, struct reply *reply, struct find *f)
{
	if (!f->query.by_words)
		return run(req, reply, f);
	if (!req->services->settings->search.word_search) {
		err_set(&reply->err, "this server finds fingerprints, key IDs "
				     "and addresses");
		return STATUS_UNSUPPORTED;
	}
	if (!site_may_search(req, reply))
		return STATUS_OK;
	return slow_later(req, reply, run_later, f);
}
