/*
 * json_text.h - one string out of a JSON object, read in place
 *
 * Nothing is built: a body of many small values costs no more than itself.
 * What is skipped is only looked at for strings and brackets, so a body that
 * is not quite JSON may pass; the one string that counts is decoded strictly.
 * \u escapes beyond ASCII become '?': armor has none but in its comments.
 *
 * Memory:  `value` is a view into `data`, which is overwritten.
 * Threads: pure.
 * Errors:  MALFORMED: no object, or its end is missing; NOT_FOUND: it has no
 *          such string.
 * Source:  RFC 8259.
 */
#ifndef KEYPOST_HTTP_MESSAGE_JSON_TEXT_H
#define KEYPOST_HTTP_MESSAGE_JSON_TEXT_H

#include "base/bytes.h"

/* The first member `name` of the outermost object, if it is a string. */
MUST_CHECK enum status json_text_find(
	uint8_t *data, size_t len, const char *name, struct bytes *value);

#endif
