/*
 * subpacket.h - walk over the subpackets of a signature
 *
 * Memory:  views into the area.
 * Threads: pure.
 * Errors:  MALFORMED for length 0 or a length beyond the area.
 * Source:  RFC 9580 section 5.2.3.7.
 */
#ifndef KEYPOST_PGP_SUBPACKET_H
#define KEYPOST_PGP_SUBPACKET_H

#include "base/reader.h"

struct subpacket {
	uint8_t type;
	bool critical;
	struct bytes body;
};

/* NOT_FOUND at the end. */
MUST_CHECK enum status subpacket_next(struct reader *area, struct subpacket *s);

#endif
