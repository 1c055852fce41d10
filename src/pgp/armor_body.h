/*
 * armor_body.h - the lines of one armored block, and their base64 -> octets
 *
 * Memory:  results live in the arena.
 * Threads: pure.
 * Source:  RFC 9580 section 6; spec openpgp section 11, steps 4 and 6.
 */
#ifndef KEYPOST_PGP_ARMOR_BODY_H
#define KEYPOST_PGP_ARMOR_BODY_H

#include "pgp/armor.h"

/* The lines between the headers and the END line. */
struct armor_body {
	struct bytes text;
	struct bytes prefix; /* quote marks or blanks before each line */
};

/*
 * Decodes as RFC 9580 says; with ARMOR_LENIENT repairs, one at a time, what
 * does not decode. Fills octets, status and note of `block`. LIMIT: the arena
 * is full.
 */
MUST_CHECK enum status armor_body_read(struct arena *arena,
	const struct armor_body *body, enum armor_mode mode,
	struct armor_block *block);

/* Are the octets whole packets, from the first to the last? */
bool armor_body_frames(struct arena *arena, struct bytes octets);

enum armor_kind {
	ARMOR_NO_BEGIN,
	ARMOR_KEY, /* or signatures, as a revocation is */
	ARMOR_PRIVATE,
	ARMOR_SIGNED_TEXT,
	ARMOR_OTHER
};

/* Is this line a BEGIN line, of what, and what stands before it? */
enum armor_kind armor_begin(
	struct bytes line, enum armor_mode mode, struct bytes *prefix);
bool armor_is_end(struct bytes line);
/* "Name: value" or "Name:". */
bool armor_is_header(struct bytes line);
/* Nothing but base64, and padding. */
bool armor_is_base64(struct bytes line);
/* Is it a line of "=" and four characters? */
bool armor_body_is_crc(struct bytes line);
/* `line` without the prefix, or without what a mail program left of it, and
 * without blanks at its end. */
struct bytes armor_body_line(struct bytes line, struct bytes prefix);

#endif
