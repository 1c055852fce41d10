/*
 * conf_file.h - one configuration file, line by line
 *
 * inih splits lines into sections, keys and values; this adds what it lacks:
 * line numbers for every fault, a stop at the first one, and refusals where
 * inih would cut in silence (long lines, long names, NULs).
 *
 * Memory:  strings given to the sink are borrowed until it returns.
 * Threads: one.
 * Errors:  NOT_FOUND: no such file. IO: it cannot be read. MALFORMED, or what
 *          the sink returned, with err "FILE:LINE: what is wrong". LIMIT: over
 *          CONF_FILE_MAX.
 */
#ifndef KEYPOST_CONF_CONF_FILE_H
#define KEYPOST_CONF_CONF_FILE_H

#include "base/bytes.h"

enum { CONF_FILE_MAX = 1024 * 1024 };

struct conf_line {
	const char *file;
	int number;
	const char *section; /* "" before the first */
	const char *key;     /* NULL: a section begins here */
	const char *value;
};

struct conf_sink {
	enum status (*line)(
		void *ctx, const struct conf_line *line, struct err *err);
	void *ctx;
};

MUST_CHECK enum status conf_file_parse(struct bytes text, const char *file,
	const struct conf_sink *sink, struct err *err);
MUST_CHECK enum status conf_file_read(
	const char *path, const struct conf_sink *sink, struct err *err);

#endif
