/*
 * graph_box.h - one peer in the picture of the sync graph: its name and how
 * it stands, in words
 *
 * Threads: pure.
 * Errors:  a struct page is sticky (page.h).
 * Units:   pixels; seconds since 1970.
 */
#ifndef KEYPOST_HTTP_STATE_GRAPH_BOX_H
#define KEYPOST_HTTP_STATE_GRAPH_BOX_H

#include "http/pages/page.h"
#include "http/state/site_state.h"

enum {
	GRAPH_BOX_W = 208,
	GRAPH_BOX_H = 40, /* at least: a name and one line */
	GRAPH_NAME_MAX = 26
};

/* It waits for something that does not go by itself. */
bool graph_sent_is_late(const struct state_peer *p);
bool graph_gossip_is_late(const struct state_peer *p);

int graph_box_height(const struct state_peer *peer);
/* (x, y): its upper left corner. */
void graph_box_put(struct page *p, const struct state_peer *peer, int x, int y,
	int64_t now);

#endif
