/*
 * visible.h - the text of others, on a terminal and as JSON
 *
 * Names of files may hold any octets: control characters would move the cursor
 * or forge lines, octets that are no UTF-8 make no JSON.
 *
 * Memory:  what is made is the caller's.
 * Threads: pure.
 */
#ifndef KEYPOST_CLI_VISIBLE_H
#define KEYPOST_CLI_VISIBLE_H

#include <jansson.h>

#include "base/bytes.h"

/*
 * At most so many characters, in UTF-8; "?" for each control character, each
 * that changes the direction of what follows, and each octet that is no text.
 */
char *visible_text(struct bytes text, size_t chars);
/* As it is if it is UTF-8, or as visible_text makes it. */
json_t *visible_json(const char *text);

#endif
