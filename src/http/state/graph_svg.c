#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/render.h"
#include "http/state/svg.h"

/*
 * This server in the middle, its peers in a column on either side; on a
 * narrow screen this server on top and one column below it. Rows have a fixed
 * height, so that names never meet, however many there are.
 */

enum {
	BOX_W = 208,
	BOX_H = 40,
	LINE_H = 16,
	GAP = 14,
	ARM = 130, /* from the middle to a peer that is alone */
	SELF_W = 200,
	SELF_H = 52,
	MARGIN = 14,
	LEGEND_H = 28,
	NAME_MAX = 26
};

enum edge_kind { EDGE_MAIL, EDGE_GOSSIP, EDGE_IDLE, EDGE_PUSH, EDGE_KINDS };

static const struct {
	const char *class, *word;
	int width; /* of its place in the legend */
} kinds[] = {
	[EDGE_MAIL] = {"edge mail", N_("mail"), 84},
	[EDGE_GOSSIP] = {"edge", N_("gossip"), 94},
	[EDGE_IDLE] = {"edge idle", N_("no gossip yet"), 132},
	[EDGE_PUSH] = {"edge push", N_("fed over HTTP"), 132},
};

struct picture {
	struct page *p;
	int width, height;
	int self_x, self_y; /* its upper left corner */
	int box_h;
	int right_x; /* of the boxes on the right */
	bool narrow;
	bool used[EDGE_KINDS];
};

static bool
has_talked(const struct state_peer *p)
{
	return state_peer_takes_by_gossip(p) || state_peer_gives_by_gossip(p);
}

static bool
has_edge(const struct state_peer *p, enum edge_kind k)
{
	if (k == EDGE_MAIL)
		return state_peer_has_mail(p);
	if (k == EDGE_PUSH)
		return p->push[0] != '\0';
	return state_peer_has_gossip(p) && has_talked(p) == (k == EDGE_GOSSIP);
}

static bool
is_late(const struct state_peer *p)
{
	return p->word != PEER_WORD_FINE && p->word != PEER_WORD_NEW;
}

/* ---- one peer --------------------------------------------------------- */

static const char *
state_of(const struct state_peer *peer)
{
	static const char *const words[] = {
		[PEER_WORD_STOPPED] = N_("stopped"),
		[PEER_WORD_PAUSED] = N_("paused"),
		[PEER_WORD_RETRYING] = N_("not reached"),
		[PEER_WORD_RESYNC] = N_("needs a resync"),
		[PEER_WORD_NEW] = N_("new"),
		[PEER_WORD_FINE] = N_("up to date"),
	};

	if (state_peer_has_mail(peer))
		return words[peer->word];
	if (state_peer_has_gossip(peer))
		return render_gossip_word(peer->gossip_word);
	return words[PEER_WORD_NEW];
}

static bool
edge_is_late(enum edge_kind k, const struct state_peer *peer)
{
	if (k != EDGE_GOSSIP)
		return is_late(peer);
	return peer->gossip_word == GOSSIP_WORD_FAILING ||
	       peer->gossip_word == GOSSIP_WORD_DIFFERS ||
	       peer->gossip_word == GOSSIP_WORD_BEHIND;
}

/* Who takes from whom. Letters that come are taken in any case; who is paused
 * or stopped is sent none. */
static bool
goes_out(enum edge_kind k, const struct state_peer *peer)
{
	if (k == EDGE_MAIL)
		return state_peer_is_sent_to(peer);
	return k == EDGE_PUSH ||
	       (k == EDGE_GOSSIP && state_peer_takes_by_gossip(peer));
}

static bool
comes_in(enum edge_kind k, const struct state_peer *peer)
{
	return k == EDGE_MAIL ||
	       (k == EDGE_GOSSIP && state_peer_gives_by_gossip(peer));
}

/* Two lines for one that has all, and for one that is well but not yet. */
static bool
has_third_line(const struct state_peer *peer)
{
	return peer->waiting > 0 && is_late(peer);
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
put_box(struct picture *g, const struct state_peer *peer, int x, int y,
	int64_t now)
{
	int height = has_third_line(peer) ? BOX_H + LINE_H : BOX_H;
	const char *class = "";

	y += (g->box_h - height) / 2;
	if (peer->word == PEER_WORD_STOPPED)
		class = " class=\"bad\"";
	else if (is_late(peer) || peer->out.error[0] != '\0')
		class = " class=\"warn\"";
	page_rawf(g->p,
		"<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"%d\" rx=\"6\"/>\n"
		"<text class=\"strong\" x=\"%d\" y=\"%d\">",
		x, y, BOX_W, height, x + 10, y + 17);
	svg_text(g->p, peer->host, NAME_MAX);
	page_rawf(g->p, "</text>\n<text%s x=\"%d\" y=\"%d\">", class, x + 10,
		y + 33);
	if (!state_peer_has_mail(peer) && peer->lacking > 0)
		page_putf(g->p, _("%s to fetch"),
			format_number(peer->lacking).text);
	else if (peer->waiting == 0 || is_late(peer))
		page_puts(g->p, _(state_of(peer)));
	else
		put_lag(g->p, peer, now);
	page_raw(g->p, "</text>\n");
	if (!has_third_line(peer))
		return;
	page_rawf(g->p, "<text x=\"%d\" y=\"%d\">", x + 10, y + 33 + LINE_H);
	put_lag(g->p, peer, now);
	page_raw(g->p, "</text>\n");
}

/* From this server to the peer at (x, y), the middle of the box's near side. */
static void
put_line(struct picture *g, enum edge_kind k, const struct state_peer *peer,
	int x, int y, int offset)
{
	int from_x = g->self_x, from_y = g->self_y + SELF_H / 2, mid;

	page_rawf(g->p, "<path class=\"%s%s\"%s%s d=\"", kinds[k].class,
		edge_is_late(k, peer) ? " late" : "",
		comes_in(k, peer) ? " marker-start=\"url(#tip)\"" : "",
		goes_out(k, peer) ? " marker-end=\"url(#tip)\"" : "");
	if (g->narrow) {
		from_x += 10 + offset;
		page_rawf(g->p, "M%d %dV%dQ%d %d %d %dH%d\"/>\n", from_x,
			g->self_y + SELF_H + 7, y + offset - 10, from_x,
			y + offset, from_x + 10, y + offset, x - 7);
		return;
	}
	if (x > from_x) {
		from_x += SELF_W + 7;
		x -= 7;
	} else {
		from_x -= 7;
		x += 7;
	}
	mid = (from_x + x) / 2;
	page_rawf(g->p, "M%d %dC%d %d %d %d %d %d\"/>\n", from_x,
		from_y + offset, mid, from_y + offset, mid, y + offset, x,
		y + offset);
}

static void
put_lines(struct picture *g, const struct state_peer *peer, int x, int y)
{
	int offset = 0;

	for (int k = 0; k < EDGE_KINDS; k++) {
		if (!has_edge(peer, (enum edge_kind)k))
			continue;
		put_line(g, (enum edge_kind)k, peer, x, y, offset);
		g->used[k] = true;
		offset += 10;
	}
}

/* ---- the whole -------------------------------------------------------- */

static void
put_self(struct picture *g, const struct site_state *s)
{
	int mid = g->self_x + SELF_W / 2;

	page_rawf(g->p,
		"<rect class=\"self\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"%d\" rx=\"8\"/>\n"
		"<text class=\"strong onself mid\" x=\"%d\" y=\"%d\">",
		g->self_x, g->self_y, SELF_W, SELF_H, mid, g->self_y + 22);
	svg_text(g->p, s->host, NAME_MAX - 1);
	page_rawf(g->p,
		"</text>\n<text class=\"onself mid\" x=\"%d\" y=\"%d\">", mid,
		g->self_y + 40);
	page_puts(
		g->p, format_count(words_count("%s certificate",
					   "%s certificates", (size_t)s->certs),
			      s->certs)
			      .text);
	page_raw(g->p, "</text>\n");
}

static void
put_legend(struct picture *g, size_t hidden)
{
	int x = MARGIN, y = g->height - 12;

	for (int k = 0; k < EDGE_KINDS; k++) {
		if (!g->used[k])
			continue;
		page_rawf(g->p,
			"<path class=\"%s\" d=\"M%d %dh32\"/>\n"
			"<text x=\"%d\" y=\"%d\">%s</text>\n",
			kinds[k].class, x, y - 4, x + 40, y, _(kinds[k].word));
		x += kinds[k].width;
	}
	if (hidden > 0)
		page_rawf(g->p,
			"<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
			g->width - MARGIN, y,
			format_count(_("and %s more"), (int64_t)hidden).text);
}

static void
put_peers(struct picture *g, const struct site_state *s, size_t shown)
{
	size_t right = g->narrow ? shown : (shown + 1) / 2;
	int row_h = g->box_h + GAP;
	int middle = g->self_y + SELF_H / 2;

	for (size_t i = 0; i < shown; i++) {
		bool on_left = i >= right;
		int row = (int)(on_left ? i - right : i);
		int count = (int)(on_left ? shown - right : right);
		int x = on_left ? MARGIN : g->right_x;
		int y = middle - (count * row_h - GAP) / 2 + row * row_h;

		if (g->narrow)
			y = g->self_y + SELF_H + 22 + row * row_h;
		put_lines(g, &s->peers[i], on_left ? x + BOX_W : x,
			y + g->box_h / 2);
		put_box(g, &s->peers[i], x, y, s->now);
	}
}

static void
describe(const struct site_state *s, char *out, size_t size)
{
	int64_t behind = 0, count = (int64_t)s->peer_count;

	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].waiting > 0 || is_late(&s->peers[i]))
			behind++;
	snprintf(out, size, _("Peers of %s: %s; behind: %s."), s->host,
		format_number(count).text, format_number(behind).text);
}

/* How large it has to be, and where this server goes. */
static void
lay_out(struct picture *g, const struct site_state *s, size_t shown)
{
	int rows = (int)(g->narrow ? shown : (shown + 1) / 2), body;

	g->width = g->narrow ? 288 : 760;
	g->box_h = BOX_H;
	for (size_t i = 0; i < shown; i++)
		if (has_third_line(&s->peers[i]))
			g->box_h = BOX_H + LINE_H;
	g->right_x = g->width - MARGIN - BOX_W;
	g->self_x = g->narrow ? MARGIN : (g->width - SELF_W) / 2;
	if (shown == 1 && !g->narrow) {
		g->self_x = (g->width - SELF_W - ARM - BOX_W) / 2;
		g->right_x = g->self_x + SELF_W + ARM;
	}
	body = rows * (g->box_h + GAP) - GAP;
	if (g->narrow) {
		g->self_y = MARGIN;
		body += SELF_H + 22;
	} else {
		if (body < SELF_H)
			body = SELF_H;
		g->self_y = MARGIN + (body - SELF_H) / 2;
	}
	g->height = MARGIN + body + GAP + LEGEND_H;
}

void
render_graph(const struct site_state *s, bool narrow, struct page *p)
{
	size_t shown = s->peer_count < RENDER_PEERS_MAX ? s->peer_count
							: RENDER_PEERS_MAX;
	struct picture g = {.p = p, .narrow = narrow};
	char text[700];

	lay_out(&g, s, shown);
	describe(s, text, sizeof(text));
	svg_open(p, g.width, g.height, _("Sync graph"), text);
	page_raw(p,
		"<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"4\" "
		"refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
		"markerUnits=\"userSpaceOnUse\" "
		"orient=\"auto-start-reverse\">"
		"<path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n");
	put_peers(&g, s, shown);
	put_self(&g, s);
	put_legend(&g, s->peer_count - shown);
	svg_close(p);
}
