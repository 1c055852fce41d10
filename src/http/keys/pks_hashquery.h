/*
 * pks_hashquery.h - POST /pks/hashquery: certificates by SKS digest
 *
 * Threads: a pool thread; many digests go to the search thread.
 * Source:  spec hkp section 8.
 */
#ifndef KEYPOST_HTTP_KEYS_PKS_HASHQUERY_H
#define KEYPOST_HTTP_KEYS_PKS_HASHQUERY_H

#include "http/message/request.h"

enum { HASHQUERY_DIGESTS_MAX = 10000 /* L4 */ };

MUST_CHECK enum status pks_hashquery_handle(
	struct request *req, struct reply *reply);

#endif
