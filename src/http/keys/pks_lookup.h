/*
 * pks_lookup.h - GET /pks/lookup
 *
 * Look-ups by key run where they are; what may search words goes to the
 * search thread.
 *
 * Threads: a pool thread, or the search thread.
 * Source:  spec hkp sections 2 to 4.
 */
#ifndef KEYPOST_HTTP_KEYS_PKS_LOOKUP_H
#define KEYPOST_HTTP_KEYS_PKS_LOOKUP_H

#include "http/message/request.h"

MUST_CHECK enum status pks_lookup_handle(
	struct request *req, struct reply *reply);

#endif
