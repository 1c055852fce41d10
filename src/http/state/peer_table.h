/*
 * peer_table.h - tables with a row for each peer, on the statistics page
 *
 * Memory:  appends to the page.
 * Threads: pure.
 * Errors:  sticky in the page.
 */
#ifndef KEYPOST_HTTP_STATE_PEER_TABLE_H
#define KEYPOST_HTTP_STATE_PEER_TABLE_H

#include "http/state/render.h"

/* `heads` are marked for translation, `caption` is translated. */
void peer_table_open(struct page *p, const char *caption,
	const char *const *heads, size_t count);
void peer_table_close(struct page *p);
/* The first cell of a row. */
void peer_table_name(struct page *p, const struct state_peer *peer);
/* Opens a cell; `label` is its column's head, translated. */
void peer_table_cell(struct page *p, const char *label);
/* A moment: how long ago, and when for who needs it exactly. */
void peer_table_ago(struct page *p, int64_t t, int64_t now);

#endif
