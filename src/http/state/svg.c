#include "http/state/svg.h"

#include <string.h>
#include <unistr.h>

/* The colours are those of the pages (keypost.css). */
static const char style[] =
	"<style>\n"
	":root{color-scheme:light dark}\n"
	".ground{fill:#fff}\n"
	"text{font:12px system-ui,\"Segoe UI\",Roboto,\"Noto Sans\","
	"sans-serif;fill:#565f70}\n"
	".strong{fill:#1d2330;font-weight:600;font-size:13px}\n"
	".warn{fill:#8a4b00;font-weight:600}\n"
	".bad{fill:#a3201d;font-weight:600}\n"
	".end{text-anchor:end}\n"
	".mid{text-anchor:middle}\n"
	".grid{stroke:#e4e7ec}\n"
	".base{stroke:#8b94a5}\n"
	".new{fill:#2456a6}\n"
	".upd{fill:#8fb3ea}\n"
	".rem{fill:#c2631a}\n"
	".veil{fill:#f1f2f5}\n"
	".box{fill:#fbfbf9;stroke:#8b94a5}\n"
	".self{fill:#2456a6;stroke:#2456a6}\n"
	".onself{fill:#fff}\n"
	".edge{fill:none;stroke:#565f70;stroke-width:1.6}\n"
	".mail{stroke-dasharray:6 4}\n"
	".push{stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2.2}\n"
	".late{stroke:#8a4b00}\n"
	".tip{fill:#565f70}\n"
	"@media (prefers-color-scheme:dark){\n"
	".ground{fill:#1c2029}\n"
	"text{fill:#a5aebd}\n"
	".strong{fill:#e7eaf0}\n"
	".warn{fill:#ffc27a}\n"
	".bad{fill:#ff9d98}\n"
	".grid{stroke:#2c323e}\n"
	".base{stroke:#6b7486}\n"
	".new{fill:#8fb6ff}\n"
	".upd{fill:#4a6ca8}\n"
	".rem{fill:#ffc27a}\n"
	".veil{fill:#232833}\n"
	".box{fill:#14171d;stroke:#6b7486}\n"
	".self{fill:#8fb6ff;stroke:#8fb6ff}\n"
	".onself{fill:#10141c}\n"
	".edge{stroke:#a5aebd}\n"
	".late{stroke:#ffc27a}\n"
	".tip{fill:#a5aebd}\n"
	"}\n"
	"</style>\n";

void
svg_open(struct page *p, int width, int height, const char *title,
	const char *description)
{
	page_rawf(p,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">",
		width, height, width, height);
	page_visible(p, bytes_of(title));
	page_raw(p, "</title>\n<desc id=\"d\">");
	page_visible(p, bytes_of(description));
	page_raw(p, "</desc>\n");
	page_raw(p, style);
	page_rawf(p, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n",
		width, height);
}

void
svg_close(struct page *p)
{
	page_raw(p, "</svg>\n");
}

void
svg_text(struct page *p, const char *text, size_t max)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t len = strlen(text), used = 0, n = 0, before_last = 0;

	while (used < len && n < max) {
		int step = u8_mblen(s + used, len - used);

		before_last = used;
		used += step > 0 ? (size_t)step : 1;
		n++;
	}
	if (used >= len) {
		page_visible(p, bytes_of(text));
		return;
	}
	page_visible(p, bytes_make(text, before_last));
	page_raw(p, "…");
}
