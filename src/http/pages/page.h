/*
 * page.h - template expansion, escapes by default
 *
 * A template is a plain file of html/ with places {{name}}. Whatever is put
 * there is escaped, unless it was written by a page itself. {{_ sentence}} is
 * put in the operator's language (base/words.h).
 *
 * Memory:  struct page owns its octets; page_take hands them over.
 * Threads: pure.
 * Errors:  sticky: a page that passed its limit says so once, in page_take
 *          (LIMIT). A place without a value is an assertion.
 * Source:  spec hkp section 12.
 */
#ifndef KEYPOST_HTTP_PAGES_PAGE_H
#define KEYPOST_HTTP_PAGES_PAGE_H

#include "base/bytes.h"

enum { PAGE_USER_ID_MAX = 1024 };

struct page {
	struct buf out;
	bool failed;
};

struct page_var {
	const char *name;
	struct bytes value;
	bool html; /* written by another page: not escaped again */
};

/* Initialisers for a struct page_var. */
struct page_var page_text(const char *name, struct bytes value);
struct page_var page_str(const char *name, const char *value);
struct page_var page_html(const char *name, const struct page *value);

void page_init(struct page *p, size_t max);
void page_done(struct page *p);
/* Moves what was written to `body`. */
MUST_CHECK enum status page_take(struct page *p, struct buf *body);

/* As they are: for markup that is ours. */
void page_raw(struct page *p, const char *html);
void page_markup(struct page *p, struct bytes html);
void page_rawf(struct page *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* For text: & < > " ' are escaped. */
void page_put(struct page *p, struct bytes text);
void page_puts(struct page *p, const char *text);
void page_putf(struct page *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A sentence as text, with markup of ours at its %s. */
void page_fill(struct page *p, const char *sentence, const char *html);
/*
 * Text of a stranger: control and direction characters as \u202E, octets
 * that are no UTF-8 as \xNN.
 */
void page_visible(struct page *p, struct bytes text);
/* The same inside <bdi>; one that is too long as a remark. */
void page_user_id(struct page *p, struct bytes text);
void page_expand(struct page *p, struct bytes template,
	const struct page_var *vars, size_t count);

#endif
