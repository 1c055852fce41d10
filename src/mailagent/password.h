/*
 * password.h - a password out of a file of its own
 *
 * Memory:  the caller's, who has to wipe it; after a failure there is nothing
 *          in it.
 * Threads: any.
 * Errors:  IO, and err says what an operator has to do.
 */
#ifndef KEYPOST_MAILAGENT_PASSWORD_H
#define KEYPOST_MAILAGENT_PASSWORD_H

#include <stddef.h>

#include "base/status.h"

/*
 * The first line, without its end, of a plain file that only its owner and
 * group may use. It has 1 to size - 2 octets; a longer one is refused, not
 * cut.
 */
MUST_CHECK enum status password_read(
	const char *path, char *text, size_t size, struct err *err);

#endif
