#include "pgp/numbers.h"

#include <string.h>

static struct bytes
number_trim(struct bytes b, size_t *bits)
{
	uint8_t top;

	while (b.len > 0 && b.data[0] == 0) {
		b.data++;
		b.len--;
	}
	*bits = b.len * 8;
	for (top = b.len > 0 ? b.data[0] : 0x80; !(top & 0x80); top <<= 1)
		--*bits;
	return b;
}

bool
numbers_read(struct reader *in, size_t n, struct numbers *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n; i++)
		out->list[i] = number_trim(
			reader_take(in, ((size_t)reader_be16(in) + 7) / 8),
			&out->bits[i]);
	return !in->failed;
}
