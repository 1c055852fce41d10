#include <string.h>
#include <unistr.h>

#include "cli/graph.h"

char *
graph_text(struct bytes text)
{
	char *out = xmalloc(GRAPH_TEXT_MAX * 4 + 1);
	size_t chars = 0, len = 0;

	while (text.len > 0 && chars < GRAPH_TEXT_MAX) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, text.data, text.len);
		bool plain = n > 0 && c >= 0x20 && (c < 0x7F || c > 0x9F) &&
			     (c < 0x2028 || c > 0x202E) &&
			     (c < 0x2066 || c > 0x2069);

		if (n <= 0)
			n = 1;
		if (plain)
			memcpy(out + len, text.data, (size_t)n);
		else
			out[len] = '?';
		len += plain ? (size_t)n : 1;
		text = bytes_make(text.data + n, text.len - (size_t)n);
		chars++;
	}
	out[len] = '\0';
	return out;
}
