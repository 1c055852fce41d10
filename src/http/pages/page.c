#include "http/pages/page.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "base/words.h"

enum { SENTENCE_MAX = 1024 };

struct page_var
page_text(const char *name, struct bytes value)
{
	return (struct page_var){name, value, false};
}

struct page_var
page_str(const char *name, const char *value)
{
	return (struct page_var){name, bytes_of(value), false};
}

struct page_var
page_html(const char *name, const struct page *value)
{
	return (struct page_var){name, buf_view(&value->out), true};
}

void
page_init(struct page *p, size_t max)
{
	buf_init(&p->out, max);
	p->failed = false;
}

void
page_done(struct page *p)
{
	buf_done(&p->out);
}

enum status
page_take(struct page *p, struct buf *body)
{
	if (p->failed) {
		page_done(p);
		return STATUS_LIMIT;
	}
	buf_done(body);
	*body = p->out;
	buf_init(&p->out, 0);
	return STATUS_OK;
}

static void
put(struct page *p, const void *data, size_t len)
{
	if (buf_put(&p->out, bytes_make(data, len)) != STATUS_OK)
		p->failed = true;
}

void
page_raw(struct page *p, const char *html)
{
	put(p, html, strlen(html));
}

void
page_markup(struct page *p, struct bytes html)
{
	put(p, html.data, html.len);
}

void
page_fill(struct page *p, const char *sentence, const char *html)
{
	const char *at = strstr(sentence, "%s");

	if (at == NULL) {
		page_puts(p, sentence);
		return;
	}
	page_put(p, bytes_make(sentence, (size_t)(at - sentence)));
	page_raw(p, html);
	page_puts(p, at + 2);
}

void
page_rawf(struct page *p, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < sizeof(text));
	put(p, text, (size_t)n);
}

/* A sentence of a catalogue may be longer than anybody thought: cut. */
void
page_putf(struct page *p, const char *fmt, ...)
{
	char text[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_puts(p, text);
}

static const char *
entity(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
page_put(struct page *p, struct bytes text)
{
	size_t i, done = 0;

	for (i = 0; i < text.len; i++) {
		const char *e = entity(text.data[i]);

		if (e == NULL)
			continue;
		put(p, text.data + done, i - done);
		page_raw(p, e);
		done = i + 1;
	}
	if (text.len > done)
		put(p, text.data + done, text.len - done);
}

void
page_puts(struct page *p, const char *text)
{
	page_put(p, bytes_of(text));
}

/* Controls, and what changes the direction or hides: shown, never obeyed. */
static bool
is_hidden(ucs4_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
	       c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
	       c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
	       (c >= 0xE0000 && c <= 0xE007F);
}

void
page_visible(struct page *p, struct bytes text)
{
	size_t pos = 0;

	while (pos < text.len) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, text.data + pos, text.len - pos);

		if (n <= 0) {
			page_rawf(p, "\\x%02X", text.data[pos]);
			pos++;
			continue;
		}
		if (is_hidden(c))
			page_rawf(p, "\\u%04X", (unsigned int)c);
		else
			page_put(p, bytes_make(text.data + pos, (size_t)n));
		pos += (size_t)n;
	}
}

void
page_user_id(struct page *p, struct bytes text)
{
	page_raw(p, "<bdi>");
	if (text.len > PAGE_USER_ID_MAX)
		page_rawf(p, "[%zu-octet User ID]", text.len);
	else
		page_visible(p, text);
	page_raw(p, "</bdi>");
}

/* Of a template, which may run over lines: one blank for many. */
static void
put_sentence(struct page *p, struct bytes text)
{
	char sentence[SENTENCE_MAX];
	size_t i, n = 0;

	for (i = 0; i < text.len; i++) {
		char c = (char)text.data[i];

		if (c == '\n' || c == '\t')
			c = ' ';
		if (c == ' ' && n > 0 && sentence[n - 1] == ' ')
			continue;
		assert(n + 1 < sizeof(sentence));
		sentence[n++] = c;
	}
	sentence[n] = '\0';
	page_puts(p, _(sentence));
}

static void
put_var(struct page *p, struct bytes name, const struct page_var *vars,
	size_t count)
{
	size_t i;

	if (name.len > 2 && memcmp(name.data, "_ ", 2) == 0) {
		put_sentence(
			p, bytes_trim(bytes_make(name.data + 2, name.len - 2)));
		return;
	}

	for (i = 0; i < count; i++)
		if (bytes_eq(name, bytes_of(vars[i].name)))
			break;
	assert(i < count);
	if (vars[i].html)
		put(p, vars[i].value.data, vars[i].value.len);
	else
		page_put(p, vars[i].value);
}

void
page_expand(struct page *p, struct bytes t, const struct page_var *vars,
	size_t count)
{
	size_t pos = 0;

	while (pos < t.len) {
		const uint8_t *open =
			memmem(t.data + pos, t.len - pos, "{{", 2);
		const uint8_t *shut;
		size_t at;

		if (open == NULL)
			break;
		at = (size_t)(open - t.data);
		put(p, t.data + pos, at - pos);
		at += 2;
		shut = memmem(t.data + at, t.len - at, "}}", 2);
		assert(shut != NULL);
		put_var(p,
			bytes_make(t.data + at, (size_t)(shut - t.data) - at),
			vars, count);
		pos = (size_t)(shut - t.data) + 2;
	}
	if (t.len > pos)
		put(p, t.data + pos, t.len - pos);
}
