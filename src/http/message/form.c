#include "http/message/form.h"

#include <string.h>

#include "base/hex.h"
#include "pgp/user_id.h"

static int
hex_value(const uint8_t *p, size_t digits, uint32_t *value)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < digits; i++) {
		int d = hex_digit(p[i]);

		if (d < 0)
			return 0;
		v = v << 4 | (uint32_t)d;
	}
	*value = v;
	return 1;
}

/* A code point of four digits is at most three octets: it always fits. */
static size_t
put_utf8(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xC0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xE0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		out[2] = (uint8_t)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (uint8_t)(0xF0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	out[3] = (uint8_t)(0x80 | (c & 0x3F));
	return 4;
}

/* %uHHHH at `in`; JavaScript writes what is beyond as a surrogate pair. */
static size_t
decode_unicode(const uint8_t *in, size_t left, uint32_t *c)
{
	uint32_t low;

	if (left < 6 || (in[1] != 'u' && in[1] != 'U') ||
		!hex_value(in + 2, 4, c))
		return 0;
	if (*c < 0xD800 || *c > 0xDFFF)
		return 6;
	if (*c < 0xDC00 && left >= 12 && in[6] == '%' &&
		(in[7] == 'u' || in[7] == 'U') && hex_value(in + 8, 4, &low) &&
		low >= 0xDC00 && low <= 0xDFFF) {
		*c = 0x10000 + ((*c & 0x3FF) << 10) + (low & 0x3FF);
		return 12;
	}
	*c = 0xFFFD; /* half a pair means nothing */
	return 6;
}

size_t
form_decode(uint8_t *data, size_t len, bool plus)
{
	size_t in = 0, out;

	/* Most of what comes has nothing to decode. */
	while (in < len && data[in] != '%' && !(data[in] == '+' && plus))
		in++;
	out = in;
	while (in < len) {
		uint32_t v;
		size_t n;

		if (data[in] == '+' && plus) {
			data[out++] = ' ';
			in++;
		} else if (data[in] != '%') {
			data[out++] = data[in++];
		} else if (len - in >= 3 && hex_value(data + in + 1, 2, &v)) {
			data[out++] = (uint8_t)v;
			in += 3;
		} else if ((n = decode_unicode(data + in, len - in, &v)) > 0) {
			out += put_utf8(data + out, v);
			in += n;
		} else {
			data[out++] = data[in++];
		}
	}
	return out;
}

static bool
has_nul(struct bytes b)
{
	return b.len > 0 && memchr(b.data, 0, b.len) != NULL;
}

static bool
is_material(struct bytes name)
{
	return bytes_eq(name, bytes_of("keytext"));
}

enum status
form_add(struct arena *arena, struct form *form, struct bytes name,
	struct bytes value, struct err *err)
{
	struct form_field *f;

	if (name.len > FORM_NAME_MAX) {
		err_set(err, "a field's name is longer than %d octets",
			FORM_NAME_MAX);
		return STATUS_MALFORMED;
	}
	if (form->count == FORM_FIELDS_MAX) {
		err_set(err, "more than %d fields", FORM_FIELDS_MAX);
		return STATUS_MALFORMED;
	}
	if (has_nul(name) || (!is_material(name) && has_nul(value))) {
		err_set(err, "a NUL octet in a field");
		return STATUS_MALFORMED;
	}
	f = &form->fields[form->count];
	f->name = name;
	f->value = value;
	if (!is_material(name)) {
		enum status st = user_id_text(arena, value, &f->value);

		if (st != STATUS_OK) {
			err_set(err, "a field is too long");
			return st;
		}
	}
	form->count++;
	return STATUS_OK;
}

static enum status
add_pair(struct arena *arena, struct form *form, uint8_t *data, size_t len,
	struct err *err)
{
	const uint8_t *eq = memchr(data, '=', len);
	size_t name_len = eq == NULL ? len : (size_t)(eq - data);
	size_t value_at = eq == NULL ? len : name_len + 1;
	struct bytes name, value;

	/* Before decoding: a limit counts what was sent. */
	if (name_len > (size_t)FORM_NAME_MAX * 3) {
		err_set(err, "a field's name is longer than %d octets",
			FORM_NAME_MAX);
		return STATUS_MALFORMED;
	}
	name = bytes_make(data, form_decode(data, name_len, true));
	value = bytes_make(data + value_at,
		form_decode(data + value_at, len - value_at, true));
	return form_add(arena, form, name, value, err);
}

/* `on`: past what is wrong, of which the first is told. */
static enum status
read_pairs(struct arena *arena, uint8_t *data, size_t len, bool on,
	struct form *form, struct err *err)
{
	enum status first = STATUS_OK, st;
	struct err ignored;
	size_t pos = 0;

	form->count = 0;
	while (pos < len) {
		uint8_t *amp = memchr(data + pos, '&', len - pos);
		size_t n = amp == NULL ? len - pos : (size_t)(amp - data) - pos;

		st = n == 0 ? STATUS_OK
			    : add_pair(arena, form, data + pos, n,
				      first == STATUS_OK ? err : &ignored);
		if (st != STATUS_OK && !on)
			return st;
		if (first == STATUS_OK)
			first = st;
		pos += n + 1;
	}
	return first;
}

enum status
form_read_body(struct arena *arena, uint8_t *data, size_t len,
	struct form *form, struct err *err)
{
	return read_pairs(arena, data, len, false, form, err);
}

enum status
form_read_query(struct arena *arena, struct bytes text, struct form *form,
	struct err *err)
{
	uint8_t *copy;

	form->count = 0;
	if (text.len == 0)
		return STATUS_OK;
	copy = arena_alloc(arena, text.len);
	if (copy == NULL) {
		err_set(err, "the query is too long");
		return STATUS_LIMIT;
	}
	memcpy(copy, text.data, text.len);
	return read_pairs(arena, copy, text.len, true, form, err);
}

bool
form_find(const struct form *form, const char *name, struct bytes *value)
{
	size_t i;

	for (i = 0; i < form->count; i++)
		if (bytes_eq(form->fields[i].name, bytes_of(name))) {
			*value = form->fields[i].value;
			return true;
		}
	return false;
}

struct bytes
form_get(const struct form *form, const char *name)
{
	struct bytes value = {NULL, 0};

	(void)form_find(form, name, &value);
	return value;
}

bool
form_is_on(const struct form *form, const char *name)
{
	return bytes_eq_nocase(form_get(form, name), bytes_of("on"));
}

static bool
list_has(struct bytes list, const char *word)
{
	size_t pos = 0;

	while (pos <= list.len) {
		size_t end = pos;

		while (end < list.len && list.data[end] != ',')
			end++;
		if (end > pos &&
			bytes_eq_nocase(bytes_trim(bytes_make(
						list.data + pos, end - pos)),
				bytes_of(word)))
			return true;
		pos = end + 1;
	}
	return false;
}

bool
form_has_option(const struct form *form, const char *word)
{
	size_t i;

	for (i = 0; i < form->count; i++)
		if (bytes_eq(form->fields[i].name, bytes_of("options")) &&
			list_has(form->fields[i].value, word))
			return true;
	return false;
}
