#include "http/pages/frame.h"

#include <string.h>

#include "base/words.h"
#include "http/pages/html.h"
#include "http/pages/web_root.h"
#include "http/services.h"

/* Pages of the operator that are linked when they are there. */
struct frame_link {
	const char *file;
	const char *path;
	const char *words;
};

static const struct frame_link links[] = {
	{"about.html", "/about", N_("About")},
	{"privacy.html", "/privacy", N_("Privacy")},
};

const char *
site_link_words(const char *file)
{
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(links[i].file, file) == 0)
			return _(links[i].words);
	return file;
}

static bool
find_file(const struct request *req, const char *name, struct bytes *content)
{
	return web_root_find(req->services->settings->web, name, req->arena,
		       content) == STATUS_OK;
}

/* The operator's part if there is one: as it is, for it is markup. */
static bool
put_own(struct page *p, const struct request *req, const char *name)
{
	struct bytes content;

	if (!find_file(req, name, &content))
		return false;
	page_markup(p, content);
	return true;
}

static void
put_links(struct page *p, const struct request *req)
{
	struct bytes content;
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (!find_file(req, links[i].file, &content))
			continue;
		page_rawf(p, "<li><a href=\"%s\">", links[i].path);
		page_puts(p, _(links[i].words));
		page_raw(p, "</a></li>\n");
	}
}

static void
put_header(struct page *p, const struct request *req)
{
	struct page list;
	struct page_var vars[2];

	if (put_own(p, req, "header.html"))
		return;
	page_init(&list, SITE_PAGE_MAX);
	put_links(&list, req);
	vars[0] = page_str("name", req->services->settings->name);
	vars[1] = page_html("links", &list);
	page_expand(p, bytes_of(html_header), vars, 2);
	page_done(&list);
}

static void
put_footer(struct page *p, const struct request *req)
{
	struct page_var vars[] = {
		page_str("software", req->services->software),
	};

	if (!put_own(p, req, "footer.html"))
		page_expand(p, bytes_of(html_footer), vars, 1);
}

enum status
site_frame_titled(const struct request *req, struct reply *reply,
	struct page *title, struct page *main)
{
	struct page p, header, footer;
	struct page_var vars[5];
	enum status st;

	page_init(&header, FRAME_PART_MAX);
	page_init(&footer, FRAME_PART_MAX);
	put_header(&header, req);
	put_footer(&footer, req);
	vars[0] = page_html("title", title);
	vars[1] = page_str("name", req->services->settings->name);
	vars[2] = page_html("header", &header);
	vars[3] = page_html("main", main);
	vars[4] = page_html("footer", &footer);
	page_init(&p, main->out.max);
	p.failed = main->failed || title->failed;
	page_expand(&p, bytes_of(html_layout), vars, 5);
	page_done(&header);
	page_done(&footer);
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
