#include "http/state/graph_edge.h"

#include "base/words.h"
#include "http/state/graph_box.h"

enum {
	TIP = 7,  /* how far the middle of a tip keeps off */
	BEND = 10 /* of a line that turns */
};

static const struct {
	const char *class, *word;
	int lane; /* on a narrow screen, where lines run side by side */
} kinds[] = {
	[GRAPH_EDGE_MAIL] = {"edge mail", N_("mail"), 0},
	[GRAPH_EDGE_GOSSIP] = {"edge", N_("gossip"), 8},
	[GRAPH_EDGE_IDLE] = {"edge idle", N_("no gossip yet"), 16},
	[GRAPH_EDGE_PUSH] = {"edge push", N_("fed over HTTP"), 24},
};

const char *
graph_edge_class(enum graph_edge k)
{
	return kinds[k].class;
}

const char *
graph_edge_word(enum graph_edge k)
{
	return _(kinds[k].word);
}

static bool
has_talked(const struct state_peer *p)
{
	return state_peer_takes_by_gossip(p) || state_peer_gives_by_gossip(p);
}

bool
graph_edge_has(const struct state_peer *p, enum graph_edge k)
{
	if (k == GRAPH_EDGE_MAIL)
		return state_peer_has_mail(p);
	if (k == GRAPH_EDGE_PUSH)
		return state_peer_is_fed(p);
	return state_peer_has_gossip(p) &&
	       has_talked(p) == (k == GRAPH_EDGE_GOSSIP);
}

static bool
edge_is_late(enum graph_edge k, const struct state_peer *peer)
{
	if (k == GRAPH_EDGE_GOSSIP || k == GRAPH_EDGE_IDLE)
		return graph_gossip_is_late(peer);
	return graph_sent_is_late(peer) &&
	       (k == GRAPH_EDGE_PUSH || !state_peer_is_fed(peer));
}

/* Who takes from whom. Letters that come are taken in any case; who is paused
 * or stopped is sent none. */
static bool
goes_out(enum graph_edge k, const struct state_peer *peer)
{
	if (k == GRAPH_EDGE_MAIL)
		return state_peer_is_sent_to(peer) &&
		       state_peer_is_mailed(peer);
	return (k == GRAPH_EDGE_PUSH && state_peer_is_sent_to(peer)) ||
	       (k == GRAPH_EDGE_GOSSIP && state_peer_takes_by_gossip(peer));
}

static bool
comes_in(enum graph_edge k, const struct state_peer *peer)
{
	return k == GRAPH_EDGE_MAIL ||
	       (k == GRAPH_EDGE_GOSSIP && state_peer_gives_by_gossip(peer));
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

void
graph_edges_define(struct page *p)
{
	page_raw(p, "<defs>");
	define_tip(p, false);
	define_tip(p, true);
	page_raw(p, "</defs>\n");
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

static void
put_line(struct page *p, enum graph_edge k, const struct state_peer *peer,
	const struct graph_ends *at, int offset)
{
	struct line l = {.class = kinds[k].class,
		.late = edge_is_late(k, peer),
		.here = comes_in(k, peer),
		.there = goes_out(k, peer),
		.from_x = at->self_x,
		.from_y = at->self_y + GRAPH_SELF_H / 2 + offset,
		.x = at->x,
		.y = at->y + offset};

	if (at->narrow) {
		l.from_x += BEND + kinds[k].lane;
		l.from_y = at->self_y + GRAPH_SELF_H;
		put_branch(p, &l);
		return;
	}
	if (at->x > l.from_x)
		l.from_x += GRAPH_SELF_W;
	put_curve(p, &l);
}

void
graph_edges_put(struct page *p, const struct state_peer *peer,
	const struct graph_ends *at, bool late)
{
	int offset = 0;

	for (enum graph_edge k = 0; k < GRAPH_EDGES; k++) {
		if (!graph_edge_has(peer, k))
			continue;
		if (edge_is_late(k, peer) == late)
			put_line(p, k, peer, at, offset);
		offset += 10;
	}
}
