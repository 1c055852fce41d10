/*
 * signatures.h - the table of signatures on one part of a key
 *
 * The key's own come first, of others the first few, the rest is folded; a
 * page has room for SIGNATURES_ROWS_MAX of them all, and says how many more
 * there are.
 *
 * Threads: as the page.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_SIGNATURES_H
#define KEYPOST_HTTP_PAGES_SIGNATURES_H

#include "http/pages/page.h"
#include "lookup/signers.h"

enum {
	SIGNATURES_SHOWN = 20, /* of others; the rest is folded */
	SIGNATURES_ROWS_MAX = 4000,
	SIGNATURES_NOTATIONS_MAX = 8 /* of one signature */
};

/* Starts as {signers, SIGNATURES_ROWS_MAX}, one for a page. */
struct signatures {
	const struct signers *signers;
	size_t rows_left;
};

void signatures_put(
	struct page *p, struct signatures *s, const struct index_part *part);
/* What the words of the tables mean; `verified`: were signatures, by us? */
void signatures_put_glossary(struct page *p, bool verified);

#endif
