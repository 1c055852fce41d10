/*
 * stats.h - /pks/stats and op=stats, for crawlers and people; its pictures
 *
 * Threads: the handlers on a pool thread; the gathering, when the last one is
 *          too old, on the search thread.
 * Source:  spec hkp section 9.
 */
#ifndef KEYPOST_HTTP_STATE_STATS_H
#define KEYPOST_HTTP_STATE_STATS_H

#include "http/message/request.h"

MUST_CHECK enum status stats_handle(struct request *req, struct reply *reply);
/* Changes a day; by=hour: an hour. size=narrow: for a small screen. */
MUST_CHECK enum status stats_chart(struct request *req, struct reply *reply);
MUST_CHECK enum status stats_graph(struct request *req, struct reply *reply);
MUST_CHECK enum status stats_dot(struct request *req, struct reply *reply);

#endif
