#include "http/server/dispatch.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/pages/site.h"
#include "http/server/admit.h"
#include "http/server/body.h"
#include "http/server/exchange.h"
#include "http/server/head.h"
#include "http/server/loop.h"
#include "http/server/send.h"
#include "http/state/metrics.h"

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

static enum MHD_Result
handle(struct dispatch *d, struct exchange *ex)
{
	struct request *req = ex->req;
	enum status st;

	if (admit_refusal(ex))
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

	ex->stage = STAGE_BODY;
	if (h->chunked || h->length > 0)
		pace_enter(&ex->conn->pace, PACE_BODY, clock_mono_ms());
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
	if (!h->expects && admit_refusal(ex))
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
		admit_head(d->conns, ex, method, version);
		r = take_head(d, ex);
		return ex->stage == STAGE_READY ? begin_wait(ex) : r;
	case STAGE_BODY:
		*size = 0;
		if (n == 0)
			return handle(d, ex);
		if (body_take(ex, bytes_make(data, n)))
			return MHD_YES;
		(void)admit_refusal(ex);
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
