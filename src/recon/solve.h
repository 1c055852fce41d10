/*
 * solve.h - two sets' sizes and samples -> what each lacks, if that is little
 *
 * With mbar + 1 samples of each set, up to mbar differences can be found. A
 * partner that lies may steer the answer; so whoever uses one looks whether
 * he has what is said to be `ours`, and not what is said to be `theirs`.
 *
 * Memory:  values only.
 * Threads: pure.
 * Errors:  LIMIT when the samples do not tell: too many differences, or
 *          samples and sizes that no two sets have.
 * Source:  spec sks-recon section 8.
 */
#ifndef KEYPOST_RECON_SOLVE_H
#define KEYPOST_RECON_SOLVE_H

#include "recon/field.h"
#include "recon/poly.h"

enum { SOLVE_MBAR_MAX = POLY_DEGREE_MAX };

struct solve_side {
	uint32_t size;
	const struct zp *samples; /* mbar + 1 of them */
};

/* Ascending by number. */
struct solution {
	size_t their_count, our_count;
	struct zp theirs[SOLVE_MBAR_MAX]; /* what only the other side has */
	struct zp ours[SOLVE_MBAR_MAX];
};

MUST_CHECK enum status solve(const struct solve_side *their,
	const struct solve_side *our, unsigned int mbar, struct solution *out);

#endif
