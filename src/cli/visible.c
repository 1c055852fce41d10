#include "cli/visible.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

static bool
is_plain(ucs4_t c)
{
	return c >= 0x20 && (c < 0x7F || c > 0x9F) &&
	       (c < 0x2028 || c > 0x202E) && (c < 0x2066 || c > 0x2069);
}

char *
visible_text(struct bytes text, size_t chars)
{
	size_t len = 0;
	char *out = xmalloc(text.len + 1);

	for (; text.len > 0 && chars > 0; chars--) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, text.data, text.len);
		bool plain = n > 0 && is_plain(c);

		if (n <= 0)
			n = 1;
		if (plain)
			memcpy(out + len, text.data, (size_t)n);
		else
			out[len] = '?';
		len += plain ? (size_t)n : 1;
		text = bytes_make(text.data + n, text.len - (size_t)n);
	}
	out[len] = '\0';
	return out;
}

json_t *
visible_json(const char *text)
{
	json_t *j = json_string(text);
	char *seen;

	if (j != NULL)
		return j;
	seen = visible_text(bytes_of(text), SIZE_MAX);
	j = json_string(seen);
	free(seen);
	return j;
}
