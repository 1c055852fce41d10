/*
 * render.h - one snapshot, in each form that somebody reads
 *
 * Memory:  `out` is the caller's.
 * Threads: pure.
 * Errors:  a struct page is sticky (page.h); JSON: LIMIT, or IO when a text
 *          is no UTF-8, which gathering excludes.
 * Source:  spec hkp section 9.
 */
#ifndef KEYPOST_HTTP_STATE_RENDER_H
#define KEYPOST_HTTP_STATE_RENDER_H

#include "http/pages/page.h"
#include "http/state/site_state.h"

/* 9.1: for crawlers. */
MUST_CHECK enum status render_json(
	const struct site_state *s, struct buf *out, struct err *err);
/* 9.2: what goes into the frame of all pages. */
void render_html(const struct site_state *s, struct page *out);
/* The part of it that is for people only. */
void render_peer_status(const struct site_state *s, struct page *out);
/* Of that, how long peers take to serve our canary. */
void render_canaries(const struct site_state *s, struct page *out);

/* In English, marked for translation. */
const char *render_gossip_word(enum gossip_word w);

enum { RENDER_PEERS_MAX = 50 /* drawn; the others are counted */ };

/* Pictures; `narrow` for a small screen. */
void render_chart(const struct site_state *s, const struct histogram *h,
	bool narrow, struct page *out);
void render_graph(const struct site_state *s, bool narrow, struct page *out);
/* 9.3: for Graphviz. */
MUST_CHECK enum status render_dot(
	const struct site_state *s, struct buf *out, struct err *err);

#endif
