/*
 * route.h - the route table and its dispatch
 *
 * A new route is a row of the table in route.c and a file with its handler.
 *
 * Threads: constants.
 * Errors:  a handler that returns anything but OK has its status told to the
 *          client with reply->err (reply.h); it may fill the reply itself.
 * Source:  design: architecture section 16; spec hkp section 1.6.
 */
#ifndef KEYPOST_HTTP_ROUTE_H
#define KEYPOST_HTTP_ROUTE_H

#include "http/message/request.h"

/* Which limit holds for a body (L3, L4); it is read before the handler. */
enum route_body { ROUTE_NO_BODY, ROUTE_SUBMISSION, ROUTE_HASHQUERY };

struct route {
	enum request_method method; /* GET serves HEAD too */
	const char *path;           /* a segment "*" matches any one */
	enum status (*handle)(struct request *req, struct reply *reply);
	enum route_body body;
	enum client_rate rate;
	const char *accept; /* media types taken, for OPTIONS; or NULL */
};

enum { ROUTE_ALLOW_MAX = 64 };

/* The rows are searched in order; NULL if no row has this path and method. */
const struct route *route_find(const struct request *req);
/* In which form errors of this path are told, whoever finds them. */
enum request_errors route_errors(const struct request *req);
/*
 * What no row serves and yet is no unknown path (HKP v2): the status, and
 * `text` is why; 0: nothing of the kind.
 */
unsigned int route_refusal(const struct request *req, const char **text);
/*
 * The methods of this path ("GET, HEAD, OPTIONS"), or "" when no row has it.
 * `accept`, if not NULL, is set from the row that takes submissions.
 */
void route_allow(const struct request *req, char allow[ROUTE_ALLOW_MAX],
	const char **accept);
/* All of them, for tests; ends with a row without path. */
const struct route *route_table(void);

#endif
