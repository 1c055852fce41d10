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
	for (top = b.len > 0 ? b.data[0] : 0x80; !(top & 0x80);
		top = (uint8_t)(top << 1))
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

int
numbers_cmp(struct bytes a, struct bytes b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

bool
numbers_are_plain(struct bytes octets, size_t n)
{
	struct reader in = reader_of(octets);
	size_t i, said, bits;

	for (i = 0; i < n; i++) {
		said = reader_be16(&in);
		number_trim(reader_take(&in, (said + 7) / 8), &bits);
		if (in.failed || bits != said)
			return false;
	}
	return true;
}
