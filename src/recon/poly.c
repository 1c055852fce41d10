#include "recon/poly.h"

#include <stdlib.h>

#include <flint/fmpz.h>
#include <flint/fmpz_mod.h>
#include <flint/fmpz_mod_poly.h>

/*
 * Each try parts two given roots with probability one half, whatever they
 * are; so this many fail together for no polynomial that can be found.
 */
enum { SPLIT_TRIES = 256 };

/* ---- to FLINT and back ------------------------------------------------ */

/* Its words are the machine's. */
enum { PARTS = 64 / FLINT_BITS, WORDS = ZP_LIMBS * PARTS };

struct ring {
	fmpz_mod_ctx_t ctx;
};

static void
fmpz_of(fmpz_t out, const struct zp *a)
{
	ulong words[WORDS];

	for (size_t i = 0; i < WORDS; i++)
		words[i] = (ulong)(a->limb[i / PARTS] >>
				   (i % PARTS * FLINT_BITS));
	fmpz_set_ui_array(out, words, WORDS);
}

static struct zp
zp_of_fmpz(const fmpz_t a)
{
	struct zp r = {{0, 0, 0}};
	ulong words[WORDS];

	fmpz_get_ui_array(words, WORDS, a);
	for (size_t i = 0; i < WORDS; i++)
		r.limb[i / PARTS] |= (uint64_t)words[i]
				     << (i % PARTS * FLINT_BITS);
	return r;
}

static void
ring_init(struct ring *ring)
{
	fmpz_t prime;

	fmpz_init(prime);
	fmpz_of(prime, &zp_prime);
	fmpz_mod_ctx_init(ring->ctx, prime);
	fmpz_clear(prime);
}

static void
ring_done(struct ring *ring)
{
	fmpz_mod_ctx_clear(ring->ctx);
}

static void
ring_poly(struct ring *ring, fmpz_mod_poly_t out, const struct poly *f)
{
	fmpz_t c;
	size_t i;

	fmpz_init(c);
	fmpz_mod_poly_init(out, ring->ctx);
	for (i = 0; i < f->len; i++) {
		fmpz_of(c, &f->at[i]);
		fmpz_mod_poly_set_coeff_fmpz(out, (slong)i, c, ring->ctx);
	}
	fmpz_clear(c);
}

/* And frees it. */
static void
ring_take(struct ring *ring, struct poly *out, fmpz_mod_poly_t f)
{
	fmpz_t c;
	size_t i;

	fmpz_init(c);
	out->len = (size_t)fmpz_mod_poly_length(f, ring->ctx);
	for (i = 0; i < out->len; i++) {
		fmpz_mod_poly_get_coeff_fmpz(c, f, (slong)i, ring->ctx);
		out->at[i] = zp_of_fmpz(c);
	}
	fmpz_clear(c);
	fmpz_mod_poly_clear(f, ring->ctx);
}

/* ---- arithmetic ------------------------------------------------------- */

enum status
poly_of(struct poly *f, const struct zp *coefficients, size_t len)
{
	size_t i;

	while (len && zp_is_zero(coefficients[len - 1]))
		len--;
	if (len > POLY_DEGREE_MAX + 1)
		return STATUS_LIMIT;
	f->len = len;
	for (i = 0; i < len; i++)
		f->at[i] = coefficients[i];
	return STATUS_OK;
}

bool
poly_eq(const struct poly *f, const struct poly *g)
{
	size_t i;

	if (f->len != g->len)
		return false;
	for (i = 0; i < f->len; i++)
		if (!zp_eq(f->at[i], g->at[i]))
			return false;
	return true;
}

struct zp
poly_value(const struct poly *f, struct zp x)
{
	struct zp value = zp_of(0);
	size_t i;

	for (i = f->len; i-- > 0;)
		value = zp_add(zp_mul(value, x), f->at[i]);
	return value;
}

void
poly_gcd(const struct poly *f, const struct poly *g, struct poly *out)
{
	struct ring ring;
	fmpz_mod_poly_t a, b;

	ring_init(&ring);
	ring_poly(&ring, a, f);
	ring_poly(&ring, b, g);
	fmpz_mod_poly_gcd(a, a, b, ring.ctx);
	ring_take(&ring, out, a);
	fmpz_mod_poly_clear(b, ring.ctx);
	ring_done(&ring);
}

enum status
poly_divide(const struct poly *f, const struct poly *g, struct poly *quotient,
	struct poly *rest)
{
	struct ring ring;
	fmpz_mod_poly_t a, b, q, r;

	if (!g->len)
		return STATUS_MALFORMED;
	ring_init(&ring);
	ring_poly(&ring, a, f);
	ring_poly(&ring, b, g);
	fmpz_mod_poly_init(q, ring.ctx);
	fmpz_mod_poly_init(r, ring.ctx);
	fmpz_mod_poly_divrem(q, r, a, b, ring.ctx);
	ring_take(&ring, quotient, q);
	ring_take(&ring, rest, r);
	fmpz_mod_poly_clear(a, ring.ctx);
	fmpz_mod_poly_clear(b, ring.ctx);
	ring_done(&ring);
	return STATUS_OK;
}

/* ---- roots ------------------------------------------------------------ */

/* (p - 1) / 2: what is no zero becomes 1 if it is a square, else -1. */
static const struct zp half = {{0xe48fc2ec9852a18d, 0xc78e887243c58fef, 0}};

static void
make_monic(struct poly *f)
{
	struct zp inverse = zp_inverse(f->at[f->len - 1]);
	size_t i;

	for (i = 0; i + 1 < f->len; i++)
		f->at[i] = zp_mul(f->at[i], inverse);
	f->at[i] = zp_of(1);
}

/* x^p = x modulo f: every element of Z_p is a simple root of x^p - x. */
static bool
splits(const struct poly *f)
{
	struct poly power, x = {2, {zp_of(0), zp_of(1)}};

	poly_power(f, zp_of(0), zp_prime, &power);
	return poly_eq(&power, &x);
}

/* Of x^2 + bx + c: (-b +- root(b^2 - 4c)) / 2, when there are two. */
static bool
quadratic_roots(const struct poly *f, struct zp roots[2])
{
	struct zp b = f->at[1], s, d;

	d = zp_sub(zp_mul(b, b), zp_mul(zp_of(4), f->at[0]));
	if (zp_is_zero(d) || !zp_root(d, &s))
		return false;
	/* half + 1 is the inverse of 2 */
	d = zp_add(half, zp_of(1));
	roots[0] = zp_mul(zp_sub(zp_neg(b), s), d);
	roots[1] = zp_mul(zp_sub(s, b), d);
	return true;
}

/*
 * The factors of f whose roots, moved by some c, are squares: into g; the
 * others stay in f. False when no c of many parts them.
 */
static bool
part(struct poly *f, struct poly *g)
{
	struct poly power, rest;
	uint64_t c;

	for (c = 1; c <= SPLIT_TRIES; c++) {
		poly_power(f, zp_of(c), half, &power);
		if (!power.len)
			continue;
		power.at[0] = zp_sub(power.at[0], zp_of(1));
		if (poly_of(&power, power.at, power.len) != STATUS_OK)
			continue;
		poly_gcd(&power, f, g);
		if (g->len > 1 && g->len < f->len)
			return poly_divide(f, g, f, &rest) == STATUS_OK;
	}
	return false;
}

static int
root_cmp(const void *a, const void *b)
{
	return zp_cmp(*(const struct zp *)a, *(const struct zp *)b);
}

/* Of f, which is monic, splits and has a root at least. */
static bool
find_roots(const struct poly *f, struct zp *roots)
{
	struct poly parts[POLY_DEGREE_MAX];
	size_t count = 1, found = 0;

	parts[0] = *f;
	while (count) {
		struct poly *last = &parts[count - 1];

		/* No more parts than the degree: each has a root at least. */
		if (last->len > 3) {
			if (!part(last, &parts[count]))
				return false;
			count++;
			continue;
		}
		if (last->len == 3 && !quadratic_roots(last, roots + found))
			return false;
		if (last->len == 2)
			roots[found] = zp_neg(last->at[0]);
		found += last->len - 1;
		count--;
	}
	qsort(roots, found, sizeof(*roots), root_cmp);
	return true;
}

enum status
poly_roots(
	const struct poly *f, struct zp roots[POLY_DEGREE_MAX], size_t *count)
{
	struct poly g = *f;

	if (!g.len)
		return STATUS_MALFORMED;
	if (g.len > 1) {
		make_monic(&g);
		/* Two are tested by finding them. */
		if (g.len > 3 && !splits(&g))
			return STATUS_MALFORMED;
		if (!find_roots(&g, roots))
			return STATUS_MALFORMED;
	}
	*count = g.len - 1;
	return STATUS_OK;
}

void
poly_thread_done(void)
{
	flint_cleanup();
}
