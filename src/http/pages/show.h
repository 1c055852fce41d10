/*
 * show.h - the small things of a key, as every page shows them
 *
 * Threads: as the page.
 * Units:   seconds since 1970; 0: never.
 * Source:  spec hkp section 12; RFC 9580 sections 5.2.3.29 and 5.2.3.31.
 */
#ifndef KEYPOST_HTTP_PAGES_SHOW_H
#define KEYPOST_HTTP_PAGES_SHOW_H

#include "http/pages/page.h"
#include "lookup/index.h"

enum { SHOW_TEXT_MAX = 400 /* octets of a stranger's remark */ };

/* "1,234 keys": `form` is "%s key" or "%s keys" (base/words.h). */
void show_count(struct page *p, const char *form, size_t n);
void show_date(struct page *p, int64_t t);
/* The date in a sentence that has a place for it: "created %s". */
void show_when(struct page *p, const char *sentence, int64_t t);
/* "expires 2030-01-01", "expired 2020-01-01" or "never expires". */
void show_expiry(struct page *p, int64_t t, bool expired);
/* By four, as people read them aloud, in two halves. */
void show_fingerprint(struct page *p, const struct fingerprint *f);
/* The same for hexadecimal digits of any other number. */
void show_hex(struct page *p, const char *hex);
void show_algorithm(struct page *p, const struct public_key *k);
/* valid, expired or revoked. */
void show_state(struct page *p, bool revoked, bool expired);
/* The same of a part; or that nothing says it belongs to the key. */
void show_part_state(struct page *p, const struct index_part *part);
/* Why, in words; the remark of who revoked as text. And when. */
void show_reason(struct page *p, const struct signature *revocation);
void show_revocation(struct page *p, const struct index_part *revoked);
/* What it may be used for; nothing when it does not say. */
void show_uses(struct page *p, const struct index_part *key);
/* A user ID and its state, unless that is valid. */
void show_user_id(struct page *p, const struct index_part *u);
/* A stranger's text, cut at `max` octets. */
void show_text(struct page *p, struct bytes text, size_t max);
/* A link to look-ups by fingerprint: op and digits. */
void show_link(struct page *p, const char *op, const char *hex);
/* One that a key is downloaded by, whatever its version. */
void show_download(struct page *p, const struct fingerprint *f);

#endif
