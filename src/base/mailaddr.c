#include "base/mailaddr.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

/* One address as it grows: words outside angle brackets, or inside. */
struct word {
	char text[MAILADDR_MAX + 1];
	size_t len, ats;
	bool gap;    /* blanks or a comment since the last octet */
	bool broken; /* too long, or two words side by side */
};

struct scan {
	struct bytes in;
	size_t pos;
	struct word outside, inside;
	bool had_angle;
	bool bad; /* this element has no meaning; its end is still found */
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
word_put(struct word *w, uint8_t c)
{
	bool joins = c == '@' || c == '.';

	if (w->len &&
		(w->text[w->len - 1] == '@' || w->text[w->len - 1] == '.'))
		joins = true;
	if (w->gap && w->len && !joins)
		w->broken = true;
	w->gap = false;
	if (w->len == MAILADDR_MAX || c < 0x20 || c == 0x7f) {
		w->broken = true;
		return;
	}
	w->text[w->len++] = (char)c;
}

/* From the parenthesis on; false if it nests too deep or does not end. */
static bool
skip_comment(struct scan *s)
{
	unsigned int depth = 0;
	uint8_t c;

	while (s->pos < s->in.len) {
		c = s->in.data[s->pos++];
		if (c == '\\' && s->pos < s->in.len)
			s->pos++;
		else if (c == '(' && ++depth > DEPTH_MAX)
			return false;
		else if (c == ')' && --depth == 0)
			return true;
	}
	return false;
}

/* Copies "..." or [...] with its marks; false if it does not end. */
static bool
copy_span(struct scan *s, struct word *w, uint8_t end)
{
	uint8_t c;

	word_put(w, s->in.data[s->pos++]);
	while (s->pos < s->in.len) {
		c = s->in.data[s->pos++];
		w->gap = false;
		word_put(w, c);
		if (c == end)
			return true;
		if (c == '\\' && s->pos < s->in.len) {
			w->gap = false;
			word_put(w, s->in.data[s->pos++]);
		}
	}
	return false;
}

/* From '<' to after '>'. A source route before the address is dropped. */
static bool
scan_angle(struct scan *s)
{
	struct word *w = &s->inside;
	uint8_t c;

	if (s->had_angle)
		s->bad = true;
	s->had_angle = true;
	memset(w, 0, sizeof *w);
	s->pos++;
	while (s->pos < s->in.len) {
		c = s->in.data[s->pos];
		if (c == '>') {
			s->pos++;
			return true;
		}
		if (c == '(' || c == '"' || c == '[') {
			w->gap = w->gap || c == '(';
			if (!(c == '(' ? skip_comment(s)
				       : copy_span(s, w, c == '"' ? '"' : ']')))
				return false;
			continue;
		}
		s->pos++;
		if (c == ':' && w->len && w->text[0] == '@') {
			memset(w, 0, sizeof *w);
			continue;
		}
		if (c == '<' || c == ')' || c == ';' || c == '\\')
			w->broken = true;
		if (is_blank(c)) {
			w->gap = true;
			continue;
		}
		if (c == ',' && !(w->len && w->text[0] == '@'))
			w->broken = true;
		w->ats += c == '@';
		word_put(w, c);
	}
	return false;
}

/* Octets outside brackets, quotes and comments. */
static void
scan_plain(struct scan *s, uint8_t c)
{
	struct word *w = &s->outside;

	s->pos++;
	if (is_blank(c)) {
		w->gap = true;
		return;
	}
	if (c == ':') { /* the name of a group ended here */
		memset(w, 0, sizeof *w);
		return;
	}
	if (c == '>' || c == ')' || c == '\\')
		w->broken = true;
	w->ats += c == '@';
	word_put(w, c);
}

/* One element, up to and over its comma; false if it never ends well. */
static bool
scan_element(struct scan *s)
{
	bool ok = true;
	uint8_t c;

	while (ok && s->pos < s->in.len) {
		c = s->in.data[s->pos];
		if (c == ',' || c == ';') {
			s->pos++;
			return true;
		}
		if (c == '(') {
			s->outside.gap = true;
			ok = skip_comment(s);
		} else if (c == '"') {
			ok = copy_span(s, &s->outside, '"');
		} else if (c == '[') {
			ok = copy_span(s, &s->outside, ']');
		} else if (c == '<') {
			ok = scan_angle(s);
		} else {
			scan_plain(s, c);
		}
	}
	return ok;
}

static bool
is_address(const struct word *w)
{
	const char *at = memrchr(w->text, '@', w->len);

	return !w->broken && w->ats == 1 && at && at != w->text &&
	       at != w->text + w->len - 1;
}

/*
 * Debian's sample configuration of SKS puts from_addr in quotes, and SKS then
 * writes the quotes into From and X-KeyServer-Sent: "Name <a@b>" and "a@b",
 * quotes and all, are addresses too.
 */
static struct bytes
without_quotes(struct bytes field)
{
	struct bytes t = bytes_trim(field);

	if (t.len < 3 || t.data[0] != '"' || t.data[t.len - 1] != '"')
		return field;
	t = bytes_make(t.data + 1, t.len - 2);
	return memchr(t.data, '"', t.len) == NULL ? t : field;
}

enum status
mailaddr_next(struct bytes field, size_t *pos, struct mailaddr *out)
{
	const struct word *w;
	struct scan s;

	field = without_quotes(field);
	do {
		memset(&s, 0, sizeof s);
		s.in = field;
		s.pos = *pos;
		if (s.pos >= field.len)
			return STATUS_NOT_FOUND;
		if (!scan_element(&s)) {
			*pos = field.len;
			return STATUS_MALFORMED;
		}
		*pos = s.pos;
	} while (!s.had_angle && !s.outside.len && !s.outside.broken);
	w = s.had_angle ? &s.inside : &s.outside;
	if (s.bad || !is_address(w))
		return STATUS_MALFORMED;
	memset(out, 0, sizeof *out);
	memcpy(out->text, w->text, w->len);
	return STATUS_OK;
}

enum status
mailaddr_parse(struct bytes field, struct mailaddr *out)
{
	enum status st;
	size_t pos = 0;

	/* `Key, Server <a@b>` without its quotes still has an address. */
	while ((st = mailaddr_next(field, &pos, out)) == STATUS_MALFORMED)
		;
	return st == STATUS_NOT_FOUND ? STATUS_MALFORMED : st;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static size_t
len_without_dots(const char *s)
{
	size_t len = strlen(s);

	while (len && s[len - 1] == '.')
		len--;
	return len;
}

void
mailaddr_normalise(const struct mailaddr *in, struct mailaddr *out)
{
	size_t len = len_without_dots(in->text), i;
	struct mailaddr next = {""};

	for (i = 0; i < len; i++)
		next.text[i] = lower(in->text[i]);
	*out = next;
}

void
mailaddr_mailbox(const char *address, struct mailaddr *out)
{
	struct mailaddr plain;
	char *at, *plus;

	(void)snprintf(plain.text, sizeof(plain.text), "%s", address);
	mailaddr_normalise(&plain, out);
	at = strrchr(out->text, '@');
	plus = strchr(out->text, '+');
	if (at != NULL && plus != NULL && plus > out->text && plus < at)
		memmove(plus, at, strlen(at) + 1);
}

bool
mailaddr_same(const char *a, const char *b)
{
	return bytes_eq_nocase(bytes_make(a, len_without_dots(a)),
		bytes_make(b, len_without_dots(b)));
}

bool
mailaddr_is_within(struct bytes domain, struct bytes above)
{
	struct bytes tail;

	if (bytes_eq_nocase(domain, above))
		return true;
	if (above.len == 0 || above.len >= domain.len ||
		memchr(above.data, '.', above.len) == NULL)
		return false;
	tail = bytes_make(domain.data + domain.len - above.len, above.len);
	return tail.data[-1] == '.' && bytes_eq_nocase(tail, above);
}

bool
mailaddr_is_safe(const char *text)
{
	size_t len = strnlen(text, MAILADDR_MAX + 1), i, ats = 0;

	if (len == 0 || len > MAILADDR_MAX)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] >= 0x7f ||
			strchr(",<>\"\\", text[i]))
			return false;
		ats += text[i] == '@';
	}
	return ats == 1 && text[0] != '@' && text[len - 1] != '@';
}
