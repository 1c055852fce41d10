#include "http/server/body.h"

#include "http/services.h"

enum {
	HOLD_STEP = 64 * 1024, /* L5, for a body of unknown length */
	DRAIN_MAX = 64 << 20
};

bool
body_hold(struct exchange *ex, size_t need)
{
	struct request *req = ex->req;

	if (need <= req->held)
		return true;
	if (!services_hold(req->services, need - req->held)) {
		services_overloaded(req->services,
			"too many submissions are being read: see max_bodies");
		return false;
	}
	req->held = need;
	return true;
}

static bool
refuse(struct exchange *ex, unsigned int status, const char *reason)
{
	ex->refused = status;
	ex->reason = reason;
	return false;
}

bool
body_take(struct exchange *ex, struct bytes part)
{
	struct request *req = ex->req;
	size_t need = req->body.len + part.len;

	pace_add_octets(&ex->conn->pace, part.len);
	if (ex->body_max == 0)
		return true; /* of a route that takes none: not kept */
	if (need > ex->body_max)
		return refuse(ex,
			ex->route->body == ROUTE_HASHQUERY ? 400 : 413,
			"the body is too large");
	if ((need > req->held && !body_hold(ex, need + HOLD_STEP)) ||
		buf_put(&req->body, part) != STATUS_OK)
		return refuse(ex, 503, "too many submissions are being read");
	return true;
}

enum MHD_Result
body_drain(struct exchange *ex, size_t n)
{
	pace_add_octets(&ex->conn->pace, n);
	ex->drained += n;
	return n > 0 && ex->drained <= DRAIN_MAX ? MHD_YES : MHD_NO;
}
