#include "base/words.h"
#include "http/state/format.h"
#include "http/state/peer_table.h"

static const char *const heads[] = {
	N_("Server"), N_("It serves the signature of"), N_("It took")};

/* How long it took is known only of one that we saw come. */
static void
put_took(struct page *p, const struct state_peer *peer)
{
	if (peer->canary_took > 0)
		page_puts(p, format_span(peer->canary_took).text);
	else
		page_puts(p, _("not known"));
}

void
render_canaries(const struct site_state *s, struct page *p)
{
	page_rawf(p, "<p>%s</p>\n",
		_("A certificate that belongs to nobody is signed again from "
		  "time to time and looked up at other servers: so long a "
		  "change takes from here to there."));
	peer_table_open(p, _("How soon others serve what is new here"), heads,
		sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct state_peer *peer = &s->peers[i];

		if (!peer->canary)
			continue;
		page_raw(p, "<tr>");
		peer_table_name(p, peer);
		peer_table_cell(p, _(heads[1]));
		peer_table_ago(p, peer->canary_seen, s->now);
		page_raw(p, "</td>");
		peer_table_cell(p, _(heads[2]));
		put_took(p, peer);
		page_raw(p, "</td></tr>\n");
	}
	peer_table_close(p);
}
