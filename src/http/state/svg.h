/*
 * svg.h - what the pictures share: size, colours, text
 *
 * A picture is shown by an <img> of a page that allows no style of its own,
 * so it carries its style sheet; a light and a dark one, and its own ground,
 * so that it can be read alone.
 *
 * Memory:  `p` is the caller's.
 * Threads: pure.
 */
#ifndef KEYPOST_HTTP_STATE_SVG_H
#define KEYPOST_HTTP_STATE_SVG_H

#include "http/pages/page.h"

/* Opens it: title and description for who does not see it; then the ground. */
void svg_open(struct page *p, int width, int height, const char *title,
	const char *description);
void svg_close(struct page *p);

/* At most `max` characters of it, the last an ellipsis if some are missing. */
void svg_text(struct page *p, const char *text, size_t max);

#endif
