/*
 * show_gossip.h - what the daemon says of gossip, in words
 *
 * Memory:  nothing kept.
 * Threads: one.
 */
#ifndef KEYPOST_CLI_SHOW_GOSSIP_H
#define KEYPOST_CLI_SHOW_GOSSIP_H

#include "cli/show.h"

/* The line of `recon status` that tells of the tree. */
void show_gossip_tree(const json_t *line);
/* One that tells of a peer; `label` begins it. */
void show_gossip_peer(const json_t *line, const char *label);
/* How its last talk with a peer ended; static, or of the line. */
const char *show_gossip_end(const json_t *line);
/* What the talk found that `recon run` waited for. */
void show_gossip_talk(const json_t *line);

#endif
