/*
 * home.h - the page at /: find a key, submit a key
 *
 * Threads: as the request.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_HOME_H
#define KEYPOST_HTTP_PAGES_HOME_H

#include "http/message/request.h"

MUST_CHECK enum status site_home(struct request *req, struct reply *reply);

#endif
