#include "base/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes
bytes_of(const char *s)
{
	return bytes_make(s, strlen(s));
}

struct bytes
bytes_make(const void *data, size_t len)
{
	struct bytes b = {data, len};

	return b;
}

bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
bytes_eq_nocase(struct bytes a, struct bytes b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

bool
bytes_starts_nocase(struct bytes a, const char *prefix)
{
	struct bytes p = bytes_of(prefix);

	return a.len >= p.len && bytes_eq_nocase(bytes_make(a.data, p.len), p);
}

int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.data, b.data, n) : 0;

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct bytes
bytes_trim(struct bytes b)
{
	size_t from = 0, to = b.len;

	while (from < to && is_space(b.data[from]))
		from++;
	while (to > from && is_space(b.data[to - 1]))
		to--;
	if (from == to)
		return bytes_make(b.data, 0);
	return bytes_make(b.data + from, to - from);
}

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){.max = b->max};
}

void
buf_wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_done(b);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
}

struct bytes
buf_view(const struct buf *b)
{
	return bytes_make(b->data, b->len);
}

enum status
buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;

	if (__builtin_add_overflow(b->len, more, &need))
		return STATUS_LIMIT;
	if (b->max != 0 && need > b->max)
		return STATUS_LIMIT;
	if (need <= b->cap)
		return STATUS_OK;
	if (__builtin_mul_overflow(b->cap, 2, &cap) || cap < need)
		cap = need;
	if (cap < 64)
		cap = 64;
	if (b->max != 0 && cap > b->max)
		cap = b->max;
	/* One more than counted: text may end in a NUL behind the limit. */
	if (cap == SIZE_MAX)
		return STATUS_LIMIT;
	b->data = xrealloc(b->data, cap + 1);
	b->cap = cap;
	return STATUS_OK;
}

enum status
buf_put(struct buf *b, struct bytes add)
{
	enum status st = buf_reserve(b, add.len);

	if (st != STATUS_OK)
		return st;
	if (add.len)
		memcpy(b->data + b->len, add.data, add.len);
	b->len += add.len;
	return STATUS_OK;
}

enum status
buf_put_u8(struct buf *b, uint8_t v)
{
	return buf_put(b, bytes_make(&v, 1));
}

enum status
buf_put_be32(struct buf *b, uint32_t v)
{
	uint8_t o[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v};

	return buf_put(b, bytes_make(o, sizeof o));
}

enum status
buf_put_be64(struct buf *b, uint64_t v)
{
	uint8_t o[8];
	unsigned int i;

	for (i = 0; i < 8; i++)
		o[i] = (uint8_t)(v >> (56 - 8 * i));
	return buf_put(b, bytes_make(o, sizeof o));
}

static enum status
put_text(struct buf *b, struct bytes text)
{
	enum status st = buf_put(b, text);

	if (st != STATUS_OK)
		return st;
	if (!b->data)
		b->data = xmalloc(1);
	b->data[b->len] = '\0';
	return STATUS_OK;
}

enum status
buf_puts(struct buf *b, const char *s)
{
	return put_text(b, bytes_of(s));
}

enum status
buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	enum status st;
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((size_t)n < sizeof small)
		return put_text(b, bytes_make(small, (size_t)n));
	/* Not into b itself: its limit counts octets, without the NUL. */
	if (b->max != 0 && (size_t)n > b->max - b->len)
		return STATUS_LIMIT;
	text = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	n = vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	st = put_text(b, bytes_make(text, (size_t)n));
	free(text);
	return st;
}

static void
out_of_memory(void)
{
	static const char text[] = "out of memory\n";

	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		abort();
	abort();
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	if (!q)
		out_of_memory();
	return q;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = xmalloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}
