/*
 * gossip_count.h - how gossip stands, for the statistics and the metrics
 *
 * Memory:  counters of base/gossip.h; nothing kept.
 * Threads: any, one at a time.
 * Errors:  none.
 */
#ifndef KEYPOST_RECON_GOSSIP_COUNT_H
#define KEYPOST_RECON_GOSSIP_COUNT_H

#include "recon/gossip.h"

/* Tells what gossip_look_at and gossip_look_at_peer tell now. */
void gossip_count(struct gossip *g);

#endif
