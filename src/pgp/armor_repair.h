/*
 * armor_repair.h - undo what web pages and mail programs do to base64
 *
 * Memory:  results live in the arena.
 * Threads: pure; linear time.
 * Errors:  LIMIT for a full arena.
 * Source:  spec openpgp section 11, steps 1 and 6.
 */
#ifndef KEYPOST_PGP_ARMOR_REPAIR_H
#define KEYPOST_PGP_ARMOR_REPAIR_H

#include "base/arena.h"

typedef enum status armor_repair(
	struct arena *arena, struct bytes in, struct bytes *out);

/* Drops <...>, decodes character references. */
MUST_CHECK enum status armor_repair_html(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Joins lines that end in "=", decodes =XX. */
MUST_CHECK enum status armor_repair_quoted(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Blanks inside a line were plus signs. */
MUST_CHECK enum status armor_repair_plus(
	struct arena *arena, struct bytes in, struct bytes *out);
/* The value of the field `keytext` of a form, decoded. */
MUST_CHECK enum status armor_repair_form(
	struct arena *arena, struct bytes in, struct bytes *out);

#endif
