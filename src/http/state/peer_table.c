#include "http/state/peer_table.h"

#include <string.h>

#include "base/words.h"
#include "http/state/format.h"

void
peer_table_ago(struct page *p, int64_t t, int64_t now)
{
	if (t <= 0) {
		page_puts(p, _("never"));
		return;
	}
	page_rawf(p, "<time datetime=\"%s\" title=\"%s UTC\">",
		format_time(t).text, format_minute(t).text);
	page_putf(p, _("%s ago"), format_span(now - t).text);
	page_raw(p, "</time>");
}

void
peer_table_name(struct page *p, const struct state_peer *peer)
{
	page_raw(p, "<th scope=\"row\">");
	page_visible(p, bytes_of(peer->name));
	if (strcmp(peer->host, peer->name) != 0) {
		page_raw(p, "<br><span class=\"facts\">");
		page_visible(p, bytes_of(peer->host));
		page_raw(p, "</span>");
	}
	page_raw(p, "</th>");
}

void
peer_table_cell(struct page *p, const char *label)
{
	page_raw(p, "<td data-label=\"");
	page_puts(p, label);
	page_raw(p, ":\">");
}

void
peer_table_open(struct page *p, const char *caption, const char *const *heads,
	size_t count)
{
	page_rawf(p,
		"<div class=\"scroll\"><table class=\"stack\">\n"
		"<caption>%s</caption>\n<thead><tr>",
		caption);
	for (size_t i = 0; i < count; i++)
		page_rawf(p, "<th scope=\"col\">%s</th>", _(heads[i]));
	page_raw(p, "</tr></thead>\n<tbody>\n");
}

void
peer_table_close(struct page *p)
{
	page_raw(p, "</tbody>\n</table></div>\n");
}
