#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/graph_box.h"
#include "http/state/graph_edge.h"
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
	MARGIN = 14,
	LEGEND_H = 28, /* of one row; each further one adds to it */
	LEGEND_ROW = 18,
	SAMPLE_W = 40, /* of a line in the legend, and what parts it */
	LETTER_W = 7   /* of a letter, at the most */
};

struct picture {
	struct page *p;
	int width, height;
	int self_x, self_y; /* its upper left corner */
	int box_h;
	int right_x; /* of the boxes on the right */
	bool narrow;
	bool used[GRAPH_EDGES];
	int legend_rows;
};

static void
put_self(struct picture *g, const struct site_state *s)
{
	int mid = g->self_x + GRAPH_SELF_W / 2;

	page_rawf(g->p,
		"<rect class=\"self\" x=\"%d\" y=\"%d\" width=\"%d\" "
		"height=\"%d\" rx=\"8\"/>\n"
		"<text class=\"strong onself mid\" x=\"%d\" y=\"%d\">",
		g->self_x, g->self_y, GRAPH_SELF_W, GRAPH_SELF_H, mid,
		g->self_y + 22);
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
put_sample(struct picture *g, enum graph_edge k, int x, int row)
{
	int y = g->height - 12 - LEGEND_ROW * (g->legend_rows - 1 - row);

	page_rawf(g->p,
		"<path class=\"%s\" d=\"M%d %dh32\"/>\n"
		"<text x=\"%d\" y=\"%d\">%s</text>\n",
		graph_edge_class(k), x, y - 4, x + SAMPLE_W, y,
		graph_edge_word(k));
}

/* Returns how many rows it takes. */
static int
walk_legend(struct picture *g, size_t hidden, bool put)
{
	struct format_text more =
		format_count(_("and %s more"), (int64_t)hidden);
	int x = MARGIN, row = 0, width;

	for (enum graph_edge k = 0; k < GRAPH_EDGES; k++) {
		if (!g->used[k])
			continue;
		width = place_words(g, graph_edge_word(k), &x, &row);
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
	*y = g->self_y + GRAPH_SELF_H / 2 - (count * row_h - GAP) / 2 +
	     row * row_h;
	if (g->narrow)
		*y = g->self_y + GRAPH_SELF_H + 22 + row * row_h;
}

/* Where lines lie on each other, one that is late hides none that is not. */
static void
put_peers(struct picture *g, const struct site_state *s, size_t shown)
{
	int x, y;

	for (size_t n = 0; n < 2 * shown; n++) {
		size_t i = n % shown;
		struct graph_ends at = {g->self_x, g->self_y, 0, 0, g->narrow};

		place_peer(g, i, shown, &at.x, &at.y);
		if (at.x < g->self_x)
			at.x += GRAPH_BOX_W;
		at.y += g->box_h / 2;
		graph_edges_put(g->p, &s->peers[i], &at, n < shown);
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
	g->self_x = g->narrow ? MARGIN : (g->width - GRAPH_SELF_W) / 2;
	if (shown == 1 && !g->narrow) {
		g->self_x = (g->width - GRAPH_SELF_W - ARM - GRAPH_BOX_W) / 2;
		g->right_x = g->self_x + GRAPH_SELF_W + ARM;
	}
	body = rows * (g->box_h + GAP) - GAP;
	if (g->narrow) {
		g->self_y = MARGIN;
		body += GRAPH_SELF_H + 22;
	} else {
		if (body < GRAPH_SELF_H)
			body = GRAPH_SELF_H;
		g->self_y = MARGIN + (body - GRAPH_SELF_H) / 2;
	}
	for (size_t i = 0; i < shown; i++)
		for (enum graph_edge k = 0; k < GRAPH_EDGES; k++)
			if (graph_edge_has(&s->peers[i], k))
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
	graph_edges_define(p);
	put_peers(&g, s, shown);
	put_self(&g, s);
	(void)walk_legend(&g, s->peer_count - shown, true);
	svg_close(p);
}
