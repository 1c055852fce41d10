#include "http/server/body.h"

#include <string.h>

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
	exchange_refuse(ex, status, reason);
	return false;
}

/* What the library read stays in its memory until that is used again, and a
 * secret key may be in it. It has no further use of what was taken. */
static void
wipe(struct bytes part)
{
	union {
		const uint8_t *in;
		void *out;
	} data = {.in = part.data};

	explicit_bzero(data.out, part.len);
}

/* As buf_put, but what it grows out of is wiped, too: a buffer that moves
 * leaves its octets where they were. */
static enum status
put(struct buf *body, struct bytes part)
{
	struct buf larger;
	enum status st;

	if (body->cap - body->len >= part.len)
		return buf_put(body, part);
	buf_init(&larger, body->max);
	st = buf_reserve(&larger, 2 * body->len + part.len);
	if (st == STATUS_LIMIT) /* twice as much is not needed */
		st = buf_reserve(&larger, body->len + part.len);
	if (st == STATUS_OK)
		st = buf_put(&larger, buf_view(body));
	if (st == STATUS_OK)
		st = buf_put(&larger, part);
	if (st != STATUS_OK) {
		buf_wipe(&larger);
		return st;
	}
	buf_wipe(body);
	*body = larger;
	return STATUS_OK;
}

static bool
take(struct exchange *ex, struct bytes part)
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
		put(&req->body, part) != STATUS_OK)
		return refuse(ex, 503, "too many submissions are being read");
	return true;
}

bool
body_take(struct exchange *ex, struct bytes part)
{
	bool more = take(ex, part);

	wipe(part);
	return more;
}

enum MHD_Result
body_drain(struct exchange *ex, size_t n)
{
	pace_add_octets(&ex->conn->pace, n);
	ex->drained += n;
	return n > 0 && ex->drained <= DRAIN_MAX ? MHD_YES : MHD_NO;
}
