#include "http/server/send.h"

#include <assert.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "http/services.h"

enum { FIELDS_MAX = REPLY_HEADERS_MAX + 13 };

struct field_list {
	struct reply_field list[FIELDS_MAX];
	size_t count;
	char retry[16];
};

static void
add(struct field_list *f, const char *name, const char *value)
{
	f->list[f->count].name = name;
	f->list[f->count].value = value;
	f->count++;
}

static void
collect(const struct reply *r, const char *software, struct field_list *f)
{
	size_t i;

	/* dirmngr takes another success for a failure, and after a 502 calls
	 * the host dead: no answer has a status that the table lacks. */
	assert(r->status == 200 || r->status == 304 ||
		reply_error_for(r->status) != NULL);
	f->count = 0;
	add(f, "Server", software);
	add(f, "Access-Control-Allow-Origin", "*");
	add(f, "Access-Control-Expose-Headers",
		"ETag, Retry-After, X-HKP-Results-Count");
	add(f, "X-Content-Type-Options", "nosniff");
	add(f, "Cache-Control", reply_cache_text(r->cache));
	if (r->type != REPLY_NO_TYPE && r->status != 304)
		add(f, "Content-Type", reply_type_text(r->type));
	if (r->language != NULL && r->status != 304)
		add(f, "Content-Language", r->language);
	if (r->varies || r->varies_language)
		add(f, "Vary",
			!r->varies_language ? "Accept"
			: r->varies         ? "Accept, Accept-Language"
					    : "Accept-Language");
	if (r->etag[0] != '\0')
		add(f, "ETag", r->etag);
	if (r->retry_after > 0) {
		snprintf(f->retry, sizeof(f->retry), "%u", r->retry_after);
		add(f, "Retry-After", f->retry);
	}
	if (r->type == REPLY_HTML) {
		add(f, "Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; "
			"form-action 'self'; frame-ancestors 'none'; "
			"base-uri 'none'");
		add(f, "Referrer-Policy", "no-referrer");
	}
	if (r->close)
		add(f, "Connection", "close");
	for (i = 0; i < r->field_count; i++)
		add(f, r->fields[i].name, r->fields[i].value);
}

/* The client has it: no body, and of what describes one only the length, which
 * has to be that of the 200 (RFC 9110 section 8.6). */
static void
try_304(struct request *req)
{
	struct reply *r = &req->reply;

	if (r->status != 200 || r->cache == REPLY_NO_STORE ||
		(req->method != METHOD_GET && req->method != METHOD_HEAD) ||
		!reply_etag_matches(req->head.if_none_match, r->etag))
		return;
	r->status = 304;
	if (r->fixed.data != NULL || r->body.len > 0)
		r->unmade = r->fixed.len + r->body.len;
	r->fixed = bytes_make(NULL, 0);
	r->field_count = 0;
	buf_done(&r->body);
}

static ssize_t
never_read(void *cls, uint64_t pos, char *out, size_t max)
{
	(void)cls;
	(void)pos;
	(void)out;
	(void)max;
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* The body stays where it is: the exchange ends after the library has read
 * it. */
static struct MHD_Response *
make_response(const struct reply *r)
{
	/* The library takes a pointer to octets it only reads. */
	union {
		const uint8_t *in;
		void *out;
	} p = {.in = r->fixed.data};
	size_t len = r->fixed.len;

	if (r->status == 304)
		return MHD_create_response_from_callback(
			r->unmade, 1, never_read, NULL, NULL);
	if (p.in == NULL) {
		p.in = r->body.data;
		len = r->body.len;
	}
	return MHD_create_response_from_buffer(
		len, p.out, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result
send_reply(struct request *req)
{
	struct field_list fields;
	struct MHD_Response *response;
	enum MHD_Result ret = MHD_YES;
	size_t i;

	try_304(req);
	collect(&req->reply, req->services->software, &fields);
	response = make_response(&req->reply);
	if (response == NULL)
		return MHD_NO;
	for (i = 0; i < fields.count && ret == MHD_YES; i++)
		ret = MHD_add_response_header(
			response, fields.list[i].name, fields.list[i].value);
	if (ret == MHD_YES)
		ret = MHD_queue_response(
			req->connection, req->reply.status, response);
	MHD_destroy_response(response);
	return ret;
}

static enum status
put_date(struct buf *out)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[64];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return buf_printf(out, "Date: %s\r\n", text);
}

static void
write_by_hand(
	const struct reply *r, const char *software, bool head_only, int fd)
{
	struct field_list fields;
	struct buf out;
	enum status st;
	size_t i;

	collect(r, software, &fields);
	buf_init(&out, 0);
	st = buf_printf(&out, "HTTP/1.1 %u %s\r\nContent-Length: %zu\r\n",
		r->status, MHD_get_reason_phrase_for(r->status), r->body.len);
	for (i = 0; i < fields.count && st == STATUS_OK; i++)
		st = buf_printf(&out, "%s: %s\r\n", fields.list[i].name,
			fields.list[i].value);
	if (st == STATUS_OK)
		st = put_date(&out);
	if (st == STATUS_OK)
		st = buf_puts(&out, "\r\n");
	if (st == STATUS_OK && !head_only)
		st = buf_put(&out, buf_view(&r->body));
	/* A full socket loses the text, not the close: that is enough. */
	if (st == STATUS_OK)
		(void)!send(fd, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	buf_done(&out);
}

void
send_by_hand(struct request *req, int fd)
{
	write_by_hand(&req->reply, req->services->software,
		req->method == METHOD_HEAD, fd);
}

void
send_full(const char *software, int fd)
{
	const struct reply_error *e = reply_error_for(503);
	struct reply r;

	reply_init(&r);
	r.status = e->status;
	r.retry_after = e->retry_after;
	r.type = REPLY_TEXT;
	r.close = true;
	if (buf_printf(&r.body, "%s: too many connections\n", e->words) ==
		STATUS_OK)
		write_by_hand(&r, software, false, fd);
	reply_done(&r);
}
