#include "http/keys/pks_hashquery.h"

#include <string.h>

#include "base/reader.h"
#include "http/server/slow.h"
#include "http/services.h"
#include "lookup/lookup.h"

/* More than a gossip partner asks for at a time would hold up a thread. */
enum { HASHQUERY_QUICK = 100 };

struct hashquery {
	struct sks_digest *digests;
	size_t count;
};

static enum status
parse(struct request *req, struct hashquery *q, struct err *err)
{
	struct reader r = reader_of(buf_view(&req->body));
	uint32_t count = reader_be32(&r);
	size_t i;

	if (r.failed || count > HASHQUERY_DIGESTS_MAX) {
		err_set(err, "the count of digests is missing or above %d",
			HASHQUERY_DIGESTS_MAX);
		return STATUS_MALFORMED;
	}
	/* Twenty octets each: the body bounds what is allocated. */
	if (reader_left(&r) < (size_t)count * 20) {
		err_set(err, "fewer digests than counted");
		return STATUS_MALFORMED;
	}
	q->digests = arena_array(req->arena, count, sizeof(*q->digests));
	if (q->digests == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < count; i++) {
		uint32_t len = reader_be32(&r);
		struct bytes d = reader_take(&r, 16);

		if (r.failed || len != 16) {
			err_set(err, "a digest is not 16 octets long");
			return STATUS_MALFORMED;
		}
		memcpy(q->digests[i].octets, d.data, 16);
	}
	q->count = count;
	return STATUS_OK;
}

static enum status
put_rows(struct buf *body, const struct cert_rows *rows)
{
	enum status st = buf_put_be32(body, (uint32_t)rows->count);
	size_t i;

	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		struct bytes o = rows->list[i].octets;

		st = buf_put_be32(body, (uint32_t)o.len);
		if (st == STATUS_OK)
			st = buf_put(body, o);
	}
	/* SKS appends this; readers ignore it, or wait for it. */
	return st == STATUS_OK ? buf_puts(body, "\r\n") : st;
}

static enum status
answer(struct request *req, struct reply *reply)
{
	const struct services *sv = req->services;
	const struct hashquery *q = slow_arg(req);
	struct cert_rows rows = {NULL, 0, 0};
	struct store_session *s;
	enum status st;

	st = session_borrow(sv->store, &s, &reply->err);
	if (st != STATUS_OK)
		return st;
	st = lookup_digests(s, q->digests, q->count,
		sv->settings->max_hashquery_reply, req->arena, &rows,
		&reply->err);
	session_return(sv->store, s);
	/* None of them is an answer like any other. */
	if (st == STATUS_NOT_FOUND)
		st = STATUS_OK;
	if (st != STATUS_OK)
		return st;
	reply->type = REPLY_HASHQUERY;
	reply->cache = REPLY_NO_STORE;
	reply_header_number(
		reply, req->arena, "X-HKP-Results-Count", rows.count);
	return put_rows(&reply->body, &rows);
}

enum status
pks_hashquery_handle(struct request *req, struct reply *reply)
{
	struct hashquery *q = arena_alloc(req->arena, sizeof(*q));
	enum status st;

	if (q == NULL)
		return STATUS_LIMIT;
	st = parse(req, q, &reply->err);
	if (st != STATUS_OK)
		return st;
	if (q->count > HASHQUERY_QUICK)
		return slow_later(req, reply, answer, q);
	return slow_now(req, reply, answer, q);
}
