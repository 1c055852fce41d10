/*
 * numbers.h - the MPIs of a key or a signature, without leading zeros
 *
 * Memory:  views of what is read.
 * Threads: pure.
 * Units:   bits as the number has, not as it announces.
 */
#ifndef KEYPOST_PGP_NUMBERS_H
#define KEYPOST_PGP_NUMBERS_H

#include "base/reader.h"

enum { NUMBERS_MAX = 4 };

struct numbers {
	struct bytes list[NUMBERS_MAX];
	size_t bits[NUMBERS_MAX];
};

/* Takes n MPIs, at most NUMBERS_MAX; false when they are not all there. */
bool numbers_read(struct reader *in, size_t n, struct numbers *out);

#endif
