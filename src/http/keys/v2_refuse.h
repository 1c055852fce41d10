/*
 * v2_refuse.h - HKP v2: what is asked for and not given
 *
 * Threads: constants.
 * Source:  spec hkp sections 6.3, 6.7 and 6.8.
 */
#ifndef KEYPOST_HTTP_KEYS_V2_REFUSE_H
#define KEYPOST_HTTP_KEYS_V2_REFUSE_H

#include "http/message/request.h"

/* A category without identifier: 403. */
MUST_CHECK enum status v2_no_identifier(
	struct request *req, struct reply *reply);
/*
 * The status of a path below /pks/v2 that no row of the route table answers,
 * 0: none of its own. `known` tells whether a row has the path, for another
 * method.
 */
unsigned int v2_refusal(
	const struct request *req, bool known, const char **text);

#endif
