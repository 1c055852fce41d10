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

/* One more than the digit is worth; 0: it is none. */
static const uint8_t values[256] = {['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16};

int
hex_digit(uint8_t c)
{
	return values[c] - 1;
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
