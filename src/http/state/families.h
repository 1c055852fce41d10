/*
 * families.h - what the metrics call the counters of base/counter
 *
 * Threads: constant.
 */
#ifndef KEYPOST_HTTP_STATE_FAMILIES_H
#define KEYPOST_HTTP_STATE_FAMILIES_H

#include <stddef.h>

struct family {
	const char *counter; /* its name without its label */
	const char *name;
	const char *type;
	const char *help;
};

extern const struct family families[];
extern const size_t families_count;

#endif
