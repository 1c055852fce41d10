/*
 * peer.h - name, address, cursor, retry state; planned letters; what is owed
 *
 * Memory:  strings are borrowed: from the caller when written, from the arena
 *          given when read.
 * Units:   times are seconds since 1970; 0 is never.
 * Source:  design: reliability D4, spec pks-mail 8.2.
 */
#ifndef KEYPOST_STORE_PEER_H
#define KEYPOST_STORE_PEER_H

#include "pgp/fingerprint.h"

enum peer_flag {
	PEER_PAUSED = 1 << 0, /* by the operator */
	PEER_RESYNC = 1 << 1, /* its cursor was moved up over lost changes */
	PEER_STOPPED = 1 << 2 /* refused for good; an operator must act */
};

struct peer {
	const char *name;
	const char *address;
	int64_t cursor; /* changes up to and with this are delivered */
	uint32_t flags;
	uint32_t attempts; /* failed in a row */
	int64_t next_try;
	int64_t last_sent;
	int64_t last_received;
	const char *last_error; /* "" when the last attempt went well */
};

/* Changes (first_seq .. last_seq) that travel in one letter to one peer. */
struct letter {
	int64_t first_seq;
	int64_t last_seq;
	uint32_t attempts;
};

/* A certificate that a peer could not take. */
struct owed {
	struct cert_id cert;
	int64_t since;
	const char *reason;
};

#endif
