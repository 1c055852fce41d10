#include "mailagent/text.h"

#include <string.h>

static const char begin_key[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
static const char begin_signed[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char begin_signature[] = "-----BEGIN PGP SIGNATURE-----";

/* Octets collected in the arena; never more than the input was. */
struct sink {
	uint8_t *data;
	size_t len;
	size_t max;
};

static enum status
sink_open(struct arena *arena, size_t max, struct sink *s)
{
	s->data = arena_alloc(arena, max);
	if (s->data == NULL)
		return STATUS_LIMIT;
	s->len = 0;
	s->max = max;
	return STATUS_OK;
}

static void
sink_put(struct sink *s, struct bytes b)
{
	size_t n = s->max - s->len;

	if (n > b.len)
		n = b.len;
	if (n > 0)
		memcpy(s->data + s->len, b.data, n);
	s->len += n;
}

static void
sink_putc(struct sink *s, char c)
{
	sink_put(s, bytes_make(&c, 1));
}

bool
text_line(struct bytes in, size_t *pos, struct bytes *line)
{
	const uint8_t *start, *lf;
	size_t left;

	if (*pos >= in.len)
		return false;
	start = in.data + *pos;
	left = in.len - *pos;
	lf = memchr(start, '\n', left);
	*line = bytes_make(start, lf != NULL ? (size_t)(lf - start) : left);
	*pos += line->len + (lf != NULL ? 1 : 0);
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool
text_contains(struct bytes in, const char *needle)
{
	return in.len > 0 &&
	       memmem(in.data, in.len, needle, strlen(needle)) != NULL;
}

static bool
starts(struct bytes line, const char *word)
{
	size_t n = strlen(word);

	return line.len >= n && memcmp(line.data, word, n) == 0;
}

static struct bytes
skip(struct bytes b, size_t n)
{
	return bytes_make(b.data + n, b.len - n);
}

/* Without any number of "> " marks in front. */
static struct bytes
unmark(struct bytes line)
{
	size_t i = 0;

	while (i < line.len && line.data[i] == '>') {
		i++;
		if (i < line.len && line.data[i] == ' ')
			i++;
	}
	return skip(line, i);
}

/* The line in which the octet at `at` stands, without its end. */
static struct bytes
line_around(struct bytes text, size_t at)
{
	struct bytes line;
	size_t start = at;

	while (start > 0 && text.data[start - 1] != '\n')
		start--;
	if (!text_line(text, &start, &line))
		line = bytes_make(text.data, 0);
	return line;
}

struct text_found
text_find(struct bytes text)
{
	struct text_found found = {false, false, false};
	size_t pos = 0;

	while (pos < text.len) {
		const uint8_t *hit = memmem(text.data + pos, text.len - pos,
			begin_key, sizeof(begin_key) - 1);
		struct bytes line, bare;

		if (hit == NULL)
			break;
		line = line_around(text, (size_t)(hit - text.data));
		bare = unmark(line);
		if (starts(line, begin_key))
			found.plain = true;
		else if (bare.len < line.len && starts(bare, begin_key))
			found.quoted = true;
		else
			found.inside = true;
		/* One answer a line: long lines stay linear. */
		pos = (size_t)(line.data - text.data) + line.len + 1;
	}
	return found;
}

/*
 * Line by line into the arena, each with LF at its end, as `rule` makes them;
 * false: it is left out. `within` is the rule's, false at first.
 */
static enum status
rewrite(struct arena *arena, struct bytes in,
	bool (*rule)(struct bytes *line, bool *within), struct bytes *out)
{
	struct sink s;
	struct bytes line;
	bool within = false;
	size_t pos = 0;
	enum status st;

	st = sink_open(arena, in.len + 1, &s);
	if (st != STATUS_OK)
		return st;
	while (text_line(in, &pos, &line)) {
		if (!rule(&line, &within))
			continue;
		sink_put(&s, line);
		sink_putc(&s, '\n');
	}
	*out = bytes_make(s.data, s.len);
	return STATUS_OK;
}

static bool
unstuff_line(struct bytes *line, bool *within)
{
	(void)within;
	if (line->len > 0 && line->data[0] == ' ')
		*line = skip(*line, 1);
	return true;
}

enum status
text_unstuff(struct arena *arena, struct bytes in, struct bytes *out)
{
	return rewrite(arena, in, unstuff_line, out);
}

static bool
open_signed_line(struct bytes *line, bool *within)
{
	if (starts(*line, begin_signed))
		*within = true;
	else if (starts(*line, begin_signature))
		*within = false;
	else if (*within && starts(*line, "- "))
		*line = skip(*line, 2);
	return true;
}

enum status
text_open_signed(struct arena *arena, struct bytes in, struct bytes *out)
{
	if (!text_contains(in, begin_signed)) {
		*out = in;
		return STATUS_OK;
	}
	return rewrite(arena, in, open_signed_line, out);
}

static bool
unquote_line(struct bytes *line, bool *within)
{
	(void)within;
	if (line->len == 0 || line->data[0] != '>')
		return false;
	*line = unmark(*line);
	return true;
}

enum status
text_unquote(struct arena *arena, struct bytes in, struct bytes *out)
{
	return rewrite(arena, in, unquote_line, out);
}

static const struct {
	const char *name;
	char octet;
} entities[] = {
	{"&lt;", '<'},
	{"&gt;", '>'},
	{"&amp;", '&'},
	{"&quot;", '"'},
	{"&nbsp;", ' '},
	{"&#43;", '+'},
	{"&#45;", '-'},
	{"&#47;", '/'},
	{"&#61;", '='},
};

/* Octets of the entity at the start of `b`, or 0. */
static size_t
entity_len(struct bytes b, char *octet)
{
	size_t i;

	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (!bytes_starts_nocase(b, entities[i].name))
			continue;
		*octet = entities[i].octet;
		return strlen(entities[i].name);
	}
	return 0;
}

static bool
breaks_line(struct bytes tag)
{
	static const char *const names[] = {
		"<br", "<p", "</p", "<div", "</div", "<pre", "</pre", "<tr"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (bytes_starts_nocase(tag, names[i]) && tag.len > n &&
			strchr(" />\t\r\n", tag.data[n]) != NULL)
			return true;
	}
	return false;
}

/*
 * Octets of the tag at the start of `b`, or 0. A tag ends where the line's
 * next '<' or '>' is, so that a lone '<' costs nothing.
 */
static size_t
tag_len(struct bytes b)
{
	size_t i;

	if (b.len < 2 || strchr(" \t\r\n<>=0123456789", b.data[1]) != NULL)
		return 0;
	for (i = 1; i < b.len && b.data[i] != '<'; i++) {
		if (b.data[i] == '>')
			return i + 1;
	}
	return 0;
}

enum status
text_strip_html(struct arena *arena, struct bytes in, struct bytes *out)
{
	struct sink s;
	size_t pos = 0;
	enum status st;

	st = sink_open(arena, in.len + 1, &s);
	if (st != STATUS_OK)
		return st;
	while (pos < in.len) {
		struct bytes rest = skip(in, pos);
		char c = (char)rest.data[0];
		size_t n = 0;

		if (c == '<') {
			n = tag_len(rest);
			if (n > 0 && breaks_line(rest))
				sink_putc(&s, '\n');
		} else if (c == '&') {
			n = entity_len(rest, &c);
			if (n > 0)
				sink_putc(&s, c);
		}
		if (n == 0) {
			sink_putc(&s, c);
			n = 1;
		}
		pos += n;
	}
	*out = bytes_make(s.data, s.len);
	return STATUS_OK;
}

enum status
text_printable(
	struct arena *arena, struct bytes in, size_t max, struct bytes *out)
{
	struct sink s;
	size_t i;
	bool blank = false;
	enum status st;

	st = sink_open(arena, max < in.len ? max : in.len, &s);
	if (st != STATUS_OK)
		return st;
	for (i = 0; i < in.len; i++) {
		if (in.data[i] > 0x20 && in.data[i] < 0x7f) {
			if (blank && s.len > 0)
				sink_putc(&s, ' ');
			sink_putc(&s, (char)in.data[i]);
			blank = false;
		} else {
			blank = true;
		}
	}
	*out = bytes_make(s.data, s.len);
	return STATUS_OK;
}
