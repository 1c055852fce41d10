#include "mailagent/mime_type.h"

#include <string.h>

#include "mailagent/head.h"

/* Past blanks and comments; the caller has bounded how deep they nest. */
static void
skip_gap(struct bytes v, size_t *pos)
{
	size_t depth = 0;

	while (*pos < v.len) {
		uint8_t c = v.data[*pos];

		if (c == '\\' && depth > 0)
			(*pos)++;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && c > ' ')
			return;
		(*pos)++;
	}
	if (*pos > v.len)
		*pos = v.len;
}

static struct bytes
take_token(struct bytes v, size_t *pos)
{
	size_t start = *pos;

	while (*pos < v.len && v.data[*pos] > ' ' && v.data[*pos] < 0x7f &&
		strchr("()<>@,;:\\\"/[]=", v.data[*pos]) == NULL)
		(*pos)++;
	return bytes_make(v.data + start, *pos - start);
}

/* A value without quotes: broken senders leave them out around anything. */
static struct bytes
take_loose(struct bytes v, size_t *pos)
{
	size_t start = *pos;

	while (*pos < v.len && v.data[*pos] > ' ' && v.data[*pos] != ';')
		(*pos)++;
	return bytes_make(v.data + start, *pos - start);
}

static enum status
take_quoted(struct arena *arena, struct bytes v, size_t *pos, struct bytes *out)
{
	uint8_t *data = arena_alloc(arena, v.len - *pos);
	size_t n = 0;

	if (data == NULL)
		return STATUS_LIMIT;
	for ((*pos)++; *pos < v.len && v.data[*pos] != '"'; (*pos)++) {
		if (v.data[*pos] == '\\' && *pos + 1 < v.len)
			(*pos)++;
		data[n++] = v.data[*pos];
	}
	if (*pos < v.len)
		(*pos)++;
	*out = bytes_make(data, n);
	return STATUS_OK;
}

/* To after the next ';' outside of quotes. */
static void
skip_to_next(struct bytes v, size_t *pos)
{
	bool quoted = false;

	for (; *pos < v.len; (*pos)++) {
		if (v.data[*pos] == '"')
			quoted = !quoted;
		else if (v.data[*pos] == ';' && !quoted)
			break;
	}
	if (*pos < v.len)
		(*pos)++;
}

enum status
mime_type_read(struct arena *arena, struct bytes value, size_t *pos,
	struct bytes *type)
{
	struct buf text = {.max = 256};
	struct bytes major, minor;
	enum status st;

	st = head_check_comments(value);
	if (st != STATUS_OK)
		return st;
	skip_gap(value, pos);
	major = take_token(value, pos);
	skip_gap(value, pos);
	minor = bytes_make(value.data, 0);
	if (*pos < value.len && value.data[*pos] == '/') {
		(*pos)++;
		skip_gap(value, pos);
		minor = take_token(value, pos);
	}
	st = buf_put(&text, major);
	if (st == STATUS_OK)
		st = buf_put_u8(&text, '/');
	if (st == STATUS_OK)
		st = buf_put(&text, minor);
	if (st == STATUS_OK)
		st = arena_copy(arena, buf_view(&text), type);
	buf_done(&text);
	skip_to_next(value, pos);
	return st;
}

enum status
mime_type_next(struct arena *arena, struct bytes value, size_t *pos,
	struct mime_param *param)
{
	struct mime_param p;
	enum status st = STATUS_OK;

	for (;;) {
		skip_gap(value, pos);
		if (*pos >= value.len)
			return STATUS_NOT_FOUND;
		p.name = take_token(value, pos);
		skip_gap(value, pos);
		if (p.name.len > 0 && *pos < value.len &&
			value.data[*pos] == '=')
			break;
		skip_to_next(value, pos);
	}
	(*pos)++;
	skip_gap(value, pos);
	if (*pos < value.len && value.data[*pos] == '"')
		st = take_quoted(arena, value, pos, &p.value);
	else
		p.value = take_loose(value, pos);
	skip_to_next(value, pos);
	if (st == STATUS_OK)
		*param = p;
	return st;
}

bool
mime_boundary_ok(struct bytes b)
{
	size_t i;

	if (b.len < 1 || b.len > 70 || b.data[b.len - 1] == ' ')
		return false;
	for (i = 0; i < b.len; i++) {
		uint8_t c = b.data[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z'))
			continue;
		if (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL)
			return false;
	}
	return true;
}

bool
mime_name_is_key(struct bytes name)
{
	static const char *const ends[] = {".asc", ".gpg", ".pgp", ".key"};
	size_t i;

	if (name.len < 4)
		return false;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (bytes_eq_nocase(bytes_make(name.data + name.len - 4, 4),
			    bytes_of(ends[i])))
			return true;
	}
	return false;
}
