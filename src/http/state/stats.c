#include "http/state/stats.h"

#include "base/words.h"
#include "http/pages/error.h"
#include "http/pages/frame.h"
#include "http/pages/speak.h"
#include "http/server/slow.h"
#include "http/services.h"
#include "http/state/gather.h"
#include "http/state/render.h"

enum { STATS_PAGE_MAX = 1024 * 1024 };

struct view {
	enum status (*write)(struct request *req, const struct site_state *s,
		struct reply *reply);
};

static enum status
write_with(struct request *req, const struct view *v,
	const struct site_state *s, struct reply *reply)
{
	enum status st = v->write(req, s, reply);

	gather_give(req->services->gather, s);
	if (st == STATUS_OK)
		reply->cache = REPLY_MINUTE;
	return st;
}

static enum status
run(struct request *req, struct reply *reply)
{
	const struct services *sv = req->services;
	const struct site_state *s;
	enum status st = gather_make(sv->gather, sv->store, &s, &reply->err);

	return st == STATUS_OK ? write_with(req, slow_arg(req), s, reply) : st;
}

/* At once when a snapshot is there; else one is made on the search thread. */
static enum status
answer(struct request *req, struct reply *reply,
	enum status (*write)(struct request *req, const struct site_state *s,
		struct reply *reply))
{
	struct view *v = arena_alloc(req->arena, sizeof(*v));
	const struct site_state *s;

	if (v == NULL)
		return STATUS_LIMIT;
	v->write = write;
	s = gather_take(req->services->gather);
	if (s != NULL)
		return write_with(req, v, s, reply);
	return slow_later(req, reply, run, v);
}

/* ---- page and JSON ---------------------------------------------------- */

static enum status
write_json(struct request *req, const struct site_state *s, struct reply *reply)
{
	(void)req;
	reply->type = REPLY_JSON;
	return render_json(s, &reply->body, &reply->err);
}

static enum status
write_html(struct request *req, const struct site_state *s, struct reply *reply)
{
	struct page p;

	site_speak(req, reply);
	page_init(&p, STATS_PAGE_MAX);
	render_html(s, &p);
	return site_frame(req, reply, _("Server statistics"), &p);
}

enum status
stats_handle(struct request *req, struct reply *reply)
{
	bool for_machines = form_has_option(&req->query, "mr") ||
			    form_has_option(&req->query, "json");

	if (!site_may_search(req, reply))
		return STATUS_OK;
	return answer(req, reply, for_machines ? write_json : write_html);
}

/* ---- pictures: parts of the page, so they cost no search -------------- */

static bool
query_is(const struct request *req, const char *name, const char *value)
{
	return bytes_eq(form_get(&req->query, name), bytes_of(value));
}

/*
 * An SVG is a document of its own when it is opened alone: it may have its
 * own style and nothing else.
 */
static enum status
take_svg(struct page *p, struct reply *reply)
{
	enum status st = page_take(p, &reply->body);

	site_spoken(reply);
	if (st != STATUS_OK) {
		err_set(&reply->err, "the picture is too large");
		return st;
	}
	reply->type = REPLY_SVG;
	reply_header(reply, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; "
		"frame-ancestors 'none'; base-uri 'none'; sandbox");
	return STATUS_OK;
}

static enum status
write_chart(
	struct request *req, const struct site_state *s, struct reply *reply)
{
	struct page p;

	site_speak(req, reply);
	page_init(&p, STATS_PAGE_MAX);
	render_chart(s, query_is(req, "by", "hour") ? &s->hours : &s->days,
		query_is(req, "size", "narrow"), &p);
	return take_svg(&p, reply);
}

static enum status
write_graph(
	struct request *req, const struct site_state *s, struct reply *reply)
{
	struct page p;

	site_speak(req, reply);
	page_init(&p, STATS_PAGE_MAX);
	render_graph(s, query_is(req, "size", "narrow"), &p);
	return take_svg(&p, reply);
}

static enum status
write_dot(struct request *req, const struct site_state *s, struct reply *reply)
{
	(void)req;
	reply->type = REPLY_DOT;
	return render_dot(s, &reply->body, &reply->err);
}

enum status
stats_chart(struct request *req, struct reply *reply)
{
	return answer(req, reply, write_chart);
}

enum status
stats_graph(struct request *req, struct reply *reply)
{
	return answer(req, reply, write_graph);
}

enum status
stats_dot(struct request *req, struct reply *reply)
{
	return answer(req, reply, write_dot);
}
