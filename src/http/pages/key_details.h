/*
 * key_details.h - all there is to know of one key
 *
 * Threads: as the page.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_KEY_DETAILS_H
#define KEYPOST_HTTP_PAGES_KEY_DETAILS_H

#include "http/pages/signatures.h"

enum {
	/* Of each kind; a page has room for so many. */
	KEY_DETAILS_PARTS = 500,
};

/* A section; `n` tells it from others on the page. */
void key_details_put(struct page *p, struct signatures *s,
	const struct index_cert *c, const struct cert_history *history,
	size_t n);

#endif
