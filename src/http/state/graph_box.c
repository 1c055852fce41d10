#include "http/state/graph_box.h"

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/render.h"
#include "http/state/svg.h"

enum { LINE_H = 16, FIRST_LINE = 17, INDENT = 10 };

bool
graph_sent_is_late(const struct state_peer *p)
{
	return p->word != PEER_WORD_FINE && p->word != PEER_WORD_NEW;
}

static const char *
sent_word(const struct state_peer *peer)
{
	static const char *const words[] = {
		[PEER_WORD_STOPPED] = N_("stopped"),
		[PEER_WORD_PAUSED] = N_("paused"),
		[PEER_WORD_RETRYING] = N_("not reached"),
		[PEER_WORD_RESYNC] = N_("needs a resync"),
		[PEER_WORD_NEW] = N_("new"),
		[PEER_WORD_FINE] = N_("up to date"),
	};

	return words[peer->word];
}

bool
graph_gossip_is_late(const struct state_peer *p)
{
	return state_peer_gossip_ails(p) ||
	       p->gossip_word == GOSSIP_WORD_BEHIND;
}

static bool
has_lag_line(const struct state_peer *peer)
{
	return peer->waiting > 0 && graph_sent_is_late(peer);
}

/* Where something is sent as well, only what they do not make good. */
static bool
has_gossip_line(const struct state_peer *peer)
{
	return state_peer_has_gossip(peer) &&
	       (!state_peer_has_cursor(peer) ||
		       peer->gossip_word != GOSSIP_WORD_FINE);
}

/* One is in every box: of what is sent, of gossip, or that there is neither. */
static int
lines_beyond_one(const struct state_peer *peer)
{
	return has_lag_line(peer) +
	       (state_peer_has_cursor(peer) && has_gossip_line(peer));
}

int
graph_box_height(const struct state_peer *peer)
{
	return GRAPH_BOX_H + LINE_H * lines_beyond_one(peer);
}

static void
put_lag(struct page *p, const struct state_peer *peer, int64_t now)
{
	page_putf(p, _("%s waiting"), format_number(peer->waiting).text);
	if (peer->oldest > 0) {
		page_raw(p, ", ");
		page_putf(p, _("oldest %s"),
			format_span(now - peer->oldest).text);
	}
}

static void
open_line(struct page *p, const char *class, int x, int *y)
{
	page_rawf(p, "<text%s x=\"%d\" y=\"%d\">", class, x, *y);
	*y += LINE_H;
}

static void
close_line(struct page *p)
{
	page_raw(p, "</text>\n");
}

static void
put_sent_lines(struct page *p, const struct state_peer *peer, int x, int *y,
	int64_t now)
{
	const char *class = "";

	if (peer->word == PEER_WORD_STOPPED)
		class = " class=\"bad\"";
	else if (graph_sent_is_late(peer))
		class = " class=\"warn\"";
	open_line(p, class, x, y);
	if (peer->waiting == 0 || graph_sent_is_late(peer))
		page_puts(p, _(sent_word(peer)));
	else
		put_lag(p, peer, now);
	close_line(p);
	if (!has_lag_line(peer))
		return;
	open_line(p, "", x, y);
	put_lag(p, peer, now);
	close_line(p);
}

static const char *
gossip_words(const struct state_peer *peer)
{
	/* There is less room behind a word of ours. */
	if (state_peer_has_cursor(peer) &&
		peer->gossip_word == GOSSIP_WORD_DIFFERS)
		return N_("other settings");
	return render_gossip_word(peer->gossip_word);
}

static void
put_gossip_line(struct page *p, const struct state_peer *peer, int x, int *y)
{
	open_line(
		p, state_peer_gossip_ails(peer) ? " class=\"warn\"" : "", x, y);
	if (state_peer_has_cursor(peer) && graph_gossip_is_late(peer)) {
		page_puts(p, _("gossip"));
		page_raw(p, ": ");
	}
	if (peer->gossip_word == GOSSIP_WORD_BEHIND)
		page_putf(
			p, _("%s to fetch"), format_number(peer->lacking).text);
	else
		page_puts(p, _(gossip_words(peer)));
	close_line(p);
}

void
graph_box_put(struct page *p, const struct state_peer *peer, int x, int y,
	int64_t now)
{
	page_rawf(p,
		"<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"%d\" rx=\"6\"/>\n",
		x, y, GRAPH_BOX_W, graph_box_height(peer));
	x += INDENT;
	y += FIRST_LINE;
	open_line(p, " class=\"strong\"", x, &y);
	svg_text(p, peer->host, GRAPH_NAME_MAX);
	close_line(p);
	if (state_peer_has_cursor(peer) || !state_peer_has_gossip(peer))
		put_sent_lines(p, peer, x, &y, now);
	if (has_gossip_line(peer))
		put_gossip_line(p, peer, x, &y);
}
