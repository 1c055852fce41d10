#include "http/server/body.h"

#include <string.h>

#include "http/services.h"

enum {
	ROOM_MIN = 64 * 1024, /* L5, for a body of unknown length */
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

/* What was announced, or so much that chunks are seldom moved; all of it is
 * counted, for all of it is taken. */
static size_t
room_for(const struct exchange *ex, size_t need)
{
	size_t room = 2 * need;

	if (!ex->req->head.chunked)
		return ex->req->head.length;
	if (room < ROOM_MIN)
		room = ROOM_MIN;
	return room > ex->body_max ? ex->body_max : room;
}

/* Another buffer: one that grows would leave its octets where they were. */
static bool
move(struct exchange *ex, size_t room)
{
	struct buf *body = &ex->req->body;
	struct buf larger;

	if (!body_hold(ex, room))
		return false;
	buf_init(&larger, room);
	if (buf_reserve(&larger, room) != STATUS_OK ||
		buf_put(&larger, buf_view(body)) != STATUS_OK) {
		buf_wipe(&larger);
		return false;
	}
	buf_wipe(body);
	*body = larger;
	return true;
}

/* What was announced was paid for at once (dispatch.c). */
static bool
may_send(const struct exchange *ex, size_t n)
{
	return !ex->req->head.chunked || ex->route->rate != RATE_SUBMISSION ||
	       request_may(ex->req, RATE_OCTETS, n);
}

static bool
take(struct exchange *ex, struct bytes part)
{
	struct buf *body = &ex->req->body;
	size_t need = body->len + part.len;

	pace_add_octets(&ex->conn->pace, part.len);
	if (ex->body_max == 0)
		return true; /* of a route that takes none: not kept */
	if (need > ex->body_max)
		return refuse(ex,
			ex->route->body == ROUTE_HASHQUERY ? 400 : 413,
			"the body is too large");
	if (!may_send(ex, part.len))
		return refuse(ex, request_rate_status(ex->req),
			"too many requests from your address");
	if ((need > body->cap && !move(ex, room_for(ex, need))) ||
		buf_put(body, part) != STATUS_OK)
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
