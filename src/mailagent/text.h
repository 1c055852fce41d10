/*
 * text.h - the text of a letter's part: what readers and senders did to it
 *
 * Memory:  results are views of the input or live in `arena`; the input is
 *          borrowed.
 * Threads: pure; any thread.
 * Errors:  LIMIT when the arena is full.
 * Source:  RFC 3676 section 4.4 (space-stuffing), RFC 9580 section 7.2
 *          (dash-escaping).
 */
#ifndef KEYPOST_MAILAGENT_TEXT_H
#define KEYPOST_MAILAGENT_TEXT_H

#include "base/arena.h"

/* What the text of a part holds. */
struct text_found {
	bool plain;  /* a BEGIN line as it should stand */
	bool quoted; /* a BEGIN line behind "> " */
	bool inside; /* the words of BEGIN, but not as a line of their own */
};

/*
 * The next line without its LF or CRLF; false at the end. A lone CR is an
 * octet like any other.
 */
bool text_line(struct bytes in, size_t *pos, struct bytes *line);
bool text_contains(struct bytes in, const char *needle);

struct text_found text_find(struct bytes text);
/* Undoes the space-stuffing of format=flowed. */
MUST_CHECK enum status text_unstuff(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Undoes dash-escaping between BEGIN PGP SIGNED MESSAGE and its signature. */
MUST_CHECK enum status text_open_signed(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Only the lines that were quoted, without their marks. */
MUST_CHECK enum status text_unquote(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Tags out, five entities and <br>, <p>, <div> understood; no more. */
MUST_CHECK enum status text_strip_html(
	struct arena *arena, struct bytes in, struct bytes *out);
/* Printable ASCII, anything else and runs of blanks become one blank. */
MUST_CHECK enum status text_printable(
	struct arena *arena, struct bytes in, size_t max, struct bytes *out);

#endif
