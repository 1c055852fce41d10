/*
 * v2_certs.h - HKP v2: certificates as packets, never armored
 *
 * Threads: pool threads; a whole user ID is looked for on the search thread.
 * Source:  spec hkp sections 6.2 and 6.3.
 */
#ifndef KEYPOST_HTTP_KEYS_V2_CERTS_H
#define KEYPOST_HTTP_KEYS_V2_CERTS_H

#include "http/message/request.h"

struct find;

/* /VV/FPR and /VVFPR */
MUST_CHECK enum status v2_by_vfingerprint(
	struct request *req, struct reply *reply);
MUST_CHECK enum status v2_by_keyid(struct request *req, struct reply *reply);
MUST_CHECK enum status v2_by_identity(struct request *req, struct reply *reply);

/* The identity of this path segment, still without a form; NOT_FOUND also for
 * what is none. */
MUST_CHECK enum status v2_find_identity(struct request *req,
	struct reply *reply, struct bytes identity, struct find **f);

#endif
