/*
 * bytes.h - octets: a borrowed view, and an owned buffer that grows
 *
 * Memory:  struct bytes borrows and is never freed. struct buf owns its
 *          octets; a zeroed one is valid and empty; buf_done frees.
 * Threads: one thread at a time for each object.
 * Units:   octets.
 * Errors:  buf_* return STATUS_LIMIT when `max` would be passed (nothing is
 *          added then). Out of memory ends the process.
 */
#ifndef KEYPOST_BASE_BYTES_H
#define KEYPOST_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
	size_t max; /* 0: no limit of its own */
};

/* A view of a C string, without its NUL. */
struct bytes bytes_of(const char *s);
struct bytes bytes_make(const void *data, size_t len);
bool bytes_eq(struct bytes a, struct bytes b);
/* ASCII letters compare without case. */
bool bytes_eq_nocase(struct bytes a, struct bytes b);
bool bytes_starts_nocase(struct bytes a, const char *prefix);
/* Unsigned octets over the shorter length; a prefix sorts first. */
int bytes_cmp(struct bytes a, struct bytes b);
/* Without blanks, tabs, CR and LF at both ends. */
struct bytes bytes_trim(struct bytes b);

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
/* Overwrites the octets before freeing them: for secret material. */
void buf_wipe(struct buf *b);
void buf_clear(struct buf *b);
struct bytes buf_view(const struct buf *b);
/* Makes room for `more` octets after len, so that a caller can fill it. */
MUST_CHECK enum status buf_reserve(struct buf *b, size_t more);
MUST_CHECK enum status buf_put(struct buf *b, struct bytes add);
MUST_CHECK enum status buf_put_u8(struct buf *b, uint8_t v);
MUST_CHECK enum status buf_put_be32(struct buf *b, uint32_t v);
MUST_CHECK enum status buf_put_be64(struct buf *b, uint64_t v);
/* These two put a NUL behind the text, outside len and max: data is then a C
 * string until something else is added. */
MUST_CHECK enum status buf_puts(struct buf *b, const char *s);
MUST_CHECK enum status buf_printf(struct buf *b, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* malloc and friends that end the process rather than return NULL. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

#endif
