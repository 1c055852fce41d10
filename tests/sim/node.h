/*
 * node.h - one simulated server: store, ingest and src/mail in a process
 *
 * Plays keypost-mail for its own daemon half and passes letters on to the
 * network, both ways, through one socket. Its clock stands still between the
 * steps that SIM_TIME makes; the answer to SIM_TIME comes when nothing moves.
 */
#ifndef KEYPOST_SIM_NODE_H
#define KEYPOST_SIM_NODE_H

#include "sim.h"

struct node_settings {
	const char *folder;
	enum sim_shape shape;
	size_t hosts, index;
	int socket;
	int64_t now;
};

/* The address of a server: pks@sN.example. */
enum { NODE_ADDRESS_MAX = 40 };
void node_address(size_t index, char out[NODE_ADDRESS_MAX]);

/* The process itself; does not return. */
_Noreturn void node_run(const struct node_settings *settings);

#endif
