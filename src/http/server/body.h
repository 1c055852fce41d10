/*
 * body.h - the octets of a request's body as they come
 *
 * Memory:  the body grows in the request; what it takes is counted by the
 *          gauge that all requests share (services.h).
 * Threads: the connection's pool thread.
 * Units:   octets.
 * Errors:  ex->refused and ex->reason say why a body is not wanted.
 * Source:  design: reliability L3, L4, L5.
 */
#ifndef KEYPOST_HTTP_SERVER_BODY_H
#define KEYPOST_HTTP_SERVER_BODY_H

#include <microhttpd.h>

#include "http/server/exchange.h"

/* L5: false when `need` octets for this body would be too many. */
bool body_hold(struct exchange *ex, size_t need);
/* False when it is refused, being too much. */
bool body_take(struct exchange *ex, struct bytes part);
/*
 * Forgets `n` octets of a body that was refused. MHD_NO at its end, and when
 * it is too much to be polite to.
 */
enum MHD_Result body_drain(struct exchange *ex, size_t n);

#endif
