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
	SIGNATURES_NOTATIONS_MAX = 8, /* of one signature */
	/* What a page may spend on verifying them. */
	SIGNATURES_OPERATIONS = 250,
	SIGNATURES_HASHED_MAX = 16 << 20
};

/* One for a page; see signatures_init. */
struct signatures {
	const struct signers *signers;
	size_t rows_left;
	bool verifies; /* a server that does; else none is marked for it */
	struct verify_budget budget;
	const struct index_cert *cert; /* whose they are */
};

void signatures_init(
	struct signatures *s, const struct signers *signers, bool verifies);

void signatures_put(
	struct page *p, struct signatures *s, const struct index_part *part);

#endif
