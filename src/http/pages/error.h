/*
 * error.h - what went wrong, in the form that the client reads
 *
 * Programs get the words they look for, people a page with the same words and
 * what to do next.
 *
 * Threads: as the request.
 * Source:  spec hkp sections 1.8 and 11.
 */
#ifndef KEYPOST_HTTP_PAGES_ERROR_H
#define KEYPOST_HTTP_PAGES_ERROR_H

#include "http/message/request.h"

/* An error in the form that the client reads; `text` may be NULL. */
void site_error(struct request *req, struct reply *reply, unsigned int status,
	const char *text);
/* The same for a handler that returned `st`; reply->err is the text. */
void site_fail(struct request *req, struct reply *reply, enum status st);
/* Takes one search from the rate of the client; false: there was none left,
 * and that is the reply. */
bool site_may_search(struct request *req, struct reply *reply);
/* No row of the route table: 404, 405 or the answer to OPTIONS. */
void site_no_route(struct request *req, struct reply *reply);
/* What other keyservers offer and we do not. */
MUST_CHECK enum status site_not_offered(
	struct request *req, struct reply *reply);

#endif
