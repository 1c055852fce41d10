#include "mailagent/mime.h"

#include <string.h>

#include "mailagent/mime_type.h"
#include "mailagent/text.h"

static const struct {
	const char *type; /* "x/" stands for every x */
	enum mime_kind kind;
} kinds[] = {
	{"application/pgp-keys", MIME_KEYS},
	{"application/x-keypost-repair", MIME_REPAIR},
	{"application/pgp", MIME_TEXT}, /* before RFC 2015 */
	{"text/html", MIME_HTML},
	{"text/", MIME_TEXT},
	{"multipart/", MIME_MULTIPART},
	{"message/delivery-status", MIME_STATUS},
	{"message/global-delivery-status", MIME_STATUS},
	{"message/", MIME_OTHER},
	{"application/", MIME_OTHER},
	{"image/", MIME_OTHER},
	{"audio/", MIME_OTHER},
	{"video/", MIME_OTHER},
};

/* What names no known type is read as text: armor is found or it is not. */
static enum mime_kind
kind_of(struct bytes type)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *t = kinds[i].type;

		if (t[strlen(t) - 1] == '/'
				? bytes_starts_nocase(type, t)
				: bytes_eq_nocase(type, bytes_of(t)))
			return kinds[i].kind;
	}
	return MIME_TEXT;
}

/* One parameter of the type; `named` tells a file name like a key's. */
static void
take_param(struct mime_part *part, const struct mime_param *p, bool *named)
{
	if (bytes_eq_nocase(p->name, bytes_of("boundary"))) {
		if (part->boundary.len == 0)
			part->boundary = p->value;
	} else if (bytes_eq_nocase(p->name, bytes_of("format"))) {
		part->flowed = bytes_eq_nocase(p->value, bytes_of("flowed"));
	} else if (bytes_starts_nocase(p->name, "name") ||
		   bytes_starts_nocase(p->name, "filename")) {
		*named = *named || mime_name_is_key(p->value);
	}
}

static enum status
read_params(struct arena *arena, struct bytes value, size_t pos,
	struct mime_part *part, bool *named)
{
	struct mime_param p;
	enum status st;

	while ((st = mime_type_next(arena, value, &pos, &p)) == STATUS_OK)
		take_param(part, &p, named);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status
read_field(struct arena *arena, const struct head *head, const char *name,
	struct mime_part *part, struct bytes *type, bool *named)
{
	struct bytes value;
	size_t pos = 0;
	enum status st;

	type->len = 0;
	if (!head_find(head, name, &value))
		return STATUS_OK;
	st = head_unfold(arena, value, &value);
	if (st == STATUS_OK)
		st = mime_type_read(arena, value, &pos, type);
	if (st == STATUS_OK)
		st = read_params(arena, value, pos, part, named);
	return st;
}

static enum status
finish_kind(
	struct mime_part *part, struct bytes type, bool named, struct err *err)
{
	part->kind = type.len > 0 ? kind_of(type) : MIME_TEXT;
	if (named &&
		bytes_eq_nocase(type, bytes_of("application/octet-stream")))
		part->kind = MIME_KEYS;
	if (part->kind != MIME_MULTIPART)
		return STATUS_OK;
	part->transfer = TRANSFER_NONE;
	part->report = bytes_eq_nocase(type, bytes_of("multipart/report"));
	part->digest = bytes_eq_nocase(type, bytes_of("multipart/digest"));
	part->encrypted =
		bytes_eq_nocase(type, bytes_of("multipart/encrypted"));
	part->is_signed = bytes_eq_nocase(type, bytes_of("multipart/signed"));
	if (mime_boundary_ok(part->boundary))
		return STATUS_OK;
	err_set(err, "a multipart boundary that RFC 2046 does not allow");
	return STATUS_MALFORMED;
}

enum status
mime_describe(struct arena *arena, const struct head *head, struct bytes body,
	struct mime_part *out, struct err *err)
{
	struct mime_part part = {.body = body};
	struct bytes type = {NULL, 0}, ignored = {NULL, 0}, value;
	bool named = false;
	enum status st;

	st = read_field(arena, head, "Content-Type", &part, &type, &named);
	if (st == STATUS_OK)
		st = read_field(arena, head, "Content-Disposition", &part,
			&ignored, &named);
	if (st != STATUS_OK) {
		err_set(err, "a Content-Type that is too long or too deep");
		return st;
	}
	if (head_find(head, "Content-Transfer-Encoding", &value))
		part.transfer = transfer_of(value);
	st = finish_kind(&part, type, named, err);
	if (st == STATUS_OK)
		*out = part;
	return st;
}

void
mime_walk_init(
	struct mime_walk *w, struct arena *arena, const struct mime_part *top)
{
	memset(w, 0, sizeof(*w));
	w->arena = arena;
	w->top = *top;
	w->top.top = true;
}

enum delimiter { NO_DELIMITER, NEXT_PART, LAST_PART };

static enum delimiter
delimiter_of(struct bytes line, struct bytes boundary)
{
	size_t n = boundary.len + 2;
	enum delimiter which = NEXT_PART;

	if (line.len < n || line.data[0] != '-' || line.data[1] != '-' ||
		memcmp(line.data + 2, boundary.data, boundary.len) != 0)
		return NO_DELIMITER;
	if (line.len >= n + 2 && line.data[n] == '-' &&
		line.data[n + 1] == '-') {
		which = LAST_PART;
		n += 2;
	}
	for (; n < line.len; n++) {
		if (line.data[n] != ' ' && line.data[n] != '\t')
			return NO_DELIMITER;
	}
	return which;
}

/* The octets up to the next delimiter; it is taken from the rest. */
static enum delimiter
cut_part(struct mime_level *level, struct bytes *part)
{
	struct bytes line;
	size_t pos = 0, start = 0;

	while (text_line(level->rest, &pos, &line)) {
		enum delimiter d = delimiter_of(line, level->boundary);

		if (d != NO_DELIMITER) {
			*part = bytes_make(level->rest.data, start);
			level->rest = bytes_make(
				level->rest.data + pos, level->rest.len - pos);
			return d;
		}
		start = pos;
	}
	*part = level->rest;
	level->rest.len = 0;
	return LAST_PART;
}

size_t
mime_cut(const struct mime_part *multipart, struct bytes *parts, size_t max)
{
	struct mime_level level = {
		.rest = multipart->body, .boundary = multipart->boundary};
	struct bytes preamble;
	enum delimiter d;
	size_t n = 0;

	if (multipart->kind != MIME_MULTIPART)
		return 0;
	d = cut_part(&level, &preamble);
	while (d == NEXT_PART && n < max)
		d = cut_part(&level, &parts[n++]);
	return n;
}

/* The next part's octets at the innermost open multipart; false: none. */
static bool
next_octets(struct mime_walk *w, struct bytes *part)
{
	struct mime_level *level = &w->levels[w->depth - 1];

	if (!level->started) {
		level->started = true;
		if (cut_part(level, part) == LAST_PART)
			level->rest.len = 0;
	}
	if (level->rest.len == 0)
		return false;
	if (cut_part(level, part) == LAST_PART)
		level->rest.len = 0;
	return true;
}

static enum status
open_level(struct mime_walk *w, const struct mime_part *part, struct err *err)
{
	struct mime_level *level;

	if (w->depth == MIME_DEPTH_MAX) {
		err_set(err, "multiparts nested deeper than %d",
			MIME_DEPTH_MAX);
		return STATUS_LIMIT;
	}
	level = &w->levels[w->depth++];
	*level = (struct mime_level){.rest = part->body,
		.boundary = part->boundary,
		.digest = part->digest};
	return STATUS_OK;
}

/* Describes the part of these octets. */
static enum status
describe_octets(struct mime_walk *w, struct bytes octets,
	struct mime_part *part, struct err *err)
{
	struct head head;
	struct bytes body, type;
	enum status st;

	if (++w->parts > MIME_PARTS_MAX) {
		err_set(err, "more than %d parts", MIME_PARTS_MAX);
		return STATUS_LIMIT;
	}
	st = head_scan(w->arena, octets, &head, err);
	if (st != STATUS_OK)
		return st;
	body = bytes_make(octets.data + head.body, octets.len - head.body);
	st = mime_describe(w->arena, &head, body, part, err);
	if (st == STATUS_OK && w->levels[w->depth - 1].digest &&
		!head_find(&head, "Content-Type", &type))
		part->kind = MIME_OTHER;
	return st;
}

enum status
mime_next(struct mime_walk *w, struct mime_part *part, struct err *err)
{
	struct mime_part p = w->top;
	struct bytes octets;
	enum status st = STATUS_OK;

	for (;;) {
		if (w->begun) {
			while (w->depth > 0 && !next_octets(w, &octets))
				w->depth--;
			if (w->depth == 0)
				return STATUS_NOT_FOUND;
			p = (struct mime_part){.kind = MIME_OTHER};
			st = describe_octets(w, octets, &p, err);
			p.was_signed = w->top.is_signed && w->depth == 1 &&
				       w->parts == 1;
		}
		w->begun = true;
		if (st != STATUS_OK)
			return st;
		if (p.kind != MIME_MULTIPART || p.encrypted)
			break;
		st = open_level(w, &p, err);
		if (st != STATUS_OK)
			return st;
	}
	*part = p;
	return STATUS_OK;
}
