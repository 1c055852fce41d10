/*
 * vks_get.h - VKS: one certificate by fingerprint or key ID, armored; those
 * of an address
 *
 * Threads: pool threads.
 * Source:  spec hkp section 7.
 */
#ifndef KEYPOST_HTTP_KEYS_VKS_GET_H
#define KEYPOST_HTTP_KEYS_VKS_GET_H

#include "http/message/request.h"

MUST_CHECK enum status vks_by_fingerprint(
	struct request *req, struct reply *reply);
MUST_CHECK enum status vks_by_keyid(struct request *req, struct reply *reply);
MUST_CHECK enum status vks_by_email(struct request *req, struct reply *reply);

#endif
