/*
 * material_armor.h - armored key material in windows, however it is damaged
 *
 * A block that is sound and not large is decoded whole, by the reader that
 * takes what web pages and mail programs did to it, too. Any other is decoded
 * line by line, as far as its lines are whole: what a damaged line costs are
 * the certificates that have octets in it.
 *
 * Memory:  what is decoded of one certificate; of what a window holds, a copy.
 * Threads: one.
 * Units:   octets; `base` is the window's offset in the input.
 * Errors:  what the sink returned.
 * Source:  spec openpgp 11.
 */
#ifndef KEYPOST_CLI_MATERIAL_ARMOR_H
#define KEYPOST_CLI_MATERIAL_ARMOR_H

#include "cli/material_cutter.h"
#include "pgp/armor_body.h"

/* ---- material_armor.c ---- */

/* In a text without BEGIN line: are there lines of base64 to be read, of a
 * block that lost its own? They begin at `body`. What else stands there in the
 * place of a block is told. */
bool armored_find_orphan(struct cutter *c, struct bytes text, uint64_t base,
	enum window_end end, size_t *body);
/* A block begins within a line of `in`, at `at`. *used: as cutter_take. */
MUST_CHECK enum status armored_cut(struct cutter *c, struct bytes in, size_t at,
	uint64_t base, enum window_end end, size_t *used, struct err *err);

/* ---- material_armor_lines.c ---- */

/* c->armored: its lines come next, from the BEGIN line on; or from the first
 * of base64 if that one is lost. What is no ARMOR_KEY is passed over. */
void armored_begin(struct cutter *c, enum armor_kind kind, struct bytes prefix,
	bool orphan, uint64_t at);
/* Takes lines; c->armored is NULL behind the last of the block. */
MUST_CHECK enum status armored_take(struct cutter *c, struct bytes in,
	uint64_t base, enum window_end end, size_t *used, struct err *err);
void armored_free(struct armored *a);

/* A line with its end, or so much of a longer one; false: its end is yet to
 * come. */
bool armored_line(struct bytes in, size_t max, enum window_end end,
	struct bytes *line, size_t *len);
/* How long the lines of base64 at the beginning are: of one that comes twice,
 * or of the only one; 0: no telling. */
size_t armored_width(struct bytes in, struct bytes prefix);

#endif
