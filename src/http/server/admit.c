#include "http/server/admit.h"

#include <string.h>

#include "base/log.h"
#include "http/pages/site.h"
#include "http/server/body.h"
#include "http/server/forwarded.h"
#include "http/server/head.h"
#include "http/services.h"

enum { HASHQUERY_MAX = 256 * 1024 /* L4 */ };

static void
check_target(struct exchange *ex, const char *version)
{
	struct request *req = ex->req;
	size_t len = req->target.len;

	if (ex->target_status == STATUS_LIMIT)
		exchange_refuse(ex, 414, req->reply.err.text);
	else if (ex->target_status != STATUS_OK)
		exchange_refuse(ex, 400, req->reply.err.text);
	/*
	 * The version stands right behind the target in libmicrohttpd's
	 * buffer; if it stands further away, a NUL has cut the target.
	 */
	else if (ex->uri == NULL ||
		 (version[0] != '\0' && (size_t)(version - ex->uri) != len + 1))
		exchange_refuse(ex, 400, "a NUL octet in the request target");
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
		exchange_refuse(
			ex, 403, "Forbidden: this server takes no submissions");
	ex->body_max = ex->route->body == ROUTE_HASHQUERY ? HASHQUERY_MAX
							  : policy->max_body;
	if (h->lengths == 0 && !h->chunked)
		exchange_refuse(ex, 411, "say how long the body is");
	else if (h->lengths > 0 && h->length > ex->body_max)
		exchange_refuse(ex,
			ex->route->body == ROUTE_HASHQUERY ? 400 : 413,
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
		exchange_refuse(ex, request_rate_status(req),
			"too many requests from your address");
}

void
admit_head(struct conn_table *conns, struct exchange *ex, const char *method,
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
		exchange_refuse(ex, 431, "the request head is too large");
	else if (st != STATUS_OK) {
		log_line(LOG_INFO, "http", "smuggling-suspect reason=%s",
			log_quote_str(err.text).text);
		req->reply.close = true;
		exchange_refuse(ex, 400, "the length of the body is not clear");
	}
	if (ex->conn->trusted &&
		!forwarded_find(req, conns, ex->conn, &ex->client))
		exchange_refuse(ex, 503, "too many malformed requests");
	check_target(ex, version);
	if (h->hidden) { /* another program may see another end of it */
		req->reply.close = true;
		exchange_refuse(ex, 400,
			"a NUL octet, or a field without a name, in the head");
	}
	if (ex->refused == 0)
		ex->route = route_find(req);
	req->errors = route_errors(req);
	check_length(ex);
	check_rate(ex);
	if (ex->refused == 0 && ex->body_max > 0 && h->lengths > 0 &&
		!body_hold(ex, (size_t)h->length))
		exchange_refuse(ex, 503, "too many submissions are being read");
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

bool
admit_refusal(struct exchange *ex)
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
