#include "mailagent/transfer.h"

#include <string.h>

#include "base/hex.h"
#include "mailagent/text.h"

enum transfer
transfer_of(struct bytes value)
{
	struct bytes v = bytes_trim(value);

	if (bytes_starts_nocase(v, "base64"))
		return TRANSFER_BASE64;
	if (bytes_starts_nocase(v, "quoted-printable"))
		return TRANSFER_QUOTED;
	return TRANSFER_NONE;
}

static int
base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

size_t
transfer_base64(struct bytes in, uint8_t *out)
{
	size_t i, n = 0;
	uint32_t bits = 0;
	unsigned held = 0;

	for (i = 0; i < in.len; i++) {
		int digit = base64_digit(in.data[i]);

		if (in.data[i] == '=') {
			/* The end of this run: what a list or MTA appends
			 * may start another. */
			held = 0;
			continue;
		}
		if (digit < 0)
			continue;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (uint8_t)(bits >> held);
		}
	}
	return n;
}

/* One line without its end; a soft line break is left out. */
static size_t
quoted_line(struct bytes line, bool underscore, uint8_t *out, bool *soft)
{
	size_t i, n = 0;

	*soft = false;
	for (i = 0; i < line.len; i++) {
		uint8_t c = line.data[i];
		int high, low;

		if (c == '_' && underscore)
			c = ' ';
		if (c != '=') {
			out[n++] = c;
			continue;
		}
		if (i + 1 == line.len) {
			*soft = true;
			break;
		}
		high = hex_digit(line.data[i + 1]);
		low = i + 2 < line.len ? hex_digit(line.data[i + 2]) : -1;
		if (high < 0 || low < 0) {
			out[n++] = c;
			continue;
		}
		out[n++] = (uint8_t)(high << 4 | low);
		i += 2;
	}
	return n;
}

size_t
transfer_quoted(struct bytes in, bool underscore, uint8_t *out)
{
	struct bytes line;
	size_t pos = 0, n = 0;
	bool soft;

	while (text_line(in, &pos, &line)) {
		/* Blanks at a line's end were put there on the way. */
		while (line.len > 0 && (line.data[line.len - 1] == ' ' ||
					       line.data[line.len - 1] == '\t'))
			line.len--;
		n += quoted_line(line, underscore, out + n, &soft);
		if (!soft && in.data[pos - 1] == '\n')
			out[n++] = '\n';
	}
	return n;
}

enum status
transfer_decode(struct arena *arena, enum transfer how, struct bytes in,
	struct bytes *out)
{
	uint8_t *data;

	if (how == TRANSFER_NONE) {
		*out = in;
		return STATUS_OK;
	}
	data = arena_alloc(arena, in.len);
	if (data == NULL)
		return STATUS_LIMIT;
	*out = bytes_make(data, how == TRANSFER_BASE64
					? transfer_base64(in, data)
					: transfer_quoted(in, false, data));
	return STATUS_OK;
}
