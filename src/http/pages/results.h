/*
 * results.h - what a search found, as a page or for machines
 *
 * Threads: as the request; a page of signatures looks for their signers, so
 *          it belongs on the search thread (results_is_slow).
 * Source:  spec hkp sections 3.2, 4 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_RESULTS_H
#define KEYPOST_HTTP_PAGES_RESULTS_H

#include "http/message/request.h"
#include "lookup/index.h"

struct results {
	struct index_cert *certs;
	size_t count;
	size_t total;
	int64_t now;
	bool signatures;
	bool show_digest;
	struct bytes term;
};

/* Is it a page that costs more than a pool thread may spend? */
bool results_is_slow(const struct request *req, bool signatures);

MUST_CHECK enum status results_write(
	struct request *req, struct reply *reply, const struct results *r);

#endif
