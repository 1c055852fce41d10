/*
 * results.h - what a search found, as a page or for machines
 *
 * Threads: as the request.
 * Source:  spec hkp sections 3.2, 4 and 12.
 */
#ifndef KEYPOST_HTTP_PAGES_RESULTS_H
#define KEYPOST_HTTP_PAGES_RESULTS_H

#include "http/message/request.h"
#include "lookup/index.h"

enum { RESULTS_SIGS_SHOWN = 20 /* of others; the rest is folded */ };

struct results {
	struct index_cert *certs;
	size_t count;
	size_t total;
	int64_t now;
	bool signatures;
	bool show_digest;
	struct bytes term;
};

MUST_CHECK enum status results_write(
	struct request *req, struct reply *reply, const struct results *r);

#endif
