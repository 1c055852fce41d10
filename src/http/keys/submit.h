/*
 * submit.h - a submission over HTTP, from its key material to its answer
 *
 * The connection is suspended until the submission is committed: a success
 * means that it is on disk. When that takes too long the client is told so,
 * and the submission ends without it.
 *
 * Memory:  takes the request's body; the material is a view into it.
 * Threads: submit_start on a pool thread; `done` on an ingest thread; `write`
 *          on a pool thread.
 * Source:  spec hkp section 5; design: reliability D1.
 */
#ifndef KEYPOST_HTTP_KEYS_SUBMIT_H
#define KEYPOST_HTTP_KEYS_SUBMIT_H

#include "http/message/request.h"
#include "ingest/submission.h"

struct submit {
	struct bytes material; /* armored or binary, in the request's body */
	bool whole;            /* options=nm */
	enum request_form form;
	enum status (*write)(struct request *req, struct reply *reply,
		const struct submission *sub, enum request_form form);
};

void submit_start(struct request *req, const struct submit *s);
/* Logs why a body held no material. */
void submit_log_malformed(const char *why);

#endif
