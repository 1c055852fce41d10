#include "pgp/armor_repair.h"

#include <string.h>

#include "base/hex.h"

struct entity {
	const char *name;
	uint8_t octet;
};

static const struct entity entities[] = {
	{"amp;", '&'},
	{"lt;", '<'},
	{"gt;", '>'},
	{"nbsp;", ' '},
	{"plus;", '+'},
	{"equals;", '='},
};

enum { REFERENCE_MAX = 8 /* characters after the '&' */ };

/* Octets of "#43;" or "#x2b;" at `at`, with their value; 0: something else. */
static size_t
armor_repair_number(struct bytes in, size_t at, uint8_t *value)
{
	size_t i = at + 1, first;
	unsigned v = 0, base = 10;
	int digit;

	if (i < in.len && (in.data[i] == 'x' || in.data[i] == 'X')) {
		base = 16;
		i++;
	}
	for (first = i; i < in.len && i < at + REFERENCE_MAX; i++) {
		if (in.data[i] == ';')
			break;
		digit = hex_digit(in.data[i]);
		if (digit < 0 || (unsigned)digit >= base)
			return 0;
		v = v * base + (unsigned)digit;
	}
	if (i == first || i >= in.len || in.data[i] != ';' || v > 255)
		return 0;
	*value = v == 0xa0 ? ' ' : (uint8_t)v;
	return i + 1 - at;
}

/* Octets of the reference after a '&'; 0: it is none. */
static size_t
armor_repair_reference(struct bytes in, size_t at, uint8_t *value)
{
	size_t i, n;

	if (at < in.len && in.data[at] == '#')
		return armor_repair_number(in, at, value);
	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		n = strlen(entities[i].name);
		if (in.len - at < n ||
			memcmp(in.data + at, entities[i].name, n) != 0)
			continue;
		*value = entities[i].octet;
		return n;
	}
	return 0;
}

enum status
armor_repair_html(struct arena *arena, struct bytes in, struct bytes *out)
{
	uint8_t *text = arena_alloc(arena, in.len), value;
	const uint8_t *close;
	size_t i = 0, n = 0, used;

	if (!text)
		return STATUS_LIMIT;
	while (i < in.len) {
		if (in.data[i] == '<') {
			close = memchr(in.data + i, '>', in.len - i);
			/* No further one either: the rest has no tag. */
			if (!close)
				break;
			i = (size_t)(close - in.data) + 1;
			continue;
		}
		if (in.data[i] == '&') {
			used = armor_repair_reference(in, i + 1, &value);
			if (used) {
				text[n++] = value;
				i += 1 + used;
				continue;
			}
		}
		text[n++] = in.data[i++];
	}
	*out = bytes_make(text, n);
	return STATUS_OK;
}

/* Octets of a line end at `at`, blanks before it included; 0: none. */
static size_t
armor_repair_line_end(struct bytes in, size_t at)
{
	size_t i = at;

	while (i < in.len && (in.data[i] == ' ' || in.data[i] == '\t'))
		i++;
	if (i < in.len && in.data[i] == '\r')
		i++;
	if (i < in.len && in.data[i] == '\n')
		i++;
	if (i == at || (in.data[i - 1] != '\n' && in.data[i - 1] != '\r'))
		return 0;
	return i - at;
}

enum status
armor_repair_quoted(struct arena *arena, struct bytes in, struct bytes *out)
{
	uint8_t *text = arena_alloc(arena, in.len);
	size_t i = 0, n = 0, used;
	int hi, lo;

	if (!text)
		return STATUS_LIMIT;
	while (i < in.len) {
		if (in.data[i] != '=') {
			text[n++] = in.data[i++];
			continue;
		}
		used = armor_repair_line_end(in, i + 1);
		if (used) {
			i += 1 + used;
			continue;
		}
		hi = in.len - i > 2 ? hex_digit(in.data[i + 1]) : -1;
		lo = in.len - i > 2 ? hex_digit(in.data[i + 2]) : -1;
		if (hi < 0 || lo < 0) {
			text[n++] = in.data[i++];
			continue;
		}
		text[n++] = (uint8_t)(hi << 4 | lo);
		i += 3;
	}
	*out = bytes_make(text, n);
	return STATUS_OK;
}

enum status
armor_repair_plus(struct arena *arena, struct bytes in, struct bytes *out)
{
	uint8_t *text = arena_alloc(arena, in.len);
	size_t i, blanks = 0, n = 0;
	bool in_line = false;

	if (!text)
		return STATUS_LIMIT;
	for (i = 0; i < in.len; i++) {
		if (in.data[i] == ' ') {
			blanks++;
			continue;
		}
		if (in.data[i] == '\n' || in.data[i] == '\r') {
			/* Blanks at the end of a line were none. */
			in_line = false;
		} else {
			if (in_line && blanks)
				memset(text + n, '+', blanks);
			n += in_line ? blanks : 0;
			in_line = true;
		}
		blanks = 0;
		text[n++] = in.data[i];
	}
	*out = bytes_make(text, n);
	return STATUS_OK;
}

enum status
armor_repair_form(struct arena *arena, struct bytes in, struct bytes *out)
{
	static const size_t name = sizeof("keytext=") - 1;
	uint8_t *text = arena_alloc(arena, in.len);
	size_t i = name, n = 0;
	int hi, lo;

	if (!text)
		return STATUS_LIMIT;
	while (i < in.len && in.data[i] != '&') {
		hi = lo = -1;
		if (in.data[i] == '%' && in.len - i > 2) {
			hi = hex_digit(in.data[i + 1]);
			lo = hex_digit(in.data[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			text[n++] = (uint8_t)(hi << 4 | lo);
			i += 3;
			continue;
		}
		text[n++] = in.data[i] == '+' ? ' ' : in.data[i];
		i++;
	}
	*out = bytes_make(text, n);
	return STATUS_OK;
}
