#include "http/message/json_text.h"

#include <string.h>

#include "base/hex.h"

struct scan {
	uint8_t *data;
	size_t len, pos;
};

static int
peek(struct scan *s)
{
	while (s->pos < s->len && strchr(" \t\r\n", s->data[s->pos]) != NULL &&
		s->data[s->pos] != '\0')
		s->pos++;
	return s->pos < s->len ? s->data[s->pos] : -1;
}

static bool
take(struct scan *s, int c)
{
	if (peek(s) != c)
		return false;
	s->pos++;
	return true;
}

/* Past a string; `raw` is what stands between its quotes. */
static bool
skip_string(struct scan *s, struct bytes *raw)
{
	size_t start;

	if (!take(s, '"'))
		return false;
	for (start = s->pos; s->pos < s->len; s->pos++) {
		if (s->data[s->pos] == '\\') {
			s->pos++;
		} else if (s->data[s->pos] == '"') {
			*raw = bytes_make(s->data + start, s->pos - start);
			s->pos++;
			return true;
		}
	}
	return false;
}

/* Past any value: brackets are counted, not followed. */
static bool
skip_value(struct scan *s)
{
	struct bytes raw;
	size_t depth = 0;
	int c;

	do {
		c = peek(s);
		if (c == '"') {
			if (!skip_string(s, &raw))
				return false;
			continue;
		}
		if (c < 0 || (depth == 0 && strchr(",:}]", c) != NULL))
			return false;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		s->pos++;
		while (depth == 0 && c != '}' && c != ']' && s->pos < s->len &&
			strchr(",:}] \t\r\n", s->data[s->pos]) == NULL)
			s->pos++;
	} while (depth > 0);
	return true;
}

/* What follows a backslash; 0: nothing that JSON knows. */
static size_t
decode_escape(const uint8_t *in, size_t left, uint8_t *out)
{
	static const char names[] = "\"\\/bfnrt", octets[] = "\"\\/\b\f\n\r\t";
	const char *hit =
		left > 0 && in[0] != '\0' ? strchr(names, in[0]) : NULL;
	unsigned int code = 0;

	if (hit != NULL) {
		*out = (uint8_t)octets[hit - names];
		return 1;
	}
	if (left < 5 || in[0] != 'u')
		return 0;
	for (size_t i = 1; i < 5; i++) {
		int d = hex_digit(in[i]);

		if (d < 0)
			return 0;
		code = code << 4 | (unsigned int)d;
	}
	*out = code > 0 && code < 0x80 ? (uint8_t)code : '?';
	return 5;
}

static enum status
decode_string(struct scan *s, struct bytes raw, struct bytes *value)
{
	uint8_t *text = s->data + (raw.data - s->data);
	size_t n = 0, used;

	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = text[i];

		if (c == '\\') {
			used = decode_escape(text + i + 1, raw.len - i - 1, &c);
			if (used == 0)
				return STATUS_MALFORMED;
			i += used;
		} else if (c == '\0') {
			return STATUS_MALFORMED;
		}
		text[n++] = c;
	}
	*value = bytes_make(text, n);
	return STATUS_OK;
}

/* At the value of the member that was asked for, or of another one. */
static enum status
take_value(struct scan *s, bool wanted, struct bytes *raw)
{
	if (wanted && peek(s) == '"')
		return skip_string(s, raw) ? STATUS_OK : STATUS_MALFORMED;
	return skip_value(s) ? STATUS_NOT_FOUND : STATUS_MALFORMED;
}

enum status
json_text_find(uint8_t *data, size_t len, const char *name, struct bytes *value)
{
	struct scan s = {data, len, 0};
	struct bytes key, raw, found = {NULL, 0};
	enum status st = STATUS_NOT_FOUND;

	if (!take(&s, '{'))
		return STATUS_MALFORMED;
	while (peek(&s) != '}') {
		if (!skip_string(&s, &key) || !take(&s, ':'))
			return STATUS_MALFORMED;
		st = take_value(&s,
			found.data == NULL && bytes_eq(key, bytes_of(name)),
			&raw);
		if (st == STATUS_OK)
			found = raw;
		else if (st != STATUS_NOT_FOUND)
			return st;
		if (!take(&s, ',') && peek(&s) != '}')
			return STATUS_MALFORMED;
	}
	s.pos++;
	if (peek(&s) >= 0)
		return STATUS_MALFORMED;
	return found.data == NULL ? STATUS_NOT_FOUND
				  : decode_string(&s, found, value);
}
