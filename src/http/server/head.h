/*
 * head.h - the fields of a head, and whether they are all of it
 *
 * libmicrohttpd ends a value at a NUL, ends the head at a field that has no
 * name, and joins folded lines; it tells nothing of that. It leaves the head
 * where it was read, so that what stands between two fields shows all three.
 *
 * Memory:  the views of req->head point into the library's buffer.
 * Threads: as the request.
 * Source:  design: reliability section 5; decisions/library-refusals.
 */
#ifndef KEYPOST_HTTP_SERVER_HEAD_H
#define KEYPOST_HTTP_SERVER_HEAD_H

#include <microhttpd.h>

#include "http/message/request.h"

/* Where the method and the version stand in the library's buffer. */
struct head_place {
	const char *method, *version;
};

/* Fills req->head; `broken` and `hidden` tell that it is not as it was sent.
 * Without a place nothing hidden is looked for. */
void head_read(struct request *req, const struct head_place *place);

#endif
