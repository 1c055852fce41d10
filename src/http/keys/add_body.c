#include "http/keys/add_body.h"

#include <string.h>

#include "http/message/json_text.h"
#include "pgp/armor.h"
#include "pgp/base64.h"

enum body_kind { BODY_FORM, BODY_MULTIPART, BODY_JSON, BODY_RAW };

static const struct {
	const char *type;
	enum body_kind kind;
} kinds[] = {
	{"application/x-www-form-urlencoded", BODY_FORM},
	{"multipart/form-data", BODY_MULTIPART},
	{"application/json", BODY_JSON},
	{"application/pgp-keys", BODY_RAW},
	{"application/pgp", BODY_RAW},
	{"application/octet-stream", BODY_RAW},
	{"text/plain", BODY_RAW},
	{"", BODY_RAW},
};

static bool
kind_of(struct bytes content_type, enum body_kind *kind)
{
	struct bytes type = form_media_type(content_type);
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (bytes_eq_nocase(type, bytes_of(kinds[i].type))) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static bool
is_binary(struct bytes b)
{
	return b.len > 0 && b.data[0] >= 0x80;
}

/* Pieces in one text: armor stays, binary becomes armor. */
static enum status
join(struct buf *body, const struct bytes *pieces, size_t n, size_t max,
	struct bytes *material)
{
	struct buf all;
	enum status st = STATUS_OK;
	size_t i;

	buf_init(&all, max);
	for (i = 0; st == STATUS_OK && i < n; i++) {
		if (is_binary(pieces[i]))
			st = armor_write(&all, &pieces[i], 1, NULL, true);
		else
			st = buf_put(&all, pieces[i]);
		if (st == STATUS_OK)
			st = buf_puts(&all, "\n");
	}
	if (st != STATUS_OK) {
		buf_wipe(&all);
		return st;
	}
	buf_wipe(body);
	*body = all;
	*material = buf_view(body);
	return STATUS_OK;
}

/*
 * Joining frees the octets that the fields point into: what is not key
 * material moves to the arena first.
 */
static enum status
detach_fields(struct arena *arena, struct form *form)
{
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < form->count; i++) {
		struct form_field *f = &form->fields[i];

		if (bytes_eq(f->name, bytes_of("keytext")))
			f->value = bytes_make(NULL, 0);
		else
			st = arena_copy(arena, f->value, &f->value);
		if (st == STATUS_OK)
			st = arena_copy(arena, f->name, &f->name);
	}
	return st;
}

/* Every field keytext that is not empty: a form has a text and a file. */
static enum status
take_fields(struct arena *arena, struct buf *body, struct form *form,
	size_t max, struct bytes *material, struct err *err)
{
	struct bytes pieces[FORM_FIELDS_MAX];
	enum status st;
	size_t i, n = 0;

	for (i = 0; i < form->count; i++) {
		const struct form_field *f = &form->fields[i];

		if (bytes_eq(f->name, bytes_of("keytext")) &&
			bytes_trim(f->value).len > 0)
			pieces[n++] = f->value;
	}
	if (n == 0) {
		err_set(err, "no keytext");
		return STATUS_MALFORMED;
	}
	if (n == 1) {
		*material = pieces[0];
		return STATUS_OK;
	}
	st = detach_fields(arena, form);
	if (st == STATUS_OK)
		st = join(body, pieces, n, max, material);
	if (st != STATUS_OK)
		err_set(err, "the body is too large");
	return st;
}

static enum status
read_form(struct arena *arena, struct buf *body, size_t max, struct form *form,
	struct bytes *material, struct err *err)
{
	enum status st;

	/* curl --data-binary @key.asc says it is a form, and is none. */
	if (bytes_starts_nocase(bytes_trim(buf_view(body)), "-----BEGIN PGP")) {
		form->count = 0;
		*material = buf_view(body);
		return STATUS_OK;
	}
	st = form_read_body(arena, body->data, body->len, form, err);
	if (st != STATUS_OK)
		return st;
	return take_fields(arena, body, form, max, material, err);
}

static enum status
read_multipart(struct arena *arena, struct bytes content_type, struct buf *body,
	size_t max, struct form *form, struct bytes *material, struct err *err)
{
	struct bytes boundary = {NULL, 0};
	enum status st;

	st = form_parameter(arena, content_type, "boundary", &boundary);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	st = form_read_multipart(arena, buf_view(body), boundary, form, err);
	if (st != STATUS_OK)
		return st;
	return take_fields(arena, body, form, max, material, err);
}

/*
 * Key material without armor's lines around it, as VKS allows. What is no
 * base64 from end to end stays as it is: ingest says what it finds.
 */
static enum status
decode_base64(struct buf *body, size_t max, struct bytes *material)
{
	struct base64_decoder d = {0};
	size_t pos = 0, n = 0, blanks = 0;
	struct bytes text = *material;
	struct buf out;
	enum status st;

	buf_init(&out, max);
	st = buf_reserve(&out, text.len / 4 * 3 + 8);
	while (st == STATUS_OK && pos < text.len && !d.failed) {
		const uint8_t *lf =
			memchr(text.data + pos, '\n', text.len - pos);
		size_t end = lf == NULL ? text.len : (size_t)(lf - text.data);
		struct bytes line =
			bytes_trim(bytes_make(text.data + pos, end - pos));

		n += base64_decode(&d, line, out.data + n, &blanks);
		pos = end + 1;
	}
	if (st == STATUS_OK && !d.failed)
		n += base64_finish(&d, out.data + n);
	if (st != STATUS_OK || d.failed || n == 0 || out.data[0] < 0x80) {
		buf_wipe(&out);
		return st;
	}
	out.len = n;
	buf_wipe(body);
	*body = out;
	*material = buf_view(body);
	return STATUS_OK;
}

static enum status
read_json(struct buf *body, size_t max, struct bytes *material, struct err *err)
{
	enum status st;

	st = json_text_find(body->data, body->len, "keytext", material);
	if (st == STATUS_NOT_FOUND ||
		(st == STATUS_OK && bytes_trim(*material).len == 0)) {
		err_set(err, "no keytext");
		return STATUS_MALFORMED;
	}
	if (st != STATUS_OK)
		err_set(err, "the body is no JSON object");
	if (st == STATUS_OK &&
		memchr(material->data, '-', material->len) == NULL)
		st = decode_base64(body, max, material);
	return st;
}

static enum status
read_raw(struct buf *body, struct bytes *material, struct err *err)
{
	*material = buf_view(body);
	if (bytes_trim(*material).len > 0)
		return STATUS_OK;
	err_set(err, "no keytext: the body is empty");
	return STATUS_MALFORMED;
}

enum status
add_body_read(struct arena *arena, struct bytes content_type, struct buf *body,
	size_t max, struct form *form, struct bytes *material, struct err *err)
{
	enum body_kind kind;

	form->count = 0;
	if (!kind_of(content_type, &kind)) {
		err_set(err, "send a form, or the keys themselves as "
			     "application/pgp-keys");
		return STATUS_UNSUPPORTED;
	}
	if (kind == BODY_FORM)
		return read_form(arena, body, max, form, material, err);
	if (kind == BODY_MULTIPART)
		return read_multipart(
			arena, content_type, body, max, form, material, err);
	if (kind == BODY_JSON)
		return read_json(body, max, material, err);
	return read_raw(body, material, err);
}
