/*
 * Bodies of forms in every wrapping: what comes out lies within what came in,
 * holds no NUL outside of key material, is text, and obeys the limits.
 * The first octet chooses the wrapping.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/keys/add_body.h"
#include "pgp/user_id.h"

enum { ARENA_MAX = 1 << 20, BODY_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {
	"application/x-www-form-urlencoded",
	"multipart/form-data; boundary=b",
	"multipart/form-data; boundary=\"a b\"",
	"text/plain",
	"",
	"application/json",
};

static void
check_field(const struct form_field *f)
{
	bool material = bytes_eq(f->name, bytes_of("keytext"));

	assert(f->name.len <= FORM_NAME_MAX);
	assert(f->name.len == 0 ||
		memchr(f->name.data, 0, f->name.len) == NULL);
	if (material || f->value.len == 0)
		return;
	assert(memchr(f->value.data, 0, f->value.len) == NULL);
	assert(user_id_is_utf8(f->value));
}

static void
check_form(const struct form *form)
{
	size_t i;

	assert(form->count <= FORM_FIELDS_MAX);
	for (i = 0; i < form->count; i++)
		check_field(&form->fields[i]);
	(void)form_has_option(form, "mr");
	(void)form_is_on(form, "exact");
}

static void
check_decode(const uint8_t *data, size_t size)
{
	uint8_t *copy = xmalloc(size + 1);

	memcpy(copy, data, size);
	assert(form_decode(copy, size, true) <= size);
	free(copy);
}

static void
check_parameter(struct arena *arena, struct bytes header)
{
	struct bytes value;
	enum status st = form_parameter(arena, header, "boundary", &value);

	assert(st == STATUS_OK || st == STATUS_NOT_FOUND || st == STATUS_LIMIT);
	if (st == STATUS_OK)
		assert(value.len <= header.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct buf body = {0};
	struct bytes material = {NULL, 0};
	struct form form;
	struct err err;
	const char *type;
	enum status st;

	if (size == 0)
		goto drop_arena;
	type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	data++;
	size--;
	check_decode(data, size);
	check_parameter(arena, bytes_make(data, size));
	st = buf_put(&body, bytes_make(data, size));
	assert(st == STATUS_OK);
	st = add_body_read(
		arena, bytes_of(type), &body, BODY_MAX, &form, &material, &err);
	if (st == STATUS_OK) {
		check_form(&form);
		assert(material.len > 0 && material.data >= body.data &&
			material.data + material.len <= body.data + body.len);
	}
	buf_done(&body);
drop_arena:
	arena_free(arena);
	return 0;
}
