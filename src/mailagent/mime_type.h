/*
 * mime_type.h - type and parameters of a Content-Type or Content-Disposition
 *
 * Memory:  values live in `arena` or borrow the input.
 * Threads: pure; any thread.
 * Errors:  NOT_FOUND when there is no further parameter, LIMIT when comments
 *          nest too deep or the arena is full.
 * Source:  RFC 2045 section 5.1.
 */
#ifndef KEYPOST_MAILAGENT_MIME_TYPE_H
#define KEYPOST_MAILAGENT_MIME_TYPE_H

#include "base/arena.h"

struct mime_param {
	struct bytes name;
	struct bytes value; /* without quotes */
};

/* The words before the first ';', without comments, as `type/subtype`. */
MUST_CHECK enum status mime_type_read(struct arena *arena, struct bytes value,
	size_t *pos, struct bytes *type);
/* A parameter that makes no sense is skipped. */
MUST_CHECK enum status mime_type_next(struct arena *arena, struct bytes value,
	size_t *pos, struct mime_param *param);
/* 1 to 70 legal characters, the last no blank. */
bool mime_boundary_ok(struct bytes boundary);
/* .asc, .gpg, .pgp or .key at the end. */
bool mime_name_is_key(struct bytes name);

#endif
