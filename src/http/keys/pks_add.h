/*
 * pks_add.h - POST /pks/add
 *
 * The connection is suspended until the submission is committed: a 200 means
 * that it is on disk. When that takes too long the client is told so, and the
 * submission ends without it.
 *
 * Threads: the handler on a pool thread; `done` on an ingest thread.
 * Source:  spec hkp section 5; design: reliability D1.
 */
#ifndef KEYPOST_HTTP_KEYS_PKS_ADD_H
#define KEYPOST_HTTP_KEYS_PKS_ADD_H

#include "http/message/request.h"

#define PKS_ADD_ACCEPT                                                         \
	"application/x-www-form-urlencoded, multipart/form-data, "             \
	"application/pgp-keys, application/pgp, application/octet-stream, "    \
	"text/plain, application/json"

MUST_CHECK enum status pks_add_handle(struct request *req, struct reply *reply);

#endif
