#include "http/pages/frame.h"

#include "http/pages/html.h"
#include "http/services.h"

enum status
site_frame_titled(const struct request *req, struct reply *reply,
	struct page *title, struct page *main)
{
	const struct services *sv = req->services;
	struct page_var vars[] = {
		page_html("title", title),
		page_str("name", sv->settings->name),
		page_str("software", sv->software),
		page_html("main", main),
	};
	struct page p;
	enum status st;

	page_init(&p, main->out.max);
	p.failed = main->failed || title->failed;
	page_expand(&p, bytes_of(html_layout), vars,
		sizeof(vars) / sizeof(vars[0]));
	page_done(title);
	page_done(main);
	st = page_take(&p, &reply->body);
	if (st == STATUS_OK)
		reply->type = REPLY_HTML;
	else
		err_set(&reply->err, "the page is too large");
	return st;
}

enum status
site_frame(const struct request *req, struct reply *reply, const char *title,
	struct page *main)
{
	struct page t;

	page_init(&t, SITE_PAGE_MAX);
	page_puts(&t, title);
	return site_frame_titled(req, reply, &t, main);
}

void
site_search_form(struct page *p, struct bytes term)
{
	struct page_var vars[] = {page_text("term", term)};

	page_expand(p, bytes_of(html_search), vars, 1);
}
