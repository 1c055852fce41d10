/*
 * site.h - the pages that are no look-up: home, errors, files, health
 *
 * Threads: handlers, on pool threads.
 * Source:  spec hkp sections 10, 11 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_SITE_H
#define KEYPOST_HTTP_PAGES_SITE_H

#include "http/pages/page.h"
#include "http/message/request.h"

/* Puts `main` into the frame all pages share; takes it. */
MUST_CHECK enum status site_frame(const struct request *req,
	struct reply *reply, const char *title, struct page *main);
/* The same under a title that is markup; takes both. */
MUST_CHECK enum status site_frame_titled(const struct request *req,
	struct reply *reply, struct page *title, struct page *main);
/* The search form with `term` filled in. */
void site_search_form(struct page *p, struct bytes term);

/* An error in the form that the client reads; `text` may be NULL. */
void site_error(struct request *req, struct reply *reply, unsigned int status,
	const char *text);
/* The same for a handler that returned `st`; reply->err is the text. */
void site_fail(struct request *req, struct reply *reply, enum status st);
/* No row of the route table: 404, 405 or the answer to OPTIONS. */
void site_no_route(struct request *req, struct reply *reply);

MUST_CHECK enum status site_home(struct request *req, struct reply *reply);
MUST_CHECK enum status site_style(struct request *req, struct reply *reply);
MUST_CHECK enum status site_icon(struct request *req, struct reply *reply);
MUST_CHECK enum status site_robots(struct request *req, struct reply *reply);
/* What other keyservers offer and we do not. */
MUST_CHECK enum status site_not_offered(
	struct request *req, struct reply *reply);
/* The store answers, and no stop is under way. */
MUST_CHECK enum status site_health(struct request *req, struct reply *reply);
/* The loop turns; touches no store. */
MUST_CHECK enum status site_alive(struct request *req, struct reply *reply);

#endif
