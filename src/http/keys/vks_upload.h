/*
 * vks_upload.h - VKS: upload and request-verify
 *
 * No mailbox is verified here, so that every address is published at once,
 * and request-verify finds nothing to do. The token that joins the two is the
 * fingerprint with a code that only this process makes: it keeps no state and
 * opens nothing else.
 *
 * Threads: pool threads.
 * Source:  spec hkp section 7.
 */
#ifndef KEYPOST_HTTP_KEYS_VKS_UPLOAD_H
#define KEYPOST_HTTP_KEYS_VKS_UPLOAD_H

#include "http/message/request.h"

#define VKS_UPLOAD_ACCEPT                                                      \
	"application/json, application/x-www-form-urlencoded, "                \
	"multipart/form-data, application/pgp-keys, application/pgp, "         \
	"application/octet-stream, text/plain"

MUST_CHECK enum status vks_upload(struct request *req, struct reply *reply);
MUST_CHECK enum status vks_request_verify(
	struct request *req, struct reply *reply);

#endif
