/*
 * get_answer.h - certificates themselves: op=get and op=hget
 *
 * Threads: as the request.
 * Errors:  LIMIT; IO: a row is damaged.
 * Source:  spec hkp sections 1.9 and 3.1.
 */
#ifndef KEYPOST_HTTP_KEYS_GET_ANSWER_H
#define KEYPOST_HTTP_KEYS_GET_ANSWER_H

#include "http/message/request.h"
#include "store/store.h"

/* How they are told. */
struct get_form {
	enum reply_type type; /* REPLY_ARMOR, or packets */
	const char *extension;
	const char *tag; /* of the ETag: one for each form */
	bool kept;       /* all that is kept, also what is not for everybody */
};

/*
 * A client that has them (ETag) gets no body, and none is made. No rows: the
 * client asked for their number alone.
 */
MUST_CHECK enum status get_answer_put(struct request *req, struct reply *reply,
	const struct cert_rows *rows, const struct get_form *form);
/*
 * Armored, or by options=bin as packets. `by_digest`: the octets that hash
 * to what was asked for.
 */
MUST_CHECK enum status get_answer_write(struct request *req,
	struct reply *reply, const struct cert_rows *rows, bool by_digest);

#endif
