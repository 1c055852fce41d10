#include "recon/solve.h"

#include <string.h>

enum { ROWS = SOLVE_MBAR_MAX, COLUMNS = SOLVE_MBAR_MAX + 1 };

/* f(x) = A(x) / B(x) at the points; A and B are monic. */
struct system {
	unsigned int rows, a, b; /* rows = a + b, the degrees */
	struct zp at[ROWS][COLUMNS];
};

/* ---- the rational function -------------------------------------------- */

/* False when a sample is zero: no set of digests has such a one. */
static bool
solve_ratios(const struct solve_side *their, const struct solve_side *our,
	unsigned int mbar, struct zp *f)
{
	unsigned int i;

	for (i = 0; i <= mbar; i++) {
		f[i] = our->samples[i];
		if (zp_is_zero(f[i]) || zp_is_zero(their->samples[i]))
			return false;
	}
	zp_inverses(f, mbar + 1);
	for (i = 0; i <= mbar; i++)
		f[i] = zp_mul(their->samples[i], f[i]);
	return true;
}

/* sum k^i A_i - f sum k^i B_i = f k^b - k^a, for each point k. */
static void
system_fill(struct system *s, const struct zp *f)
{
	unsigned int i, j;

	for (j = 0; j < s->rows; j++) {
		struct zp k = zp_point(j), power = zp_of(1), right;

		for (i = 0; i < s->a; i++) {
			s->at[j][i] = power;
			power = zp_mul(power, k);
		}
		right = zp_neg(power);
		power = zp_of(1);
		for (i = 0; i < s->b; i++) {
			s->at[j][s->a + i] = zp_neg(zp_mul(f[j], power));
			power = zp_mul(power, k);
		}
		s->at[j][s->rows] = zp_add(right, zp_mul(f[j], power));
	}
}

static void
system_swap(struct system *s, unsigned int j, unsigned int k)
{
	struct zp row[COLUMNS];

	memcpy(row, s->at[j], sizeof(row));
	memcpy(s->at[j], s->at[k], sizeof(row));
	memcpy(s->at[k], row, sizeof(row));
}

/* Makes column `c` of row `r` one and of all others zero, if it can. */
static bool
system_pivot(struct system *s, unsigned int r, unsigned int c)
{
	struct zp factor;
	unsigned int i, j = r;

	while (j < s->rows && zp_is_zero(s->at[j][c]))
		j++;
	if (j == s->rows)
		return false;
	system_swap(s, r, j);
	factor = zp_inverse(s->at[r][c]);
	for (i = c; i <= s->rows; i++)
		s->at[r][i] = zp_mul(s->at[r][i], factor);
	for (j = 0; j < s->rows; j++) {
		factor = s->at[j][c];
		if (j == r || zp_is_zero(factor))
			continue;
		for (i = c; i <= s->rows; i++)
			s->at[j][i] = zp_sub(
				s->at[j][i], zp_mul(factor, s->at[r][i]));
	}
	return true;
}

/* Free unknowns become zero; false when a row contradicts. */
static bool
system_solve(struct system *s, struct zp *unknown)
{
	unsigned int pivot[ROWS], c, r = 0, j;

	for (c = 0; c < s->rows; c++) {
		unknown[c] = zp_of(0);
		if (r < s->rows && system_pivot(s, r, c))
			pivot[r++] = c;
	}
	for (j = 0; j < r; j++)
		unknown[pivot[j]] = s->at[j][s->rows];
	for (; j < s->rows; j++)
		if (!zp_is_zero(s->at[j][s->rows]))
			return false;
	return true;
}

/* x^degree + what was found. */
static enum status
monic(struct poly *f, const struct zp *low, unsigned int degree)
{
	struct zp all[COLUMNS];

	memcpy(all, low, degree * sizeof(*low));
	all[degree] = zp_of(1);
	return poly_of(f, all, degree + 1);
}

/* ---- the differences -------------------------------------------------- */

static enum status
solve_lowest_terms(struct poly *a, struct poly *b)
{
	struct poly common, rest;
	enum status st;

	poly_gcd(a, b, &common);
	st = poly_divide(a, &common, a, &rest);
	return st == STATUS_OK ? poly_divide(b, &common, b, &rest) : st;
}

/* The sample that was kept back must agree. */
static bool
solve_agrees(const struct poly *a, const struct poly *b, unsigned int mbar,
	struct zp f)
{
	struct zp x = zp_point(mbar), below = poly_value(b, x);

	return !zp_is_zero(below) && zp_eq(poly_value(a, x), zp_mul(f, below));
}

/* Only after the check are roots worth their time. */
static enum status
solve_roots(const struct poly *a, const struct poly *b, struct solution *out)
{
	struct solution s;
	enum status st = poly_roots(a, s.theirs, &s.their_count);

	if (st == STATUS_OK)
		st = poly_roots(b, s.ours, &s.our_count);
	if (st == STATUS_OK)
		*out = s;
	return st;
}

static enum status
solve_system(struct system *s, const struct zp *f, unsigned int mbar,
	struct solution *out)
{
	struct zp unknown[ROWS];
	struct poly a, b;
	enum status st;

	system_fill(s, f);
	if (!system_solve(s, unknown))
		return STATUS_LIMIT;
	st = monic(&a, unknown, s->a);
	if (st == STATUS_OK)
		st = monic(&b, unknown + s->a, s->b);
	if (st == STATUS_OK)
		st = solve_lowest_terms(&a, &b);
	if (st == STATUS_OK && !solve_agrees(&a, &b, mbar, f[mbar]))
		st = STATUS_LIMIT;
	return st == STATUS_OK ? solve_roots(&a, &b, out) : st;
}

/* Of equal sets; nearly all that are compared are equal. */
static bool
solve_all_one(const struct zp *f, unsigned int n)
{
	while (n && zp_eq(f[n - 1], zp_of(1)))
		n--;
	return !n;
}

enum status
solve(const struct solve_side *their, const struct solve_side *our,
	unsigned int mbar, struct solution *out)
{
	int64_t d = (int64_t)their->size - (int64_t)our->size;
	struct zp f[SOLVE_MBAR_MAX + 1];
	struct system s;

	if (mbar > SOLVE_MBAR_MAX || d > (int64_t)mbar || -d > (int64_t)mbar)
		return STATUS_LIMIT;
	if (!solve_ratios(their, our, mbar, f))
		return STATUS_LIMIT;
	if (d == 0 && solve_all_one(f, mbar + 1)) {
		out->their_count = out->our_count = 0;
		return STATUS_OK;
	}
	s.rows = mbar;
	if (((int64_t)mbar + d) % 2)
		s.rows--;
	s.a = (unsigned int)(((int64_t)s.rows + d) / 2);
	s.b = s.rows - s.a;
	if (solve_system(&s, f, mbar, out) != STATUS_OK)
		return STATUS_LIMIT;
	return STATUS_OK;
}
