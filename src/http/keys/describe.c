#include "http/keys/describe.h"

#include "http/services.h"
#include "lookup/redact.h"
#include "lookup/revokers.h"

/* Without a session the listing is still good: what cannot be judged now has
 * no effect, as if the revoker were not here. */
static enum status
describe_revokers(struct request *req, struct index_cert *certs, size_t count)
{
	struct store *store = req->services->store;
	struct store_session *s;
	struct err err;
	enum status st;

	if (!revokers_are_needed(certs, count) ||
		session_borrow(store, &s, &err) != STATUS_OK)
		return STATUS_OK;
	st = revokers_apply(s, certs, count, req->arena);
	session_return(store, s);
	return st;
}

enum status
describe_rows(struct request *req, struct reply *reply,
	const struct cert_rows *rows, int64_t now, bool signatures,
	struct index_cert **certs)
{
	struct index_cert *list =
		arena_array(req->arena, rows->count, sizeof(*list));
	enum status st = STATUS_OK;
	size_t i;

	if (list == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = index_describe(req->arena, &rows->list[i], now, signatures,
			&list[i], &reply->err);
	if (st == STATUS_MALFORMED) /* a damaged row is no fault of theirs */
		st = STATUS_IO;
	if (st == STATUS_OK)
		st = describe_revokers(req, list, rows->count);
	for (i = 0; st == STATUS_OK && i < rows->count &&
		    req->services->settings->redact_hard_revoked;
		i++)
		st = redact_listing(req->arena, &list[i], &reply->err);
	if (st == STATUS_OK)
		reply_header_number(
			reply, req->arena, "X-HKP-Results-Count", rows->total);
	*certs = list;
	return st;
}
