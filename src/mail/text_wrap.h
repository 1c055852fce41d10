/*
 * text_wrap.h - sentences in lines that every mail reader shows whole
 *
 * Threads: pure.
 * Units:   columns; a character of UTF-8 takes one.
 * Errors:  LIMIT.
 */
#ifndef KEYPOST_MAIL_TEXT_WRAP_H
#define KEYPOST_MAIL_TEXT_WRAP_H

#include "base/bytes.h"

enum { TEXT_WRAP_WIDTH = 72 };

/* A sentence and a line end; all lines but the first begin at `column`, where
 * the first is already. */
MUST_CHECK enum status text_wrap(
	struct buf *out, const char *text, size_t column);
/* The same with a blank line before it, unless it is the first. */
MUST_CHECK enum status text_paragraph(struct buf *out, const char *text);

#endif
