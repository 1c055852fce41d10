/*
 * static.h - style sheet, picture and robots.txt: the operator's, or ours
 *
 * Threads: as the request.
 * Source:  spec hkp section 10.
 */
#ifndef KEYPOST_HTTP_PAGES_STATIC_H
#define KEYPOST_HTTP_PAGES_STATIC_H

#include "http/message/request.h"

MUST_CHECK enum status site_style(struct request *req, struct reply *reply);
MUST_CHECK enum status site_icon(struct request *req, struct reply *reply);
MUST_CHECK enum status site_robots(struct request *req, struct reply *reply);

#endif
