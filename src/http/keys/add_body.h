/*
 * add_body.h - the key material in the body of a submission
 *
 * Memory:  `material` is a view into `body` or, when several pieces had to be
 *          joined, into what replaced it; then the fields are in the arena
 *          and those named keytext are empty.
 * Threads: pure.
 * Errors:  MALFORMED: no keytext; UNSUPPORTED: a media type that we do not
 *          take; LIMIT: joined, it is more than the body may be.
 * Source:  spec hkp section 5.
 */
#ifndef KEYPOST_HTTP_KEYS_ADD_BODY_H
#define KEYPOST_HTTP_KEYS_ADD_BODY_H

#include "http/message/form.h"

/*
 * Reads `body` as its Content-Type says, in place. `form` holds the other
 * fields (options); `max` bounds what joining may make of it.
 */
MUST_CHECK enum status add_body_read(struct arena *arena,
	struct bytes content_type, struct buf *body, size_t max,
	struct form *form, struct bytes *material, struct err *err);

#endif
