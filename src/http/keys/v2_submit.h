/*
 * v2_submit.h - POST /pks/v2/certs
 *
 * Threads: pool threads.
 * Source:  spec hkp section 6.6.
 */
#ifndef KEYPOST_HTTP_KEYS_V2_SUBMIT_H
#define KEYPOST_HTTP_KEYS_V2_SUBMIT_H

#include "http/message/request.h"

#define V2_SUBMIT_ACCEPT                                                       \
	"application/pgp, application/pgp-keys, multipart/form-data"

MUST_CHECK enum status v2_submit(struct request *req, struct reply *reply);

#endif
