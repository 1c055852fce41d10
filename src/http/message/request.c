#include "http/message/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/message/accept.h"
#include "http/server/wait.h"
#include "http/services.h"

struct request *
request_new(void)
{
	struct request *req = xcalloc(1, sizeof(*req));

	req->arena = arena_new(REQUEST_ARENA_MAX);
	reply_init(&req->reply);
	return req;
}

static void
drop_job(struct request *req)
{
	bool left = req->waiter != NULL && wait_gave_up(req->waiter);

	/* After giving up the job is its worker's, and may be gone. */
	if (req->drop != NULL && !left)
		req->drop(req->job);
	if (req->waiter != NULL)
		waiter_drop(req->waiter);
	req->waiter = NULL;
	req->drop = NULL;
	req->job = NULL;
	if (req->held > 0)
		services_release(req->services, req->held);
	req->held = 0;
}

void
request_forget(struct request *req)
{
	drop_job(req);
	buf_done(&req->body);
	arena_release(req->arena);
}

void
request_reset(struct request *req)
{
	request_forget(req);
	/* The field tables behind their counts may keep what they hold. */
	req->services = NULL;
	req->target = bytes_make(NULL, 0);
	req->segment_count = 0;
	req->query.count = 0;
	memset(&req->head, 0, sizeof(req->head));
	buf_init(&req->body, 0);
	reply_reset(&req->reply);
	req->errors = ERRORS_AS_ASKED;
	req->later = NULL;
	req->resume = NULL;
	req->from = NULL;
	req->connection = NULL;
}

void
request_free(struct request *req)
{
	if (req == NULL)
		return;
	drop_job(req);
	buf_done(&req->body);
	reply_done(&req->reply);
	arena_free(req->arena);
	free(req);
}

enum request_method
request_method_of(const char *name)
{
	static const char *const names[] = {
		[METHOD_GET] = "GET",
		[METHOD_HEAD] = "HEAD",
		[METHOD_POST] = "POST",
		[METHOD_OPTIONS] = "OPTIONS",
	};
	size_t i;

	for (i = 0; i < METHOD_OTHER; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum request_method)i;
	return METHOD_OTHER;
}

/* http://host/path, as a proxy's client sends it: only the path counts. */
static struct bytes
skip_authority(struct bytes t)
{
	static const char *const schemes[] = {"http://", "https://"};
	size_t i, n;

	for (i = 0; i < 2; i++) {
		if (!bytes_starts_nocase(t, schemes[i]))
			continue;
		for (n = strlen(schemes[i]); n < t.len; n++)
			if (t.data[n] == '/' || t.data[n] == '?')
				break;
		return bytes_make(t.data + n, t.len - n);
	}
	return t;
}

static enum status
add_segment(struct request *req, struct bytes raw, struct err *err)
{
	struct bytes copy;
	uint8_t *data;

	if (req->segment_count >= REQUEST_SEGMENTS_MAX) {
		req->segment_count = REQUEST_SEGMENTS_MAX + 1;
		return STATUS_OK;
	}
	data = arena_alloc(req->arena, raw.len);
	if (data == NULL)
		return STATUS_LIMIT;
	if (raw.len > 0)
		memcpy(data, raw.data, raw.len);
	copy = bytes_make(data, form_decode(data, raw.len, false));
	if (copy.len > 0 && memchr(copy.data, 0, copy.len) != NULL) {
		err_set(err, "a NUL octet in the path");
		return STATUS_MALFORMED;
	}
	req->segments[req->segment_count++] = copy;
	return STATUS_OK;
}

/* Split first, then decode: an encoded slash is data. */
static enum status
split_path(struct request *req, struct bytes path, struct err *err)
{
	size_t pos = 0;

	if (path.len > 0 && path.data[0] == '/')
		pos = 1;
	while (pos < path.len) {
		const uint8_t *slash =
			memchr(path.data + pos, '/', path.len - pos);
		size_t n = slash == NULL ? path.len - pos
					 : (size_t)(slash - path.data) - pos;
		enum status st =
			add_segment(req, bytes_make(path.data + pos, n), err);

		if (st != STATUS_OK)
			return st;
		pos += n + 1;
	}
	return STATUS_OK;
}

enum status
request_set_target(struct request *req, struct bytes target, struct err *err)
{
	struct bytes path, query = {NULL, 0};
	const uint8_t *mark;
	enum status st;

	if (target.len > REQUEST_TARGET_MAX) {
		err_set(err, "the request target is longer than %d octets",
			REQUEST_TARGET_MAX);
		return STATUS_LIMIT;
	}
	st = arena_copy(req->arena, target, &req->target);
	if (st != STATUS_OK)
		return st;
	path = skip_authority(req->target);
	mark = path.len > 0 ? memchr(path.data, '?', path.len) : NULL;
	if (mark != NULL) {
		size_t n = (size_t)(mark - path.data);

		query = bytes_make(mark + 1, path.len - n - 1);
		path.len = n;
	}
	st = split_path(req, path, err);
	if (st != STATUS_OK)
		return st;
	return form_read_query(req->arena, query, &req->query, err);
}

static uint64_t
read_length(struct bytes v)
{
	uint64_t n = 0;
	size_t i;

	/* libmicrohttpd has refused what is no number or over 64 bits. */
	for (i = 0; i < v.len; i++) {
		if (v.data[i] < '0' || v.data[i] > '9' ||
			__builtin_mul_overflow(n, (uint64_t)10, &n) ||
			__builtin_add_overflow(
				n, (uint64_t)(v.data[i] - '0'), &n))
			return UINT64_MAX;
	}
	return n;
}

/* What another program may take for the end of the field. */
static bool
has_break(struct bytes b)
{
	return b.len > 0 && memchr(b.data, '\r', b.len) != NULL;
}

static bool
name_is_good(struct bytes name)
{
	return name.len > 0 && memchr(name.data, ' ', name.len) == NULL &&
	       memchr(name.data, '\t', name.len) == NULL && !has_break(name);
}

/* A list may stand in several fields: one after the other, it is one. */
static struct bytes
join_list(struct request *req, struct bytes list, struct bytes more)
{
	uint8_t *both = arena_alloc(req->arena, list.len + 2 + more.len);

	if (both == NULL || req->head.fields > REQUEST_FIELDS_MAX)
		return list; /* the whole head is refused */
	memcpy(both, list.data, list.len);
	memcpy(both + list.len, ", ", 2);
	if (more.len > 0)
		memcpy(both + list.len + 2, more.data, more.len);
	return bytes_make(both, list.len + 2 + more.len);
}

/* A field whose value is looked at. */
struct field_view {
	const char *name;
	size_t len;
	size_t offset;
	bool is_list; /* of others the first counts */
};

#define VIEW(name, member, is_list) \
	{name, sizeof(name) - 1, offsetof(struct request_head, member), is_list}

static const struct field_view views[] = {
	VIEW("Content-Type", content_type, false),
	VIEW("Accept", accept, true),
	VIEW("Accept-Language", accept_language, true),
	VIEW("If-None-Match", if_none_match, true),
	VIEW("PKS-Sender", pks_sender, false),
};

void
request_add_header(struct request *req, struct bytes name, struct bytes value)
{
	struct request_head *h = &req->head;
	size_t i;

	h->fields++;
	h->broken = h->broken || !name_is_good(name) || has_break(value);
	h->octets += name.len + value.len + 4; /* colon, blank, CRLF */
	for (i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		struct bytes *v =
			(struct bytes *)(void *)((char *)h + views[i].offset);

		if (name.len != views[i].len ||
			!bytes_eq_nocase(name, bytes_of(views[i].name)))
			continue;
		if (v->data == NULL)
			*v = value;
		else if (views[i].is_list)
			*v = join_list(req, *v, value);
	}
	if (bytes_eq_nocase(name, bytes_of("Content-Length"))) {
		h->lengths++;
		h->length = read_length(value);
	} else if (bytes_eq_nocase(name, bytes_of("Transfer-Encoding"))) {
		h->codings++;
		h->chunked = bytes_eq_nocase(value, bytes_of("chunked"));
	} else if (bytes_eq_nocase(name, bytes_of("Expect"))) {
		h->expects = bytes_eq_nocase(value, bytes_of("100-continue"));
	}
}

enum status
request_check_head(const struct request *req, struct err *err)
{
	const struct request_head *h = &req->head;

	if (h->broken) {
		err_set(err, "a broken field in the head");
		return STATUS_MALFORMED;
	}
	if (h->lengths > 1 || h->codings > 1 ||
		(h->lengths > 0 && h->codings > 0)) {
		err_set(err, "the length of the body is stated twice");
		return STATUS_MALFORMED;
	}
	if (h->codings == 1 && !h->chunked) {
		err_set(err, "a transfer coding other than chunked");
		return STATUS_MALFORMED;
	}
	if (h->lengths == 1 && h->length == UINT64_MAX) {
		err_set(err, "the length of the body is not a number");
		return STATUS_MALFORMED;
	}
	if (h->fields > REQUEST_FIELDS_MAX || h->octets > REQUEST_HEAD_MAX) {
		err_set(err, "the request head is too large");
		return STATUS_LIMIT;
	}
	return STATUS_OK;
}

bool
request_may(const struct request *req, enum client_rate kind, uint64_t cost)
{
	return req->from == NULL || kind == RATE_NONE ||
	       client_rate_take(req->services->rates, req->from, kind, cost,
		       clock_mono_ms());
}

bool
request_varies(const struct request *req)
{
	return req->errors == ERRORS_AS_ASKED &&
	       !form_has_option(&req->query, "mr") &&
	       !form_has_option(&req->query, "json");
}

enum request_form
request_wants(const struct request *req)
{
	struct bytes accept = req->head.accept;

	/* mr wins over all: dirmngr refuses a body that begins with '<'. */
	if (form_has_option(&req->query, "mr"))
		return FORM_TEXT;
	if (form_has_option(&req->query, "json") ||
		accept_prefers(accept, "application/json", "text/html"))
		return FORM_JSON;
	return accept_weight(accept, "text/html") > 0 ? FORM_HTML : FORM_TEXT;
}

enum request_form
request_error_form(const struct request *req)
{
	if (req->errors == ERRORS_TEXT)
		return FORM_TEXT;
	return req->errors == ERRORS_JSON ? FORM_JSON : request_wants(req);
}

/* gpg shows 429 as "No data"; others understand it. */
unsigned int
request_rate_status(const struct request *req)
{
	static const char *const others[] = {"v2", "vks"};
	size_t i;

	for (i = 0; i < 2 && i < req->segment_count; i++)
		if (bytes_eq(req->segments[i], bytes_of(others[0])) ||
			bytes_eq(req->segments[i], bytes_of(others[1])))
			return 429;
	return 503;
}
