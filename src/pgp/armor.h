/*
 * armor.h - ASCII armor, both directions
 *
 * Reading takes all PUBLIC KEY BLOCKs (and SIGNATURE blocks, for standalone
 * revocations) of a text, repairs what mail and web pages do to armor, and
 * says what it found. Binary input passes as one block.
 *
 * Memory:  blocks live in the arena.
 * Threads: pure.
 * Units:   octets.
 * Errors:  armor_read: REJECTED when there is secret key armor (nothing is
 *          returned; the caller wipes its buffer); MALFORMED when nothing at
 *          all can be read; LIMIT for a full arena or over L14.
 * Source:  RFC 9580 section 6; spec openpgp section 11.
 */
#ifndef KEYPOST_PGP_ARMOR_H
#define KEYPOST_PGP_ARMOR_H

#include "base/arena.h"

enum armor_mode {
	ARMOR_LENIENT, /* people: repairs allowed, CRC only warned about */
	ARMOR_STRICT /* letters: wrong CRC, no END, no separator refuse a block
		      */
};

struct armor_block {
	struct bytes octets; /* decoded; empty when status is not OK */
	enum status status;  /* MALFORMED: this block was refused */
	const char *note; /* why refused, or a warning; NULL: nothing to say */
};

struct armor_blocks {
	struct armor_block *list;
	size_t count;
	size_t good; /* blocks with STATUS_OK */
};

enum { ARMOR_BLOCKS_MAX = 64 }; /* L14 */

MUST_CHECK enum status armor_read(struct arena *arena, struct bytes text,
	enum armor_mode mode, struct armor_blocks *out, struct err *err);

/* Octets that armor_write adds for n octets of key material. */
size_t armor_written_size(size_t n, const char *comment, bool crc);
/*
 * One PUBLIC KEY BLOCK: comment (may be NULL), blank line, 64 columns, CRC-24
 * when `crc`, LF. `octets` may come in parts.
 */
MUST_CHECK enum status armor_write(struct buf *out, const struct bytes *parts,
	size_t n, const char *comment, bool crc);

/* One SIGNATURE block of the same form. */
MUST_CHECK enum status armor_write_signature(
	struct buf *out, struct bytes octets);

/* CRC-24 of RFC 9580 section 6.1, continued from `crc`. */
enum { ARMOR_CRC_START = 0xB704CE };
uint32_t armor_crc24(uint32_t crc, struct bytes b);

#endif
