/*
 * One Authentication-Results field (RFC 8601 section 2.2):
 *
 *     id [version]; method[/version]=result [reason=...] property=value ...
 *
 * Comments go, quoted words are taken as they are; what breaks the form ends
 * the reading, and nothing after it counts.
 */
#include <string.h>

#include "base/mailaddr.h"
#include "mail/auth.h"

enum { COMMENT_DEPTH_MAX = 32 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_SEMICOLON, TOKEN_EQUALS };

struct token {
	enum token_kind kind;
	struct bytes text;
};

struct scan {
	struct bytes in;
	size_t pos;
};

static bool
is_separator(uint8_t c)
{
	return strchr(" \t\r\n;=(\"", c) != NULL; /* and NUL */
}

/* Blanks and comments; false: a comment that does not end. */
static bool
skip(struct scan *s)
{
	size_t depth = 0;

	for (; s->pos < s->in.len; s->pos++) {
		uint8_t c = s->in.data[s->pos];

		if (c == '(') {
			if (++depth > COMMENT_DEPTH_MAX)
				return false;
		} else if (depth > 0 && c == ')') {
			depth--;
		} else if (depth > 0 && c == '\\') {
			s->pos++;
		} else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' &&
			   c != '\n') {
			break;
		}
	}
	return depth == 0;
}

static struct token
quoted(struct scan *s)
{
	struct token t = {TOKEN_WORD, {NULL, 0}};
	size_t from = ++s->pos;

	while (s->pos < s->in.len && s->in.data[s->pos] != '"')
		s->pos++;
	if (s->pos >= s->in.len)
		return (struct token){TOKEN_END, {NULL, 0}};
	t.text = bytes_make(s->in.data + from, s->pos - from);
	s->pos++;
	return t;
}

static struct token
next(struct scan *s)
{
	struct token t = {TOKEN_END, {NULL, 0}};
	size_t from;

	if (!skip(s) || s->pos >= s->in.len)
		return t;
	from = s->pos;
	if (s->in.data[from] == '"')
		return quoted(s);
	if (s->in.data[from] == ';' || s->in.data[from] == '=') {
		s->pos++;
		t.kind = s->in.data[from] == ';' ? TOKEN_SEMICOLON
						 : TOKEN_EQUALS;
		return t;
	}
	while (s->pos < s->in.len && !is_separator(s->in.data[s->pos]))
		s->pos++;
	if (s->pos == from)
		return t;
	t.kind = TOKEN_WORD;
	t.text = bytes_make(s->in.data + from, s->pos - from);
	return t;
}

bool
auth_results_is_of(struct bytes value, const char *authserv_id)
{
	struct scan s = {value, 0};
	struct token t = next(&s);

	return t.kind == TOKEN_WORD &&
	       bytes_eq_nocase(t.text, bytes_of(authserv_id));
}

/* `domain` is the one that was proven, or below it. */
static bool
is_aligned(struct bytes proven, const char *domain)
{
	const uint8_t *at =
		proven.len == 0 ? NULL : memchr(proven.data, '@', proven.len);

	if (at != NULL)
		proven = bytes_make(
			at + 1, proven.len - (size_t)(at + 1 - proven.data));
	return mailaddr_is_within(bytes_of(domain), proven);
}

/* Which property of a method's says whose domain it was. */
static const struct {
	const char *method, *property;
} methods[] = {
	{"dkim", "header.d"},
	{"dkim", "header.i"},
	{"spf", "smtp.mailfrom"},
	{"dmarc", "header.from"},
};

static bool
is_property(struct bytes method, struct bytes name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (bytes_eq_nocase(method, bytes_of(methods[i].method)) &&
			bytes_eq_nocase(name, bytes_of(methods[i].property)))
			return true;
	}
	return false;
}

/* "dkim/1" is dkim. */
static struct bytes
without_version(struct bytes method)
{
	const uint8_t *slash =
		method.len == 0 ? NULL : memchr(method.data, '/', method.len);

	return slash == NULL
		       ? method
		       : bytes_make(method.data, (size_t)(slash - method.data));
}

/* One result up to its semicolon; *more is false at the end. */
static bool
result_passes(struct scan *s, const char *domain, bool *more)
{
	struct bytes method = {NULL, 0};
	bool first = true, passed = false, aligned = false;

	for (;;) {
		struct token name = next(s), equals, value;

		*more = name.kind == TOKEN_SEMICOLON;
		if (name.kind != TOKEN_WORD)
			return passed && aligned;
		equals = next(s);
		value = equals.kind == TOKEN_EQUALS ? next(s) : equals;
		*more = value.kind == TOKEN_SEMICOLON;
		if (equals.kind != TOKEN_EQUALS || value.kind != TOKEN_WORD)
			return false; /* "none", or no result at all */
		if (first) {
			method = without_version(name.text);
			passed = bytes_eq_nocase(value.text, bytes_of("pass"));
		} else if (is_property(method, name.text)) {
			aligned = aligned || is_aligned(value.text, domain);
		}
		first = false;
	}
}

bool
auth_results_pass(
	struct bytes value, const char *authserv_id, const char *domain)
{
	struct scan s = {value, 0};
	struct token t;
	bool more;

	if (!auth_results_is_of(value, authserv_id))
		return false;
	(void)next(&s);
	t = next(&s);
	if (t.kind == TOKEN_WORD) /* the version */
		t = next(&s);
	more = t.kind == TOKEN_SEMICOLON;
	while (more) {
		if (result_passes(&s, domain, &more))
			return true;
	}
	return false;
}
