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

#endif
