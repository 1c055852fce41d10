/*
 * conf_gossip.h - what [gossip] and its peers say, checked and filled in
 *
 * Threads: pure.
 */
#ifndef KEYPOST_CONF_CONF_GOSSIP_H
#define KEYPOST_CONF_CONF_GOSSIP_H

#include "conf/conf.h"

/* What is taken from other sections, unless it was said. */
void conf_finish_gossip(struct conf *c);
/* MALFORMED: *key is at fault, that of [peer] `peer`, or of [gossip]. */
MUST_CHECK enum status conf_check_gossip(
	const struct conf *c, size_t *peer, const char **key, struct err *err);

#endif
