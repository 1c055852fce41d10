/*
 * add_page.h - what became of a submission, for people
 *
 * For each key: new, updated, nothing new or refused, and why; where to see
 * it; and each packet that was not kept, with the reason.
 *
 * Threads: as the request.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_ADD_PAGE_H
#define KEYPOST_HTTP_PAGES_ADD_PAGE_H

#include "http/message/request.h"
#include "ingest/submission.h"

/* `sub` is done, and its status is OK. */
MUST_CHECK enum status add_page_write(struct request *req, struct reply *reply,
	const struct submission *sub);

#endif
