/*
 * canary_peer.h - a server on the loopback that gives one answer to all
 *
 * Threads: its own; what is below is called by the test.
 */
#ifndef KEYPOST_TEST_CANARY_PEER_H
#define KEYPOST_TEST_CANARY_PEER_H

#include "base/bytes.h"

/* Gives its port; it answers 404 with nothing. */
unsigned int canary_peer_start(void);
void canary_peer_stop(void);
/* From now on it answers so, with these octets armored. */
void canary_peer_serves(unsigned int status, struct bytes octets);
/* How often it was asked. */
int canary_peer_asked(void);

#endif
