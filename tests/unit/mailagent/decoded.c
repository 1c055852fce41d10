#include "../unit.h"

#include "decoded.h"

struct decoded
decode_text(struct bytes letter)
{
	struct decode_hint hint = {.trust_path = true};
	struct decoded d = {.fields = {.len = 0}};

	d.st = decode_letter(letter, &hint, &d.fields, &d.why);
	return d;
}

struct decoded
decode_str(const char *letter)
{
	return decode_text(bytes_of(letter));
}

void
decoded_free(struct decoded *d)
{
	buf_done(&d->fields);
}

struct bytes
decoded_field(const struct decoded *d, uint8_t name, size_t n)
{
	struct reader r = reader_of(buf_view(&d->fields));
	struct bytes value;
	uint8_t at;

	while (frame_next_field(&r, &at, &value)) {
		if (at == name && n-- == 0)
			return value;
	}
	return bytes_make(NULL, 0);
}

size_t
decoded_count(const struct decoded *d, uint8_t name)
{
	struct reader r = reader_of(buf_view(&d->fields));
	struct bytes value;
	uint8_t at;
	size_t n = 0;

	while (frame_next_field(&r, &at, &value))
		n += at == name;
	return n;
}
