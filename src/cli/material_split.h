/*
 * material_split.h - a giant certificate in pieces that are certificates
 *
 * One submission holds so many packets and octets; what is beyond would be
 * cut off by rank before anything was verified, and whoever floods a key
 * could have the owner's word cut off. So a giant one comes in pieces, each
 * with the primary key and with the component that its signatures hang from:
 * first all components and what claims to be the owner's, then the rest. The
 * store unites them; what is kept is what would be kept of the whole, but for
 * signatures that stand in the wrong place.
 *
 * Memory:  a piece is borrowed until the sink returns.
 * Threads: one.
 * Errors:  what the sink returned.
 * Source:  spec openpgp 8.1, 9; reliability L13.
 */
#ifndef KEYPOST_CLI_MATERIAL_SPLIT_H
#define KEYPOST_CLI_MATERIAL_SPLIT_H

#include "cli/material.h"

enum {
	/* Of a piece; below CERT_PACKETS_MAX, and CONTROL_BODY_MAX. */
	SPLIT_PACKETS = 50000,
	SPLIT_OCTETS = 8 * 1024 * 1024
};

/*
 * `cert`: a primary key and all that follows it to the next. Pieces hold at
 * most so many packets, at least three, and octets, but one packet always
 * fits. The sink's `settle` is called after each.
 */
MUST_CHECK enum status material_split(const struct material_piece *cert,
	size_t packets, size_t octets, const struct material_sink *sink,
	struct err *err);

#endif
