/*
 * poly.h - polynomials over Z_p of small degree, and their roots
 *
 * A polynomial is its coefficients from x^0 up; the last one is not zero, and
 * the zero polynomial has none. FLINT does the work, but for powers.
 *
 * Memory:  values only; what FLINT takes is given back before the return,
 *          save for a small cache of each thread.
 * Threads: pure.
 * Errors:  as said at each function. Whatever a stranger chose, each of them
 *          comes to an end: time is bounded by the degree alone.
 * Source:  spec sks-recon section 8.
 */
#ifndef KEYPOST_RECON_POLY_H
#define KEYPOST_RECON_POLY_H

#include "recon/field.h"

enum { POLY_DEGREE_MAX = 20 };

struct poly {
	size_t len; /* degree + 1 */
	struct zp at[POLY_DEGREE_MAX + 1];
};

/* Leaves out what is zero at the end; LIMIT above the greatest degree. */
MUST_CHECK enum status poly_of(
	struct poly *f, const struct zp *coefficients, size_t len);
bool poly_eq(const struct poly *f, const struct poly *g);
struct zp poly_value(const struct poly *f, struct zp x);
/* The greatest common divisor, monic; zero only of two zeroes. */
void poly_gcd(const struct poly *f, const struct poly *g, struct poly *out);
/* f = g * quotient + rest; MALFORMED when g is zero. */
MUST_CHECK enum status poly_divide(const struct poly *f, const struct poly *g,
	struct poly *quotient, struct poly *rest);
/* (x + c)^exponent modulo f, which is monic and no constant. */
void poly_power(const struct poly *f, struct zp c, struct zp exponent,
	struct poly *out);
/*
 * All its roots, as many as the degree, ascending; `roots` has room for
 * them. MALFORMED when it does not split: is no product of distinct linear
 * factors (of none: a constant).
 */
MUST_CHECK enum status poly_roots(
	const struct poly *f, struct zp roots[POLY_DEGREE_MAX], size_t *count);

/* A thread that solved calls it before it ends: FLINT keeps memory for each. */
void poly_thread_done(void);

#endif
