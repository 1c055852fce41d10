/*
 * frame.h - what all pages share: the frame, and the search form
 *
 * The operator's header.html and footer.html stand in place of ours, and
 * about.html and privacy.html are linked where they are there (web_root.h).
 * A page is in the language that is spoken, which ends with it (speak.h).
 *
 * Memory:  a page given is taken; what is made goes into the reply.
 * Threads: as the request.
 * Errors:  LIMIT: the page is too large.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_FRAME_H
#define KEYPOST_HTTP_PAGES_FRAME_H

#include "http/message/request.h"
#include "http/pages/page.h"

enum {
	SITE_PAGE_MAX = 64 * 1024,
	FRAME_PART_MAX = 2 << 20 /* header or footer of the operator */
};

/* Puts `main` into the frame all pages share; takes it. */
MUST_CHECK enum status site_frame(const struct request *req,
	struct reply *reply, const char *title, struct page *main);
/* The same under a title that is markup; takes both. */
MUST_CHECK enum status site_frame_titled(const struct request *req,
	struct reply *reply, struct page *title, struct page *main);
/* What the link to that file of the operator's says, or its name. */
const char *site_link_words(const char *file);
/* The search form with `term` filled in. */
void site_search_form(struct page *p, struct bytes term);

#endif
