#include <string.h>

#include "http/message/form.h"

enum {
	BOUNDARY_MAX = 70, /* RFC 2046 section 5.1.1 */
	PART_HEAD_MAX = 4096,
	PART_LINES_MAX = 16,
	PARTS_MAX = 64 /* nameless ones are skipped, but looked at */
};

static struct bytes
view(struct bytes b, size_t from, size_t to)
{
	return bytes_make(b.data + from, to - from);
}

struct bytes
form_media_type(struct bytes header)
{
	size_t n = 0;

	while (n < header.len && header.data[n] != ';')
		n++;
	return bytes_trim(bytes_make(header.data, n));
}

/* A quoted value from `pos` (after the quote) on; \x stands for x. */
static enum status
read_quoted(struct arena *arena, struct bytes h, size_t pos,
	struct bytes *value, size_t *end)
{
	size_t n = 0, stop = pos;
	uint8_t *out;

	while (stop < h.len && h.data[stop] != '"')
		stop += h.data[stop] == '\\' ? 2 : 1;
	out = arena_alloc(arena, stop - pos + 1);
	if (out == NULL)
		return STATUS_LIMIT;
	for (; pos < h.len && h.data[pos] != '"'; pos++) {
		if (h.data[pos] == '\\' && pos + 1 < h.len)
			pos++;
		out[n++] = h.data[pos];
	}
	*value = bytes_make(out, n);
	*end = pos < h.len ? pos + 1 : pos;
	return STATUS_OK;
}

/* One "name=value" from `pos` (after a ';'); `end` is at the next ';'. */
static enum status
read_parameter(struct arena *arena, struct bytes h, size_t pos,
	struct bytes *name, struct bytes *value, size_t *end)
{
	size_t eq = pos;
	enum status st;

	while (eq < h.len && h.data[eq] != '=' && h.data[eq] != ';')
		eq++;
	*name = bytes_trim(view(h, pos, eq));
	*value = bytes_make(NULL, 0);
	*end = eq;
	if (eq == h.len || h.data[eq] == ';')
		return STATUS_OK;
	pos = eq + 1;
	while (pos < h.len && (h.data[pos] == ' ' || h.data[pos] == '\t'))
		pos++;
	if (pos < h.len && h.data[pos] == '"') {
		st = read_quoted(arena, h, pos + 1, value, end);
		if (st != STATUS_OK)
			return st;
	} else {
		*end = pos;
		while (*end < h.len && h.data[*end] != ';')
			(*end)++;
		*value = bytes_trim(view(h, pos, *end));
		return STATUS_OK;
	}
	while (*end < h.len && h.data[*end] != ';')
		(*end)++;
	return STATUS_OK;
}

enum status
form_parameter(struct arena *arena, struct bytes header, const char *name,
	struct bytes *value)
{
	size_t pos = 0;

	while (pos < header.len && header.data[pos] != ';')
		pos++;
	while (pos < header.len) {
		struct bytes n, v;
		enum status st =
			read_parameter(arena, header, pos + 1, &n, &v, &pos);

		if (st != STATUS_OK)
			return st;
		if (bytes_eq_nocase(n, bytes_of(name))) {
			*value = v;
			return STATUS_OK;
		}
	}
	return STATUS_NOT_FOUND;
}

struct delimiter {
	size_t before; /* where the part before it ends */
	size_t after;  /* the first octet of the line after it */
	bool last;     /* "--" follows: nothing comes after it */
};

/*
 * "--boundary", at the start of a line, blanks after it allowed; the line end
 * before it belongs to it.
 */
static bool
find_delimiter(
	struct bytes body, size_t from, struct bytes dash, struct delimiter *d)
{
	while (from + dash.len <= body.len) {
		const uint8_t *hit = memmem(
			body.data + from, body.len - from, dash.data, dash.len);
		size_t at, p;

		if (hit == NULL)
			return false;
		at = (size_t)(hit - body.data);
		p = at + dash.len;
		from = at + 1;
		if (at > 0 && body.data[at - 1] != '\n')
			continue;
		d->last = body.len - p >= 2 && body.data[p] == '-' &&
			  body.data[p + 1] == '-';
		if (d->last)
			p += 2;
		while (p < body.len &&
			(body.data[p] == ' ' || body.data[p] == '\t'))
			p++;
		if (p < body.len && body.data[p] == '\r')
			p++;
		if (p < body.len && body.data[p] != '\n')
			continue; /* a longer word that begins like ours */
		d->after = p < body.len ? p + 1 : p;
		d->before = at;
		if (d->before > 0)
			d->before--;
		if (d->before > 0 && at > 0 && body.data[d->before - 1] == '\r')
			d->before--;
		return true;
	}
	return false;
}

/* Reads a part's head; `name` stays NULL if none. */
static enum status
read_head(struct arena *arena, struct bytes part, struct bytes *name,
	size_t *content)
{
	size_t pos = 0, lines = 0;

	while (pos < part.len) {
		const uint8_t *lf =
			memchr(part.data + pos, '\n', part.len - pos);
		struct bytes line;
		enum status st;

		if (lf == NULL || pos > PART_HEAD_MAX ||
			lines++ == PART_LINES_MAX)
			return STATUS_MALFORMED;
		line = bytes_trim(view(part, pos, (size_t)(lf - part.data)));
		pos = (size_t)(lf - part.data) + 1;
		if (line.len == 0) {
			*content = pos;
			return STATUS_OK;
		}
		if (line.len > PART_HEAD_MAX)
			return STATUS_MALFORMED;
		if (!bytes_starts_nocase(line, "content-disposition:"))
			continue;
		st = form_parameter(arena, line, "name", name);
		if (st != STATUS_OK && st != STATUS_NOT_FOUND)
			return st;
	}
	return STATUS_MALFORMED;
}

static enum status
add_part(struct arena *arena, struct bytes part, struct form *form,
	struct err *err)
{
	struct bytes name = {NULL, 0};
	size_t content = 0;
	enum status st;

	st = read_head(arena, part, &name, &content);
	if (st == STATUS_LIMIT)
		return st;
	if (st != STATUS_OK) {
		err_set(err, "a part of the form has no readable head");
		return STATUS_MALFORMED;
	}
	if (name.data == NULL)
		return STATUS_OK;
	return form_add(arena, form, name, view(part, content, part.len), err);
}

enum status
form_read_multipart(struct arena *arena, struct bytes body,
	struct bytes boundary, struct form *form, struct err *err)
{
	uint8_t text[BOUNDARY_MAX + 2] = "--";
	struct bytes dash = bytes_make(text, boundary.len + 2);
	struct delimiter d, next;
	size_t parts = 0;

	form->count = 0;
	if (boundary.len == 0 || boundary.len > BOUNDARY_MAX) {
		err_set(err, "the multipart boundary is missing or too long");
		return STATUS_MALFORMED;
	}
	memcpy(text + 2, boundary.data, boundary.len);
	if (!find_delimiter(body, 0, dash, &d)) {
		err_set(err, "the multipart boundary does not occur");
		return STATUS_MALFORMED;
	}
	while (!d.last) {
		enum status st;

		if (!find_delimiter(body, d.after, dash, &next)) {
			err_set(err, "the last part of the form is cut");
			return STATUS_MALFORMED;
		}
		/* Two delimiters in a row share a line end. */
		if (next.before < d.after)
			next.before = d.after;
		if (parts++ == PARTS_MAX) {
			err_set(err, "more than %d parts", PARTS_MAX);
			return STATUS_MALFORMED;
		}
		st = add_part(
			arena, view(body, d.after, next.before), form, err);
		if (st != STATUS_OK)
			return st;
		d = next;
	}
	return STATUS_OK;
}
