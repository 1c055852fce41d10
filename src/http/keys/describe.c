#include "http/keys/describe.h"

#include "http/services.h"
#include "lookup/listing.h"

enum status
describe_rows(struct request *req, struct reply *reply,
	const struct cert_rows *rows, int64_t now, bool signatures,
	struct index_cert **certs)
{
	const struct listing_wish wish = {.now = now,
		.signatures = signatures,
		.redact = req->services->settings->redact_hard_revoked};
	enum status st;

	*certs = NULL;
	st = listing_make(req->services->store, rows, &wish, req->arena, certs,
		&reply->err);
	if (st == STATUS_OK)
		reply_header_number(
			reply, req->arena, "X-HKP-Results-Count", rows->total);
	return st;
}
