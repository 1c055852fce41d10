/*
 * v2_index.h - HKP v2: what is known of an identity's certificates, as JSON
 *
 * Threads: a pool thread, or the search thread.
 * Source:  spec hkp sections 6.3 and 6.5.
 */
#ifndef KEYPOST_HTTP_KEYS_V2_INDEX_H
#define KEYPOST_HTTP_KEYS_V2_INDEX_H

#include "http/message/request.h"

MUST_CHECK enum status v2_index(struct request *req, struct reply *reply);

#endif
