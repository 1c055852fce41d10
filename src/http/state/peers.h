/*
 * peers.h - the peers as the statistics show them: settings, what the store has
 * of letters, and what base/gossip has of gossip
 *
 * Memory:  all in the arena.
 * Threads: as its session.
 * Errors:  those of the store; LIMIT when the arena is full.
 */
#ifndef KEYPOST_HTTP_STATE_PEERS_H
#define KEYPOST_HTTP_STATE_PEERS_H

#include "http/server/server.h"
#include "http/state/site_state.h"

/* Fills out->peers, what counts them, and out->recon_port; out->last_seq is
 * set. */
MUST_CHECK enum status peers_read(struct store_session *s,
	const struct http_peer *list, size_t count, bool show_mail,
	struct arena *a, struct site_state *out, struct err *err);

#endif
