/*
 * head.h - bounded scanner of a letter's header fields
 *
 * Takes LF, CRLF and mixed line ends, an mbox "From " line, folding, fields
 * without a blank line before the body, and octets of any value. A line that
 * is no field is skipped; what stands after it still counts.
 *
 * Memory:  fields are views into the letter, the array lives in `arena`.
 * Threads: pure; any thread.
 * Units:   octets.
 * Errors:  LIMIT for a head over 1 MiB or 2,000 fields, a field over 64 KiB
 *          or comments nested deeper than 32 (reliability L16).
 * Source:  RFC 5322 sections 2.2, 3.2.2 and 4.
 */
#ifndef KEYPOST_MAILAGENT_HEAD_H
#define KEYPOST_MAILAGENT_HEAD_H

#include "base/arena.h"

enum {
	HEAD_MAX = 1024 * 1024,
	HEAD_FIELDS_MAX = 2000,
	HEAD_FIELD_MAX = 64 * 1024,
	HEAD_COMMENT_DEPTH = 32
};

struct head_field {
	struct bytes name;  /* as spelled */
	struct bytes value; /* after the colon, folds still inside */
};

struct head {
	struct head_field *fields;
	size_t count;
	size_t body; /* where the body starts */
};

MUST_CHECK enum status head_scan(struct arena *arena, struct bytes letter,
	struct head *out, struct err *err);
/* The next field of that name, any case, from *pos on. */
bool head_next(const struct head *h, const char *name, size_t *pos,
	struct bytes *value);
/* The first one; false when there is none. */
bool head_find(const struct head *h, const char *name, struct bytes *value);
/* True if a field's name starts with `prefix`, any case. */
bool head_has_prefix(const struct head *h, const char *prefix);
/* Line ends and control characters become blanks; trimmed. */
MUST_CHECK enum status head_unfold(
	struct arena *arena, struct bytes value, struct bytes *out);
/* LIMIT when parentheses outside of quotes nest deeper than the limit. */
MUST_CHECK enum status head_check_comments(struct bytes value);

#endif
