/*
 * packet.h - packet framing: both header formats, partial lengths
 *
 * A packet is (tag, body); its header's form is no part of its identity.
 *
 * Memory:  views into the input; bodies sent in partial chunks are joined in
 *          the arena.
 * Threads: pure.
 * Units:   octets.
 * Errors:  packet_next: NOT_FOUND at the end of input; MALFORMED for a bad
 *          header or a cut packet, with the reason in err and `pos` at the
 *          offset where it begins (every packet before it was good);
 *          UNSUPPORTED for too many chunks: the packet is passed over, and
 *          `p` has its tag and no body; LIMIT for a full arena.
 * Source:  RFC 9580 section 4.2; spec openpgp section 1.
 */
#ifndef KEYPOST_PGP_PACKET_H
#define KEYPOST_PGP_PACKET_H

#include "base/arena.h"

enum packet_tag {
	PACKET_SIGNATURE = 2,
	PACKET_SECRET_KEY = 5,
	PACKET_PUBLIC_KEY = 6,
	PACKET_SECRET_SUBKEY = 7,
	PACKET_USER_ID = 13,
	PACKET_PUBLIC_SUBKEY = 14,
	PACKET_USER_ATTRIBUTE = 17
};

struct packet {
	uint8_t tag;
	struct bytes body;
	struct bytes whole; /* as it came, header included */
};

struct packet_reader {
	struct bytes in;
	size_t pos;
	struct arena *arena;
};

struct packet_reader packet_reader_of(struct bytes in, struct arena *arena);
MUST_CHECK enum status packet_next(
	struct packet_reader *r, struct packet *p, struct err *err);
/* The tag at `pos`, also of a packet that is cut; 0 when it is no header. */
uint8_t packet_peek_tag(const struct packet_reader *r);

/*
 * The header keypost writes. Old form with the shortest length (two octets
 * at least for tags 6 and 14) for tags 1-15, new form with a five-octet length
 * above; every packet of a version 6 certificate in new form, shortest length.
 * Returns the header's octets, 2 to 6.
 */
size_t packet_write_header(
	uint8_t tag, size_t body_len, bool v6, uint8_t out[6]);
MUST_CHECK enum status packet_write(
	struct buf *out, uint8_t tag, struct bytes body, bool v6);

#endif
