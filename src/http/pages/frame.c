#include "http/pages/frame.h"

#include <stdio.h>
#include <string.h>

#include "http/pages/html.h"
#include "http/pages/speak.h"
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

/* A part of the frame, and which language it has if not that of the page. */
struct part {
	struct page text;
	struct page lang;
};

static void
part_init(struct part *part)
{
	page_init(&part->text, FRAME_PART_MAX);
	page_init(&part->lang, SITE_PAGE_MAX);
}

static void
part_done(struct part *part)
{
	page_done(&part->text);
	page_done(&part->lang);
}

/*
 * The operator's if there is one: as it is, for it is markup. NAME.de.html is
 * for pages in German; NAME.html in the operator's language for the others.
 */
static bool
put_own(struct part *part, const struct request *req, const char *name)
{
	const struct language *l = words_spoken();
	struct bytes content;
	char file[64];

	snprintf(file, sizeof(file), "%s.%s.html", name, l->tag);
	if (!find_file(req, file, &content)) {
		snprintf(file, sizeof(file), "%s.html", name);
		if (!find_file(req, file, &content))
			return false;
		if (l != words_standard())
			page_rawf(&part->lang, " lang=\"%s\"",
				words_standard()->tag);
	}
	page_markup(&part->text, content);
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
put_header(struct part *part, const struct request *req)
{
	struct page list;
	struct page_var vars[2];

	if (put_own(part, req, "header"))
		return;
	page_init(&list, SITE_PAGE_MAX);
	put_links(&list, req);
	vars[0] = page_str("name", req->services->settings->name);
	vars[1] = page_html("links", &list);
	page_expand(&part->text, bytes_of(html_header), vars, 2);
	page_done(&list);
}

static void
put_footer(struct part *part, const struct request *req)
{
	struct page_var vars[] = {
		page_str("software", req->services->software),
	};

	if (!put_own(part, req, "footer"))
		page_expand(&part->text, bytes_of(html_footer), vars, 1);
}

enum status
site_frame_titled(const struct request *req, struct reply *reply,
	struct page *title, struct page *main)
{
	struct part header, footer;
	struct page_var vars[8];
	struct page p;
	enum status st;

	part_init(&header);
	part_init(&footer);
	put_header(&header, req);
	put_footer(&footer, req);
	vars[0] = page_html("title", title);
	vars[1] = page_str("name", req->services->settings->name);
	vars[2] = page_html("header", &header.text);
	vars[3] = page_html("main", main);
	vars[4] = page_html("footer", &footer.text);
	vars[5] = page_html("header_lang", &header.lang);
	vars[6] = page_html("footer_lang", &footer.lang);
	vars[7] = page_str("lang", words_spoken()->tag);
	page_init(&p, main->out.max);
	p.failed = main->failed || title->failed;
	page_expand(&p, bytes_of(html_layout), vars, 8);
	part_done(&header);
	part_done(&footer);
	page_done(title);
	page_done(main);
	site_spoken(reply);
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
