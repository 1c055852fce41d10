#include "http/server/dispatch.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/pages/site.h"
#include "http/server/body.h"
#include "http/server/exchange.h"
#include "http/server/forwarded.h"
#include "http/server/head.h"
#include "http/server/loop.h"
#include "http/server/send.h"
#include "http/state/metrics.h"

enum { HASHQUERY_MAX = 256 * 1024 /* L4 */ };

void
dispatch_init(struct dispatch *d, struct services *s, struct conn_table *conns)
{
	d->services = s;
	d->conns = conns;
}

void *
dispatch_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct dispatch *d = cls;
	struct conn *conn = loop_conn(c);
	struct exchange *ex =
		exchange_take(loop_exchanges(conn->loop), conn, uri);
	struct request *req = ex->req;

	req->services = d->services;
	req->connection = c;
	req->from = ex->conn->counted ? &ex->conn->from : NULL;
	/* No target at all is "GET" and nothing else. */
	ex->target_status = request_set_target(
		req, bytes_of(uri == NULL ? "" : uri), &req->reply.err);
	pace_enter(&ex->conn->pace, PACE_HEAD, ex->begun_us / 1000);
	return ex;
}

/* A refusal that needs no handler; the first one counts. */
static void
refuse(struct exchange *ex, unsigned int status, const char *reason)
{
	if (ex->refused == 0) {
		ex->refused = status;
		ex->reason = reason;
	}
}

static void
check_target(struct exchange *ex, const char *version)
{
	struct request *req = ex->req;
	size_t len = req->target.len;

	if (ex->target_status == STATUS_LIMIT)
		refuse(ex, 414, req->reply.err.text);
	else if (ex->target_status != STATUS_OK)
		refuse(ex, 400, req->reply.err.text);
	/*
	 * The version stands right behind the target in libmicrohttpd's
	 * buffer; if it stands further away, a NUL has cut the target.
	 */
	else if (ex->uri == NULL ||
		 (version[0] != '\0' && (size_t)(version - ex->uri) != len + 1))
		refuse(ex, 400, "a NUL octet in the request target");
}

static void
check_length(struct exchange *ex)
{
	const struct request_head *h = &ex->req->head;
	const struct policy *policy = ingest_policy(ex->req->services->ingest);

	if (ex->route == NULL || ex->route->body == ROUTE_NO_BODY)
		return;
	if (ex->route->body == ROUTE_SUBMISSION &&
		!ex->req->services->settings->submissions)
		refuse(ex, 403, "Forbidden: this server takes no submissions");
	ex->body_max = ex->route->body == ROUTE_HASHQUERY ? HASHQUERY_MAX
							  : policy->max_body;
	if (h->lengths == 0 && !h->chunked)
		refuse(ex, 411, "say how long the body is");
	else if (h->lengths > 0 && h->length > ex->body_max)
		refuse(ex, ex->route->body == ROUTE_HASHQUERY ? 400 : 413,
			"the body is too large");
}

/* Before anything of it is worked on, and before its body is read. */
static void
check_rate(struct exchange *ex)
{
	const struct request *req = ex->req;

	if (ex->refused != 0 || ex->route == NULL)
		return;
	if (!request_may(req, ex->route->rate, 1) ||
		(ex->route->rate == RATE_SUBMISSION &&
			!request_may(req, RATE_OCTETS, req->head.length)))
		refuse(ex, request_rate_status(req),
			"too many requests from your address");
}

/* The head is complete: everything that can be said before a body comes. */
static void
begin(struct dispatch *d, struct exchange *ex, const char *method,
	const char *version)
{
	struct request *req = ex->req;
	const struct request_head *h = &req->head;
	struct err err;
	enum status st;

	req->method = request_method_of(method);
	head_read(req, &(struct head_place){method, version});
	if (strcmp(version, MHD_HTTP_VERSION_1_0) == 0)
		req->head.expects = false;
	st = request_check_head(req, &err);
	if (st == STATUS_LIMIT)
		refuse(ex, 431, "the request head is too large");
	else if (st != STATUS_OK) {
		log_line(LOG_INFO, "http", "smuggling-suspect reason=%s",
			log_quote_str(err.text).text);
		req->reply.close = true;
		refuse(ex, 400, "the length of the body is not clear");
	}
	if (ex->conn->trusted &&
		!forwarded_find(req, d->conns, ex->conn, &ex->client))
		refuse(ex, 503, "too many malformed requests");
	check_target(ex, version);
	if (h->hidden) { /* another program may see another end of it */
		req->reply.close = true;
		refuse(ex, 400,
			"a NUL octet, or a field without a name, in the head");
	}
	if (ex->refused == 0)
		ex->route = route_find(req);
	req->errors = route_errors(req);
	check_length(ex);
	check_rate(ex);
	if (ex->refused == 0 && ex->body_max > 0 && h->lengths > 0 &&
		!body_hold(ex, (size_t)h->length))
		refuse(ex, 503, "too many submissions are being read");
	ex->stage = STAGE_BODY;
	if (h->chunked || h->length > 0)
		pace_enter(&ex->conn->pace, PACE_BODY, clock_mono_ms());
}

static void
count(const struct exchange *ex, int64_t now_us)
{
	metrics_count(ex->req->services->metrics, ex->route, ex->req->method,
		ex->req->reply.status, now_us - ex->begun_us);
}

/* Clients may read slowly, and the answers wait in memory: from some amount
 * on large ones are not begun. */
static void
hold_reply(struct dispatch *d, struct exchange *ex)
{
	struct reply *reply = &ex->req->reply;

	if (conn_hold_reply(d->conns, ex->conn, reply->body.cap))
		return;
	services_overloaded(ex->req->services,
		"too many large answers are being read: see max_replies");
	site_error(
		ex->req, reply, 503, "too many large answers are being read");
}

static enum MHD_Result
answer(struct dispatch *d, struct exchange *ex)
{
	struct reply *reply = &ex->req->reply;
	int64_t now = clock_mono_us();
	enum MHD_Result r;

	ex->conn->requests++;
	if (ex->conn->requests >= PACE_REQUESTS_MAX ||
		atomic_load(&d->services->meters->stopping))
		reply->close = true;
	hold_reply(d, ex);
	ex->stage = STAGE_REPLIED;
	pace_enter(&ex->conn->pace, PACE_REPLY, now / 1000);
	r = send_reply(ex->req);
	exchange_forget(loop_exchanges(ex->conn->loop), ex);
	count(ex, now);
	return r;
}

/*
 * The answer to a body that is not wanted goes out by hand: libmicrohttpd
 * would close the connection with the body unread, and the reset takes the
 * answer from the client. dirmngr calls a host that resets dead for 90
 * minutes. What still comes is read and forgotten.
 */
static enum MHD_Result
answer_sender(struct exchange *ex)
{
	struct request *req = ex->req;

	req->reply.close = true;
	send_by_hand(req, ex->conn->fd);
	count(ex, clock_mono_us());
	exchange_forget(loop_exchanges(ex->conn->loop), ex);
	ex->stage = STAGE_DRAIN;
	return MHD_YES;
}

/* What it is in the log: not every refusal is the client's fault. */
static const char *
refusal_word(unsigned int status)
{
	switch (status) {
	case 403:
		return "not-offered";
	case 429:
	case 503:
		return "limited";
	default:
		return "bad-request";
	}
}

/* Says what was wrong before a handler could; false if nothing was. */
static bool
write_refusal(struct exchange *ex)
{
	struct request *req = ex->req;

	if (ex->refused != 0) {
		/* One too many of these, and the address is shut out. */
		if (ex->refused == 400 || ex->refused == 414 ||
			ex->refused == 431)
			(void)request_may(req, RATE_MALFORMED, 1);
		log_line(LOG_INFO, "http", "%s status=%u reason=%s",
			refusal_word(ex->refused), ex->refused,
			log_quote_str(ex->reason).text);
		site_error(req, &req->reply, ex->refused, ex->reason);
		return true;
	}
	if (ex->route == NULL)
		site_no_route(req, &req->reply);
	return ex->route == NULL;
}

static enum MHD_Result
handle(struct dispatch *d, struct exchange *ex)
{
	struct request *req = ex->req;
	enum status st;

	if (write_refusal(ex))
		return answer(d, ex);
	st = ex->route->handle(req, &req->reply);
	if (st != STATUS_OK)
		site_fail(req, &req->reply, st);
	if (req->later == NULL)
		return answer(d, ex);
	ex->stage = STAGE_READY;
	return MHD_YES;
}

/*
 * Not in the round that has read the request: resumed, the library would go on
 * with reading, and leave a client that has ended its side without an answer.
 */
static enum MHD_Result
begin_wait(struct exchange *ex)
{
	ex->stage = STAGE_WAITING;
	pace_enter(&ex->conn->pace, PACE_WAIT, clock_mono_ms());
	ex->req->later(ex->req);
	return MHD_YES;
}

static enum MHD_Result
resume(struct dispatch *d, struct exchange *ex)
{
	struct request *req = ex->req;
	enum status st;

	st = req->resume(req, &req->reply);
	if (st != STATUS_OK)
		site_fail(req, &req->reply, st);
	return answer(d, ex);
}

/* The head is there, and nothing of a body is read. */
static enum MHD_Result
take_head(struct dispatch *d, struct exchange *ex)
{
	const struct request_head *h = &ex->req->head;

	/* A reply from here ends the connection, since what follows is not
	 * read: where it is not clear what does, or for a body that we do not
	 * want. */
	if (ex->req->reply.close)
		return handle(d, ex);
	/* With 100 for a body that is none, what follows would be taken for
	 * that: such a request is answered now. */
	if (!h->chunked && h->length == 0)
		return h->expects ? handle(d, ex) : MHD_YES;
	/* Who expects 100 sends nothing when the answer is another. */
	if (!h->expects && write_refusal(ex))
		return answer_sender(ex);
	return ex->refused != 0 || ex->body_max == 0 ? handle(d, ex) : MHD_YES;
}

static enum MHD_Result
go_on(struct dispatch *d, struct exchange *ex, const char *method,
	const char *version, const char *data, size_t *size)
{
	enum MHD_Result r;
	size_t n = *size;

	switch (ex->stage) {
	case STAGE_HEAD:
		begin(d, ex, method, version);
		r = take_head(d, ex);
		return ex->stage == STAGE_READY ? begin_wait(ex) : r;
	case STAGE_BODY:
		*size = 0;
		if (n == 0)
			return handle(d, ex);
		if (body_take(ex, bytes_make(data, n)))
			return MHD_YES;
		(void)write_refusal(ex);
		return answer_sender(ex);
	case STAGE_DRAIN:
		*size = 0;
		return body_drain(ex, n);
	case STAGE_READY:
		return begin_wait(ex);
	case STAGE_WAITING:
		return resume(d, ex);
	default:
		*size = 0;
		return MHD_YES;
	}
}

enum MHD_Result
dispatch_access(void *cls, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *data, size_t *size,
	void **state)
{
	struct exchange *ex = *state;
	struct conn *conn = ex->conn;
	enum MHD_Result r;

	(void)c;
	(void)url;
	loop_worked(conn->loop);
	conn_enter(conn, clock_mono_ms());
	r = go_on(cls, ex, method, version, data, size);
	conn_leave(conn);
	return r;
}

/* An answer went out that is none of ours: the library's, to what it cannot
 * read (library.c logs it). It counts for the address that sent it. */
static void
note_unreadable(struct exchange *ex)
{
	struct err err;

	if (ex->stage == STAGE_HEAD)
		head_read(ex->req, NULL);
	(void)request_may(ex->req, RATE_MALFORMED, 1);
	if (request_check_head(ex->req, &err) == STATUS_MALFORMED)
		log_line(LOG_INFO, "http", "smuggling-suspect reason=%s",
			log_quote_str(err.text).text);
}

void
dispatch_completed(void *cls, struct MHD_Connection *c, void **state,
	enum MHD_RequestTerminationCode why)
{
	struct dispatch *d = cls;
	struct exchange *ex = *state;

	(void)c;
	if (ex == NULL)
		return;
	loop_worked(ex->conn->loop);
	if (why == MHD_REQUEST_TERMINATED_WITH_ERROR &&
		(ex->stage == STAGE_HEAD || ex->stage == STAGE_BODY))
		note_unreadable(ex);
	conn_release_reply(d->conns, ex->conn);
	pace_enter(&ex->conn->pace, PACE_IDLE, clock_mono_ms());
	*state = NULL;
	exchange_put(loop_exchanges(ex->conn->loop), ex);
}
