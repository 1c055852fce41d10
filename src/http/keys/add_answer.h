/*
 * add_answer.h - what became of a submission, told per certificate
 *
 * Threads: as the request.
 * Source:  spec hkp sections 5, 6.6 and 12.
 */
#ifndef KEYPOST_HTTP_KEYS_ADD_ANSWER_H
#define KEYPOST_HTTP_KEYS_ADD_ANSWER_H

#include "http/message/request.h"
#include "ingest/submission.h"

/* `done` has run: 200 when at least one certificate is stored, else why not. */
MUST_CHECK enum status add_answer_write(struct request *req,
	struct reply *reply, const struct submission *sub,
	enum request_form form);

enum { ADD_REASON_MAX = 256 };

/* Why it was refused, or what was left out of it; "" for nothing to say. */
void add_answer_reason(const struct outcome *o, char out[ADD_REASON_MAX]);
/*
 * Nothing was stored: one sentence. `unusable` is the status when what came is
 * to blame.
 */
MUST_CHECK enum status add_answer_failure(struct request *req,
	struct reply *reply, const struct submission *sub,
	unsigned int unusable);

#endif
