#include "mail/batch.h"

#include <string.h>

bool
batch_is_store(struct bytes text)
{
	if (text.len != BATCH_STORE_SIZE - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

static bool
is_word(struct bytes text, size_t max)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 'a' || text.data[i] > 'z')
			return false;
	}
	return text.len > 0 && text.len <= max;
}

static void
copy(char *out, struct bytes text)
{
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
}

/* The next part up to a semicolon, trimmed; moves on. */
static bool
next_part(struct bytes *rest, struct bytes *part)
{
	const uint8_t *end;
	size_t n;

	if (rest->len == 0)
		return false;
	end = memchr(rest->data, ';', rest->len);
	n = end == NULL ? rest->len : (size_t)(end - rest->data);
	*part = bytes_trim(bytes_make(rest->data, n));
	if (n < rest->len)
		n++;
	rest->data += n;
	rest->len -= n;
	return true;
}

/* "name=value", by its name. */
static bool
value_of(struct bytes part, const char *name, struct bytes *value)
{
	size_t n = strlen(name);

	if (part.len < n || memcmp(part.data, name, n) != 0)
		return false;
	*value = bytes_make(part.data + n, part.len - n);
	return true;
}

static bool
take_part(struct bytes part, struct batch_value *v)
{
	struct bytes value;

	if (value_of(part, "range=", &value)) {
		v->has_range = range_parse(value, &v->range);
		return v->has_range;
	}
	if (value_of(part, "store=", &value)) {
		if (!batch_is_store(value))
			return false;
		copy(v->store, value);
	}
	if (value_of(part, "level=", &value)) {
		if (!is_word(value, BATCH_LEVEL_SIZE - 1))
			return false;
		copy(v->level, value);
	}
	return true;
}

bool
batch_read(struct bytes value, struct batch_value *out)
{
	struct batch_value v = {.has_range = false};
	struct bytes rest = value, part;
	bool ok = next_part(&rest, &part) && bytes_eq(part, bytes_of("v1"));

	memset(out, 0, sizeof(*out));
	while (ok && next_part(&rest, &part))
		ok = take_part(part, &v);
	if (ok)
		*out = v;
	return ok;
}
