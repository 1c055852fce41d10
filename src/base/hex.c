#include "base/hex.h"

static void
write_digits(struct bytes in, const char *digits, char *out)
{
	size_t i;

	for (i = 0; i < in.len; i++) {
		*out++ = digits[in.data[i] >> 4];
		*out++ = digits[in.data[i] & 15];
	}
	*out = '\0';
}

void
hex_write_upper(struct bytes in, char *out)
{
	write_digits(in, "0123456789ABCDEF", out);
}

void
hex_write_lower(struct bytes in, char *out)
{
	write_digits(in, "0123456789abcdef", out);
}

int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum status
hex_read(struct bytes text, uint8_t *out, size_t max, size_t *len)
{
	size_t i;

	if (text.len % 2 != 0 || text.len / 2 > max)
		return STATUS_MALFORMED;
	/* First look, then write: out is untouched on failure. */
	for (i = 0; i < text.len; i++)
		if (hex_digit(text.data[i]) < 0)
			return STATUS_MALFORMED;
	for (i = 0; i < text.len; i += 2)
		out[i / 2] = (uint8_t)(hex_digit(text.data[i]) << 4 |
				       hex_digit(text.data[i + 1]));
	*len = text.len / 2;
	return STATUS_OK;
}
