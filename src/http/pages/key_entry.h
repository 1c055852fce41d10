/*
 * key_entry.h - one key among the results of a search
 *
 * Threads: as the page.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_KEY_ENTRY_H
#define KEYPOST_HTTP_PAGES_KEY_ENTRY_H

#include "http/pages/page.h"
#include "lookup/index.h"

enum {
	KEY_ENTRY_USER_IDS = 50,  /* shown of one key */
	KEY_ENTRY_MATCHES_MAX = 5 /* more of them that hold what was asked */
};

/* A section; `n` tells it from others on the page, `term` is what was asked. */
void key_entry_put(struct page *p, const struct index_cert *c, size_t n,
	bool show_digest, struct bytes term);

/* What both kinds of page begin a key with: its heading, its fingerprint. */
void key_entry_put_head(struct page *p, const struct index_cert *c, size_t n);
/* The digest by which servers compare what they hold. */
void key_entry_put_digest(struct page *p, const struct index_cert *c);

#endif
