/*
 * get_answer.h - certificates themselves: op=get and op=hget
 *
 * Memory:  `rows` is changed: what this form may not hold is dropped.
 * Threads: as the request.
 * Errors:  NOT_FOUND: nothing is left, err says why.
 * Source:  spec hkp sections 1.9 and 3.1.
 */
#ifndef KEYPOST_HTTP_KEYS_GET_ANSWER_H
#define KEYPOST_HTTP_KEYS_GET_ANSWER_H

#include "http/message/request.h"
#include "store/store.h"

/* How they are told. */
struct get_form {
	enum reply_type type; /* REPLY_ARMOR, or they come as stored */
	const char *extension;
	const char *tag; /* of the ETag: one for each form */
	bool modern;     /* versions that old clients choke on, too */
};

/* At most `limit` of them in this form. */
MUST_CHECK enum status get_answer_put(struct request *req, struct reply *reply,
	struct cert_rows *rows, size_t limit, const struct get_form *form);
/* At most `limit` of them, armored or, by options=bin, as they are stored. */
MUST_CHECK enum status get_answer_write(struct request *req,
	struct reply *reply, struct cert_rows *rows, size_t limit);

#endif
