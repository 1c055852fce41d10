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
/* Which is larger; of two that were read. */
int numbers_cmp(struct bytes a, struct bytes b);
/* Do n MPIs announce just the bits that they have? */
bool numbers_are_plain(struct bytes octets, size_t n);

#endif
