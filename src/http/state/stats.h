/*
 * stats.h - /pks/stats and op=stats, for crawlers and people
 *
 * Threads: the handler on a pool thread; the work on the search thread.
 * Source:  spec hkp section 9.
 */
#ifndef KEYPOST_HTTP_STATE_STATS_H
#define KEYPOST_HTTP_STATE_STATS_H

#include "http/message/request.h"

MUST_CHECK enum status stats_handle(struct request *req, struct reply *reply);

#endif
