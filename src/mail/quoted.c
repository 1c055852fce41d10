#include "mail/quoted.h"

enum { PLAIN_LINE_MAX = 900, LINE_MAX_WRITTEN = 76 };

static bool
is_plain(uint8_t c)
{
	return c == '\t' || (c >= 0x20 && c <= 0x7e);
}

bool
quoted_is_plain(struct bytes text)
{
	size_t line = 0;

	for (size_t i = 0; i < text.len; i++) {
		line = text.data[i] == '\n' ? 0 : line + 1;
		if (line > PLAIN_LINE_MAX ||
			(text.data[i] != '\n' && !is_plain(text.data[i])))
			return false;
	}
	return true;
}

/* As it is, unless it means something, or stands where blanks get lost. */
static bool
stays(struct bytes text, size_t i)
{
	uint8_t c = text.data[i];

	if (c == '=' || !is_plain(c))
		return false;
	if (c != ' ' && c != '\t')
		return true;
	return i + 1 < text.len && text.data[i + 1] != '\n';
}

enum status
quoted_write(struct buf *out, struct bytes text)
{
	enum status st = STATUS_OK;
	size_t line = 0;

	for (size_t i = 0; st == STATUS_OK && i < text.len; i++) {
		size_t wide = stays(text, i) ? 1 : 3;

		if (text.data[i] == '\n') {
			line = 0;
			st = buf_put_u8(out, '\n');
			continue;
		}
		/* One column is kept for the '=' of a soft line end. */
		if (line + wide > LINE_MAX_WRITTEN - 1) {
			st = buf_puts(out, "=\n");
			line = 0;
		}
		if (st != STATUS_OK)
			break;
		st = wide == 1 ? buf_put_u8(out, text.data[i])
			       : buf_printf(out, "=%02X", text.data[i]);
		line += wide;
	}
	return st;
}
