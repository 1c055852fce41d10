#include "http/pages/error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/words.h"
#include "http/pages/error_words.h"
#include "http/pages/frame.h"
#include "http/pages/html.h"
#include "http/pages/own_files.h"
#include "http/pages/speak.h"
#include "http/route.h"
#include "http/services.h"

static void
put_text(struct reply *reply, const char *text)
{
	reply->type = REPLY_TEXT;
	if (buf_puts(&reply->body, text) != STATUS_OK ||
		buf_puts(&reply->body, "\n") != STATUS_OK)
		buf_clear(&reply->body);
}

/* {"error":...}; NULL: no memory, or the text is no UTF-8. */
static char *
json_error(const char *text)
{
	json_t *o = json_pack("{s:s}", "error", text);
	char *json = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return json;
}

/* A sentence that was cut may end amid a character: then what is no
 * ASCII becomes '?'. */
static void
put_json(struct reply *reply, char *text)
{
	char *json = json_error(text);
	char *p;

	if (json == NULL) {
		for (p = text; *p != '\0'; p++)
			if ((unsigned char)*p >= 0x80)
				*p = '?';
		json = json_error(text);
	}
	put_text(reply, json == NULL ? "{}" : json);
	reply->type = REPLY_JSON;
	free(json);
}

/* Back to where it came from. */
static void
put_submit(struct page *p, const struct request *req)
{
	if (req->method != METHOD_POST)
		return;
	page_raw(p, "<p><a href=\"/#submit\">");
	page_puts(p, _("Submit another key"));
	page_raw(p, "</a></p>\n");
}

static void
put_html(struct request *req, struct reply *reply, unsigned int status,
	const char *text)
{
	const struct error_words *w = error_words_for(status, text);
	struct bytes term = form_get(&req->query, "search");
	struct page search, submit, main;

	site_speak(req, reply);
	page_init(&search, SITE_PAGE_MAX);
	page_init(&submit, SITE_PAGE_MAX);
	page_init(&main, SITE_PAGE_MAX);
	site_search_form(&search, term);
	put_submit(&submit, req);
	{
		struct page_var vars[] = {
			page_str("advice", _(w->advice)),
			page_str("text", text),
			page_html("submit", &submit),
			page_str("heading", term.len > 0 ? _("Search again")
							 : _("Find a key")),
			page_html("search", &search),
		};

		page_expand(&main, bytes_of(html_error), vars, 5);
	}
	page_done(&search);
	page_done(&submit);
	if (site_frame(req, reply, _(w->title), &main) != STATUS_OK)
		put_text(reply, text);
}

/* One line: whatever made a sentence, no control character leaves in it. */
static void
flatten(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			*text = ' ';
}

void
site_error(struct request *req, struct reply *reply, unsigned int status,
	const char *text)
{
	const struct reply_error *e = reply_error_for(status);
	struct err line;

	site_spoken(reply); /* where a page broke off */
	/* `text` may be what reply_clear keeps. */
	if (text == NULL || text[0] == '\0')
		err_set(&line, "%s", e->words);
	else if (status == 400 || status == 501 || status == 500)
		err_set(&line, "%s: %s", e->words, text);
	else
		err_set(&line, "%s", text);
	flatten(line.text);
	reply_clear(reply);
	reply->status = status;
	reply->retry_after = e->retry_after;
	reply->varies = request_varies(req);
	reply->cache = status == 404 ? REPLY_REVALIDATE : REPLY_NO_STORE;
	switch (request_error_form(req)) {
	case FORM_JSON:
		put_json(reply, line.text);
		break;
	case FORM_HTML:
		put_html(req, reply, status, line.text);
		break;
	default:
		put_text(reply, line.text);
	}
}

bool
site_may_search(struct request *req, struct reply *reply)
{
	if (request_may(req, RATE_SEARCH, 1))
		return true;
	site_error(req, reply, request_rate_status(req),
		"too many searches from your address");
	return false;
}

/* The reason is for the log; the client gets its number. */
static void
internal_error(struct request *req, struct reply *reply)
{
	struct meters *m = req->services->meters;
	unsigned long long n = atomic_fetch_add(&m->faults, 1) + 1;
	struct err text;

	log_line(LOG_ERROR, "http", "request=%llu outcome=failed reason=%s", n,
		log_quote_str(reply->err.text).text);
	err_set(&text, "request %llu", n);
	site_error(req, reply, 500, text.text);
}

void
site_fail(struct request *req, struct reply *reply, enum status st)
{
	if (st == STATUS_BUSY)
		services_overloaded(req->services, reply->err.text);
	if (st == STATUS_IO)
		internal_error(req, reply);
	else
		site_error(req, reply, reply_error_of(st)->status,
			reply->err.text);
}

/* A field for each media type of the list. */
static void
put_accept(struct request *req, struct reply *reply, const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		char *type = arena_str(req->arena, bytes_make(list, n));

		if (type == NULL)
			return;
		reply_header(reply, "Accept", type);
		list += n;
		list += strspn(list, ", ");
	}
}

static void
site_options(struct request *req, struct reply *reply, const char *allow,
	const char *accept)
{
	reply->status = 200;
	reply->cache = REPLY_NO_STORE;
	reply_header(reply, "Allow", allow);
	reply_header(reply, "Access-Control-Allow-Methods", allow);
	reply_header(reply, "Access-Control-Allow-Headers",
		"Content-Type, Authorization, Authentication, If-None-Match");
	reply_header(reply, "Access-Control-Max-Age", "86400");
	if (accept != NULL)
		put_accept(req, reply, accept);
}

void
site_no_route(struct request *req, struct reply *reply)
{
	char allow[ROUTE_ALLOW_MAX];
	const char *accept = NULL, *text;
	unsigned int status;
	char *copy;

	route_allow(req, allow, &accept);
	status = route_refusal(req, &text);
	if (status != 0) {
		site_error(req, reply, status, text);
		return;
	}
	if (allow[0] == '\0') {
		if (own_files_handle(req, reply) != STATUS_OK) {
			site_error(req, reply, 404, "Not found");
			return;
		}
		if (req->method == METHOD_GET || req->method == METHOD_HEAD)
			return;
		reply_clear(reply);
		snprintf(allow, sizeof(allow), "GET, HEAD, OPTIONS");
	}
	copy = arena_str(req->arena, bytes_of(allow));
	if (copy == NULL) {
		site_error(req, reply, 431, NULL);
		return;
	}
	if (req->method == METHOD_OPTIONS) {
		site_options(req, reply, copy, accept);
		return;
	}
	site_error(req, reply, 405, NULL);
	reply_header(reply, "Allow", copy);
}

enum status
site_not_offered(struct request *req, struct reply *reply)
{
	(void)req;
	err_set(&reply->err, "ask the operator of this server");
	return STATUS_UNSUPPORTED;
}
