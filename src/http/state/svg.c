#include "http/state/svg.h"

#include <string.h>
#include <unistr.h>

/* The colours are those of the pages (keypost.css). */
static const char style[] =
	"<style>\n"
	":root{color-scheme:light dark}\n"
	".ground{fill:#fffefc}\n"
	"text{font:12px system-ui,\"Segoe UI\",Roboto,\"Noto Sans\","
	"sans-serif;fill:#5c626d}\n"
	".strong{fill:#22252b;font-weight:600;font-size:13px}\n"
	".warn{fill:#9b2c22;font-weight:600}\n"
	".bad{fill:#9b2c22;font-weight:600}\n"
	".end{text-anchor:end}\n"
	".mid{text-anchor:middle}\n"
	".grid{stroke:#e9e6df}\n"
	".base{stroke:#8b8f98}\n"
	".new{fill:#245a8d}\n"
	".upd{fill:#9abcdc}\n"
	".rem{fill:#9b2c22}\n"
	".veil{fill:#f3f1ec}\n"
	".box{fill:#f7f6f3;stroke:#8b8f98}\n"
	".self{fill:#245a8d;stroke:#245a8d}\n"
	".onself{fill:#fff}\n"
	".edge{fill:none;stroke:#5c626d;stroke-width:1.6}\n"
	".mail{stroke-dasharray:6 4}\n"
	".push{stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2.2}\n"
	".idle{stroke:#8b8f98;stroke-dasharray:10 6 2 6}\n"
	".late{stroke:#9b2c22}\n"
	".tip{fill:#5c626d}\n"
	".latetip{fill:#9b2c22}\n"
	"@media (prefers-color-scheme:dark){\n"
	".ground{fill:#1d2025}\n"
	"text{fill:#a8abb2}\n"
	".strong{fill:#e6e4df}\n"
	".warn{fill:#f3a096}\n"
	".bad{fill:#f3a096}\n"
	".grid{stroke:#2b2f36}\n"
	".base{stroke:#767b86}\n"
	".new{fill:#8fbcec}\n"
	".upd{fill:#4b7099}\n"
	".rem{fill:#f3a096}\n"
	".veil{fill:#24282e}\n"
	".box{fill:#15171b;stroke:#767b86}\n"
	".self{fill:#8fbcec;stroke:#8fbcec}\n"
	".onself{fill:#10161d}\n"
	".edge{stroke:#a8abb2}\n"
	".idle{stroke:#767b86}\n"
	".late{stroke:#f3a096}\n"
	".tip{fill:#a8abb2}\n"
	".latetip{fill:#f3a096}\n"
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
