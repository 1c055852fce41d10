#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/graph_box.h"
#include "http/state/render.h"
#include "http/state/svg.h"

/*
 * This server in the middle, its peers in a column on either side; on a
 * narrow screen this server on top and one column below it. Rows have a fixed
 * height, so that names never meet, however many there are.
 */

enum {
	GAP = 14,
	ARM = 130, /* from the middle to a peer that is alone */
	SELF_W = 200,
	SELF_H = 52,
	TIP = 7,   /* how far the middle of a tip keeps off */
	BEND = 10, /* of a line that turns */
	MARGIN = 14,
	LEGEND_H = 28, /* of one row; each further one adds to it */
	LEGEND_ROW = 18,
	SAMPLE_W = 40, /* of a line in the legend, and what parts it */
	LETTER_W = 7   /* of a letter, at the most */
};

enum edge_kind { EDGE_MAIL, EDGE_GOSSIP, EDGE_IDLE, EDGE_PUSH, EDGE_KINDS };

static const struct {
	const char *class, *word;
	int lane; /* on a narrow screen, where lines run side by side */
} kinds[] = {
	[EDGE_MAIL] = {"edge mail", N_("mail"), 0},
	[EDGE_GOSSIP] = {"edge", N_("gossip"), 8},
	[EDGE_IDLE] = {"edge idle", N_("no gossip yet"), 16},
	[EDGE_PUSH] = {"edge push", N_("fed over HTTP"), 24},
};

struct picture {
	struct page *p;
	int width, height;
	int self_x, self_y; /* its upper left corner */
	int box_h;
	int right_x; /* of the boxes on the right */
	bool narrow;
	bool used[EDGE_KINDS];
	int legend_rows;
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
		return state_peer_is_fed(p);
	return state_peer_has_gossip(p) && has_talked(p) == (k == EDGE_GOSSIP);
}

/* ---- one peer --------------------------------------------------------- */

static bool
edge_is_late(enum edge_kind k, const struct state_peer *peer)
{
	if (k == EDGE_GOSSIP || k == EDGE_IDLE)
		return graph_gossip_is_late(peer);
	return graph_sent_is_late(peer) &&
	       (k == EDGE_PUSH || !state_peer_is_fed(peer));
}

/* Who takes from whom. Letters that come are taken in any case; who is paused
 * or stopped is sent none. */
static bool
goes_out(enum edge_kind k, const struct state_peer *peer)
{
	if (k == EDGE_MAIL)
		return state_peer_is_sent_to(peer) &&
		       state_peer_is_mailed(peer);
	return (k == EDGE_PUSH && state_peer_is_sent_to(peer)) ||
	       (k == EDGE_GOSSIP && state_peer_takes_by_gossip(peer));
}

static bool
comes_in(enum edge_kind k, const struct state_peer *peer)
{
	return k == EDGE_MAIL ||
	       (k == EDGE_GOSSIP && state_peer_gives_by_gossip(peer));
}

static const char *
tip_of(bool late)
{
	return late ? "latetip" : "tip";
}

static void
put_tip(struct page *p, const char *end, bool late)
{
	page_rawf(p, " marker-%s=\"url(#%s)\"", end, tip_of(late));
}

static void
define_tip(struct page *p, bool late)
{
	page_rawf(p,
		"<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"4\" "
		"refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
		"markerUnits=\"userSpaceOnUse\" "
		"orient=\"auto-start-reverse\">"
		"<path class=\"%s\" d=\"M0 0L8 4L0 8z\"/></marker>",
		tip_of(late), tip_of(late));
}

/* One without tips goes from box to box; of others the tips keep off. */
struct line {
	const char *class;
	bool late, here, there; /* tips: at this server, at the peer */
	int from_x, from_y;     /* this server's end */
	int x, y;               /* the middle of the box's near side */
};

static void
put_path(struct page *p, const struct line *l, bool start, bool end)
{
	page_rawf(p, "<path class=\"%s%s\"", l->class, l->late ? " late" : "");
	if (start)
		put_tip(p, "start", l->late);
	if (end)
		put_tip(p, "end", l->late);
	page_raw(p, " d=\"");
}

/* Down its lane, and there from the box: dashes meet both. */
static void
put_branch(struct page *p, const struct line *l)
{
	int from_y = l->from_y + (l->here || l->there ? TIP : 0);
	int x = l->x - (l->there ? TIP : 0);

	put_path(p, l, l->here, false);
	page_rawf(p, "M%d %dV%d\"/>\n", l->from_x, from_y, l->y - BEND);
	put_path(p, l, l->there, false);
	page_rawf(p, "M%d %dH%dQ%d %d %d %d\"/>\n", x, l->y, l->from_x + BEND,
		l->from_x, l->y, l->from_x, l->y - BEND);
}

static void
put_curve(struct page *p, const struct line *l)
{
	int out = l->x > l->from_x ? 1 : -1;
	int from_x = l->from_x + (l->here || l->there ? TIP * out : 0);
	int x = l->x - (l->there ? TIP * out : 0);
	int mid = (from_x + x) / 2;

	put_path(p, l, l->here, l->there);
	/* Dashes begin where there is nothing else. */
	if (l->here || l->there)
		page_rawf(p, "M%d %dC%d %d %d %d %d %d\"/>\n", from_x,
			l->from_y, mid, l->from_y, mid, l->y, x, l->y);
	else
		page_rawf(p, "M%d %dC%d %d %d %d %d %d\"/>\n", x, l->y, mid,
			l->y, mid, l->from_y, from_x, l->from_y);
}

/* From this server to the peer at (x, y), the middle of the box's near side. */
static void
put_line(struct picture *g, enum edge_kind k, const struct state_peer *peer,
	int x, int y, int offset)
{
	struct line l = {.class = kinds[k].class,
		.late = edge_is_late(k, peer),
		.here = comes_in(k, peer),
		.there = goes_out(k, peer),
		.from_x = g->self_x,
		.from_y = g->self_y + SELF_H / 2 + offset,
		.x = x,
		.y = y + offset};

	if (g->narrow) {
		l.from_x += BEND + kinds[k].lane;
		l.from_y = g->self_y + SELF_H;
		put_branch(g->p, &l);
		return;
	}
	if (x > l.from_x)
		l.from_x += SELF_W;
	put_curve(g->p, &l);
}

static void
put_lines(struct picture *g, const struct state_peer *peer, int x, int y,
	bool late)
{
	int offset = 0;

	for (int k = 0; k < EDGE_KINDS; k++) {
		if (!has_edge(peer, (enum edge_kind)k))
			continue;
		if (edge_is_late((enum edge_kind)k, peer) == late)
			put_line(g, (enum edge_kind)k, peer, x, y, offset);
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
	svg_text(g->p, s->host, GRAPH_NAME_MAX - 1);
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

/* Where words of any language go: what does not fit begins a row. Returns how
 * much they take. */
static int
place_words(const struct picture *g, const char *words, int *x, int *row)
{
	size_t letters = u8_mbsnlen((const uint8_t *)words, strlen(words));
	int width = SAMPLE_W + LETTER_W * (int)letters;

	if (*x > MARGIN && *x + width > g->width - MARGIN) {
		*x = MARGIN;
		++*row;
	}
	return width + GAP;
}

static void
put_sample(struct picture *g, int k, int x, int row)
{
	int y = g->height - 12 - LEGEND_ROW * (g->legend_rows - 1 - row);

	page_rawf(g->p,
		"<path class=\"%s\" d=\"M%d %dh32\"/>\n"
		"<text x=\"%d\" y=\"%d\">%s</text>\n",
		kinds[k].class, x, y - 4, x + SAMPLE_W, y, _(kinds[k].word));
}

/* Returns how many rows it takes. */
static int
walk_legend(struct picture *g, size_t hidden, bool put)
{
	struct format_text more =
		format_count(_("and %s more"), (int64_t)hidden);
	int x = MARGIN, row = 0, width;

	for (int k = 0; k < EDGE_KINDS; k++) {
		if (!g->used[k])
			continue;
		width = place_words(g, _(kinds[k].word), &x, &row);
		if (put)
			put_sample(g, k, x, row);
		x += width;
	}
	if (hidden == 0)
		return row + 1;
	(void)place_words(g, more.text, &x, &row);
	if (put)
		page_rawf(g->p,
			"<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
			g->width - MARGIN, g->height - 12, more.text);
	return row + 1;
}

/* The upper left corner of the i-th box, were it as high as any. */
static void
place_peer(const struct picture *g, size_t i, size_t shown, int *x, int *y)
{
	size_t right = g->narrow ? shown : (shown + 1) / 2;
	bool on_left = i >= right;
	int row_h = g->box_h + GAP;
	int row = (int)(on_left ? i - right : i);
	int count = (int)(on_left ? shown - right : right);

	*x = on_left ? MARGIN : g->right_x;
	*y = g->self_y + SELF_H / 2 - (count * row_h - GAP) / 2 + row * row_h;
	if (g->narrow)
		*y = g->self_y + SELF_H + 22 + row * row_h;
}

/* Where lines lie on each other, one that is late hides none that is not. */
static void
put_peers(struct picture *g, const struct site_state *s, size_t shown)
{
	int x, y;

	for (size_t n = 0; n < 2 * shown; n++) {
		size_t i = n % shown;

		place_peer(g, i, shown, &x, &y);
		put_lines(g, &s->peers[i], x < g->self_x ? x + GRAPH_BOX_W : x,
			y + g->box_h / 2, n < shown);
	}
	for (size_t i = 0; i < shown; i++) {
		place_peer(g, i, shown, &x, &y);
		y += (g->box_h - graph_box_height(&s->peers[i])) / 2;
		graph_box_put(g->p, &s->peers[i], x, y, s->now);
	}
}

static void
describe(const struct site_state *s, char *out, size_t size)
{
	int64_t behind = 0, count = (int64_t)s->peer_count;

	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].waiting > 0 ||
			graph_sent_is_late(&s->peers[i]) ||
			(state_peer_has_gossip(&s->peers[i]) &&
				graph_gossip_is_late(&s->peers[i])))
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
	g->box_h = GRAPH_BOX_H;
	for (size_t i = 0; i < shown; i++)
		if (graph_box_height(&s->peers[i]) > g->box_h)
			g->box_h = graph_box_height(&s->peers[i]);
	g->right_x = g->width - MARGIN - GRAPH_BOX_W;
	g->self_x = g->narrow ? MARGIN : (g->width - SELF_W) / 2;
	if (shown == 1 && !g->narrow) {
		g->self_x = (g->width - SELF_W - ARM - GRAPH_BOX_W) / 2;
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
	for (size_t i = 0; i < shown; i++)
		for (int k = 0; k < EDGE_KINDS; k++)
			if (has_edge(&s->peers[i], (enum edge_kind)k))
				g->used[k] = true;
	g->legend_rows = walk_legend(g, s->peer_count - shown, false);
	g->height = MARGIN + body + GAP + LEGEND_H +
		    LEGEND_ROW * (g->legend_rows - 1);
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
	page_raw(p, "<defs>");
	define_tip(p, false);
	define_tip(p, true);
	page_raw(p, "</defs>\n");
	put_peers(&g, s, shown);
	put_self(&g, s);
	(void)walk_legend(&g, s->peer_count - shown, true);
	svg_close(p);
}
