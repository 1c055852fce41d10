/*
 * graph_edge.h - the lines of the sync graph, from this server to one peer
 *
 * Threads: any; nothing is shared.
 * Errors:  a struct page is sticky (page.h).
 * Units:   pixels.
 */
#ifndef KEYPOST_HTTP_STATE_GRAPH_EDGE_H
#define KEYPOST_HTTP_STATE_GRAPH_EDGE_H

#include "http/pages/page.h"
#include "http/state/site_state.h"

enum { GRAPH_SELF_W = 200, GRAPH_SELF_H = 52 }; /* this server's box */

enum graph_edge {
	GRAPH_EDGE_MAIL,
	GRAPH_EDGE_GOSSIP,
	GRAPH_EDGE_IDLE,
	GRAPH_EDGE_PUSH,
	GRAPH_EDGES
};

/* Where they begin and end. */
struct graph_ends {
	int self_x, self_y; /* the upper left corner of this server's box */
	int x, y;           /* the middle of the near side of the peer's */
	bool narrow;        /* the peer is below, not beside */
};

bool graph_edge_has(const struct state_peer *peer, enum graph_edge k);
/* How the style sheet calls it, and how the legend does. */
const char *graph_edge_class(enum graph_edge k);
const char *graph_edge_word(enum graph_edge k);

/* Once, before the first of them. */
void graph_edges_define(struct page *p);
/* Those that are late, or those that are not. */
void graph_edges_put(struct page *p, const struct state_peer *peer,
	const struct graph_ends *at, bool late);

#endif
