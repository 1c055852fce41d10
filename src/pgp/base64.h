/*
 * base64.h - base64 without lines, as fast as plain C goes
 *
 * Memory:  the caller gives the room; nothing is allocated.
 * Threads: pure.
 * Units:   octets and characters.
 * Source:  RFC 4648 section 4.
 */
#ifndef KEYPOST_PGP_BASE64_H
#define KEYPOST_PGP_BASE64_H

#include "base/bytes.h"

/* The characters that n octets become, padding included. */
size_t base64_encoded_size(size_t n);
/* Writes base64_encoded_size(in.len) characters, no NUL. */
void base64_encode(struct bytes in, char *out);

/* Decodes a text that comes in pieces, as lines do. */
struct base64_decoder {
	uint32_t bits; /* of characters not yet written as octets */
	unsigned held; /* characters in bits: 0 to 3 */
	unsigned padding;
	bool failed; /* sticks */
};

/*
 * Decodes a piece; blanks and tabs are passed over and counted in *blanks.
 * `out` has room for 3 octets per 4 characters, those held before included.
 * Returns the octets written.
 */
size_t base64_decode(struct base64_decoder *d, struct bytes piece, uint8_t *out,
	size_t *blanks);
/* The last octets (0 to 2); missing padding is fine. */
size_t base64_finish(struct base64_decoder *d, uint8_t *out);
bool base64_is_char(uint8_t c);

#endif
