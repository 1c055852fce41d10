/*
 * site.h - the pages of this room, for handlers of the others; health
 *
 * Threads: handlers, on pool threads.
 * Source:  spec hkp sections 10, 11 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_SITE_H
#define KEYPOST_HTTP_PAGES_SITE_H

#include "http/pages/error.h"
#include "http/pages/frame.h"
#include "http/pages/home.h"
#include "http/pages/static.h"

/* The store answers, and no stop is under way. */
MUST_CHECK enum status site_health(struct request *req, struct reply *reply);
/* The loop turns; touches no store. */
MUST_CHECK enum status site_alive(struct request *req, struct reply *reply);

#endif
