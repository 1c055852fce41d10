#include "mailagent/word.h"

#include <string.h>

#include "mailagent/transfer.h"

enum charset { CHARSET_OTHER, CHARSET_UTF8, CHARSET_LATIN1 };

static const struct {
	const char *name;
	enum charset set;
} charsets[] = {
	{"utf-8", CHARSET_UTF8},
	{"utf8", CHARSET_UTF8},
	{"us-ascii", CHARSET_UTF8},
	{"iso-8859-1", CHARSET_LATIN1},
	{"latin1", CHARSET_LATIN1},
};

/* =?charset*language?B?text?= */
struct word {
	enum charset set;
	bool base64;
	struct bytes text;
	size_t len; /* of the whole word */
};

static enum charset
charset_of(struct bytes name)
{
	const uint8_t *star;
	size_t i;

	if (name.len > 0) {
		star = memchr(name.data, '*', name.len);
		if (star != NULL)
			name.len = (size_t)(star - name.data);
	}
	for (i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		if (bytes_eq_nocase(name, bytes_of(charsets[i].name)))
			return charsets[i].set;
	}
	return CHARSET_OTHER;
}

/* The octets up to the next '?'; false if there is none before a blank. */
static bool
take_to_mark(struct bytes in, size_t *pos, struct bytes *out)
{
	size_t i;

	for (i = *pos; i < in.len && in.data[i] > ' '; i++) {
		if (in.data[i] != '?')
			continue;
		*out = bytes_make(in.data + *pos, i - *pos);
		*pos = i + 1;
		return true;
	}
	return false;
}

static bool
word_at(struct bytes in, struct word *w)
{
	struct bytes charset, how;
	size_t pos = 2;

	if (in.len < 8 || in.data[0] != '=' || in.data[1] != '?')
		return false;
	/* RFC 2047 allows 75 octets; programs exceed it. */
	if (in.len > 1000)
		in.len = 1000;
	if (!take_to_mark(in, &pos, &charset) ||
		!take_to_mark(in, &pos, &how) ||
		!take_to_mark(in, &pos, &w->text))
		return false;
	if (pos >= in.len || in.data[pos] != '=' || how.len != 1)
		return false;
	if (strchr("bBqQ", how.data[0]) == NULL || how.data[0] == '\0')
		return false;
	w->base64 = how.data[0] == 'b' || how.data[0] == 'B';
	w->set = charset_of(charset);
	w->len = pos + 1;
	return w->set != CHARSET_OTHER;
}

/* Octets at the start of `b` that are one valid UTF-8 character, or 0. */
static size_t
utf8_len(struct bytes b)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t min;
	} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800},
		{0xf8, 0xf0, 0x10000}};
	size_t n, i;

	for (n = 0; n < 4; n++) {
		uint32_t c;

		if ((b.data[0] & forms[n].mask) != forms[n].lead)
			continue;
		if (b.len < n + 1)
			return 0;
		c = b.data[0] & (uint8_t)~forms[n].mask;
		for (i = 1; i <= n; i++) {
			if ((b.data[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (b.data[i] & 0x3f);
		}
		if (c < forms[n].min || c > 0x10ffff ||
			(c >= 0xd800 && c < 0xe000))
			return 0;
		return n + 1;
	}
	return 0;
}

/* Appends to `out`, which has room for twice the octets of `b`. */
static size_t
put_text(struct bytes b, enum charset set, uint8_t *out)
{
	size_t i = 0, n = 0, len;

	while (i < b.len) {
		uint8_t c = b.data[i];

		if (c < 0x20 || c == 0x7f) {
			out[n++] = ' ';
			i++;
		} else if (set == CHARSET_LATIN1 && c >= 0x80) {
			out[n++] = (uint8_t)(0xc0 | c >> 6);
			out[n++] = (uint8_t)(0x80 | (c & 0x3f));
			i++;
		} else {
			len = utf8_len(bytes_make(b.data + i, b.len - i));
			if (len == 0) {
				out[n++] = '?';
				i++;
				continue;
			}
			memcpy(out + n, b.data + i, len);
			n += len;
			i += len;
		}
	}
	return n;
}

static size_t
blanks_at(struct bytes b)
{
	size_t n = 0;

	while (n < b.len && b.data[n] == ' ')
		n++;
	return n;
}

enum status
word_decode(struct arena *arena, struct bytes value, struct bytes *out)
{
	uint8_t *data = arena_alloc(arena, value.len * 2);
	uint8_t *plain = arena_alloc(arena, value.len);
	size_t pos = 0, n = 0;

	if (data == NULL || plain == NULL)
		return STATUS_LIMIT;
	while (pos < value.len) {
		struct bytes rest =
			bytes_make(value.data + pos, value.len - pos);
		struct word w, next;
		size_t got, blanks;

		if (!word_at(rest, &w)) {
			size_t run = 1;

			while (run < rest.len && rest.data[run] != '=')
				run++;
			n += put_text(bytes_make(rest.data, run), CHARSET_UTF8,
				data + n);
			pos += run;
			continue;
		}
		got = w.base64 ? transfer_base64(w.text, plain)
			       : transfer_quoted(w.text, true, plain);
		n += put_text(bytes_make(plain, got), w.set, data + n);
		pos += w.len;
		/* Blanks between two encoded words are not part of either. */
		rest = bytes_make(value.data + pos, value.len - pos);
		blanks = blanks_at(rest);
		if (blanks > 0 && word_at(bytes_make(rest.data + blanks,
						  rest.len - blanks),
					  &next))
			pos += blanks;
	}
	*out = bytes_trim(bytes_make(data, n));
	return STATUS_OK;
}
