#include "mailagent/head.h"

#include <string.h>

#include "mailagent/text.h"

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Splits `Name: value`; false if the line is no field. */
static bool
split_field(struct bytes line, struct head_field *f)
{
	size_t i = 0, end;

	while (i < line.len && line.data[i] > 0x20 && line.data[i] < 0x7f &&
		line.data[i] != ':')
		i++;
	end = i;
	/* Blanks before the colon are obsolete, and read. */
	while (i < line.len && is_blank(line.data[i]))
		i++;
	if (end == 0 || i >= line.len || line.data[i] != ':')
		return false;
	f->name = bytes_make(line.data, end);
	f->value = bytes_make(line.data + i + 1, line.len - i - 1);
	return true;
}

/* Key material that follows the fields without a blank line. */
static bool
starts_body(struct bytes line)
{
	return bytes_starts_nocase(line, "-----BEGIN PGP ");
}

static enum status
add_field(struct arena *arena, struct head *h, size_t *cap,
	const struct head_field *f, struct err *err)
{
	void *items = h->fields;
	enum status st;

	if (h->count >= HEAD_FIELDS_MAX) {
		err_set(err, "more than %d header fields", HEAD_FIELDS_MAX);
		return STATUS_LIMIT;
	}
	st = arena_grow(arena, &items, cap, h->count + 1, sizeof(*f));
	if (st != STATUS_OK)
		return st;
	h->fields = items;
	h->fields[h->count++] = *f;
	return STATUS_OK;
}

/* Extends the last field by a folded line. */
static enum status
extend_field(struct head *h, struct bytes line, struct err *err)
{
	struct head_field *f = &h->fields[h->count - 1];
	size_t len = (size_t)(line.data + line.len - f->value.data);

	if (len > HEAD_FIELD_MAX) {
		err_set(err, "a header field over %d octets", HEAD_FIELD_MAX);
		return STATUS_LIMIT;
	}
	f->value.len = len;
	return STATUS_OK;
}

static enum status
take_line(struct arena *arena, struct head *h, size_t *cap, bool *in_field,
	struct bytes line, struct err *err)
{
	struct head_field f;

	if (is_blank(line.data[0]))
		return *in_field ? extend_field(h, line, err) : STATUS_OK;
	*in_field = split_field(line, &f);
	if (!*in_field)
		return STATUS_OK;
	if (f.value.len > HEAD_FIELD_MAX) {
		err_set(err, "a header field over %d octets", HEAD_FIELD_MAX);
		return STATUS_LIMIT;
	}
	return add_field(arena, h, cap, &f, err);
}

enum status
head_scan(struct arena *arena, struct bytes letter, struct head *out,
	struct err *err)
{
	struct head h = {NULL, 0, 0};
	struct bytes line;
	size_t pos = 0, cap = 0;
	bool in_field = false;
	enum status st;

	for (;;) {
		h.body = pos;
		if (!text_line(letter, &pos, &line))
			break;
		if (pos > HEAD_MAX && line.len > 0) {
			err_set(err, "a header over %d octets", HEAD_MAX);
			return STATUS_LIMIT;
		}
		if (line.len == 0) {
			h.body = pos;
			break;
		}
		if (starts_body(line))
			break;
		/* The line that an mbox or a pipe puts in front. */
		if (h.body == 0 && bytes_starts_nocase(line, "From "))
			continue;
		st = take_line(arena, &h, &cap, &in_field, line, err);
		if (st != STATUS_OK)
			return st;
	}
	*out = h;
	return STATUS_OK;
}

bool
head_next(const struct head *h, const char *name, size_t *pos,
	struct bytes *value)
{
	while (*pos < h->count) {
		const struct head_field *f = &h->fields[(*pos)++];

		if (!bytes_eq_nocase(f->name, bytes_of(name)))
			continue;
		*value = f->value;
		return true;
	}
	return false;
}

bool
head_find(const struct head *h, const char *name, struct bytes *value)
{
	size_t pos = 0;

	return head_next(h, name, &pos, value);
}

bool
head_has_prefix(const struct head *h, const char *prefix)
{
	size_t i;

	for (i = 0; i < h->count; i++) {
		if (bytes_starts_nocase(h->fields[i].name, prefix))
			return true;
	}
	return false;
}

enum status
head_unfold(struct arena *arena, struct bytes value, struct bytes *out)
{
	uint8_t *data = arena_alloc(arena, value.len);
	size_t i, n = 0;

	if (data == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < value.len; i++) {
		uint8_t c = value.data[i];

		if (c == '\n' || (c == '\r' && i + 1 < value.len &&
					 value.data[i + 1] == '\n'))
			continue;
		data[n++] = c < 0x20 || c == 0x7f ? ' ' : c;
	}
	*out = bytes_trim(bytes_make(data, n));
	return STATUS_OK;
}

enum status
head_check_comments(struct bytes value)
{
	size_t i, depth = 0;
	bool quoted = false;

	for (i = 0; i < value.len; i++) {
		uint8_t c = value.data[i];

		if (c == '\\')
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (c == '(' && !quoted && ++depth > HEAD_COMMENT_DEPTH)
			return STATUS_LIMIT;
		else if (c == ')' && !quoted && depth > 0)
			depth--;
	}
	return STATUS_OK;
}
