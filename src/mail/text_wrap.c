#include "mail/text_wrap.h"

enum status
text_wrap(struct buf *out, const char *text, size_t column)
{
	size_t at = column, from = 0;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && text[from] != '\0') {
		size_t n = 0, wide = 0;

		while (text[from + n] != '\0' && text[from + n] != ' ') {
			wide += ((uint8_t)text[from + n] & 0xc0) != 0x80;
			n++;
		}
		if (at > column && at + 1 + wide > TEXT_WRAP_WIDTH) {
			st = buf_printf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			st = buf_puts(out, " ");
			at++;
		}
		if (st == STATUS_OK)
			st = buf_put(out, bytes_make(text + from, n));
		at += wide;
		from += n;
		while (text[from] == ' ')
			from++;
	}
	return st == STATUS_OK ? buf_puts(out, "\n") : st;
}

enum status
text_paragraph(struct buf *out, const char *text)
{
	enum status st = out->len > 0 ? buf_puts(out, "\n") : STATUS_OK;

	return st == STATUS_OK ? text_wrap(out, text, 0) : st;
}
