/*
 * material_armored.h - a block of armor that is read line by line: what it
 * decodes to, and where that has gaps
 *
 * Memory:  what is decoded and not cut yet.
 * Threads: one.
 * Units:   octets.
 * Errors:  what the sink returned.
 */
#ifndef KEYPOST_CLI_MATERIAL_ARMORED_H
#define KEYPOST_CLI_MATERIAL_ARMORED_H

#include "cli/material_armor.h"
#include "pgp/base64.h"

enum { ARMORED_CUT_AT = 512 * 1024 };

enum stage { STAGE_BEGIN, STAGE_HEADERS, STAGE_BODY, STAGE_PASSED_OVER };

struct armored {
	struct cutter in; /* of what is decoded */
	enum stage stage;
	uint8_t prefix[64];
	size_t prefix_len;
	size_t width;  /* of lines, where each is base64 by itself; or 0 */
	uint64_t line; /* its number; the BEGIN line's is 1 */
	struct base64_decoder dec;
	unsigned skip;   /* characters of a group that is damaged */
	struct buf out;  /* decoded, and not cut */
	uint64_t base;   /* its offset in all that is decoded */
	size_t want;     /* so much of it before it is cut */
	size_t last_out; /* the last line: where its octets are */
	uint64_t last_at, last_line;
	uint64_t batch;    /* a place in the octets, ... */
	uint64_t batch_at; /* ... and in the text */
	uint32_t crc;
	uint64_t crc_upto;
	bool behind_crc;
	/* Lines that are damaged. */
	bool any_gap, gap, gap_names, gap_behind_crc;
	uint64_t gap_at, gap_line, gap_lines, gap_base;
};

void armored_add_crc(struct armored *a);
/* What is decoded, to the end if it is the last before a gap. */
MUST_CHECK enum status armored_cut_decoded(
	struct armored *a, enum window_end end, struct err *err);
/* The line at `at` begins: is it time? */
MUST_CHECK enum status armored_cut_if_due(
	struct armored *a, uint64_t at, struct err *err);
/* The last characters, be they a whole group or not. */
MUST_CHECK enum status armored_put_last_group(struct armored *a);
/* `n` characters of a line that is none. */
MUST_CHECK enum status armored_put_gap(struct armored *a, size_t n,
	uint64_t line, uint64_t at, struct err *err);
/* It is known how many lines the gap has. */
void armored_close_gap(struct armored *a);

#endif
