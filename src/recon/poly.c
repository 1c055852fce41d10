#include "recon/poly.h"

#include <stdlib.h>

#include <flint/fmpz_mod.h>
#include <flint/fmpz_mod_poly.h>

/*
 * Each try parts two given roots with probability one half, whatever they
 * are; so this many fail together for no polynomial that can be found.
 */
enum { SPLIT_TRIES = 256 };

/* ---- to FLINT and back ------------------------------------------------ */

struct ring {
	fmpz_mod_ctx_t ctx;
	fmpz_t half; /* (p - 1) / 2 */
};

static void
fmpz_of(fmpz_t out, const struct zp *a)
{
	fmpz_set_ui_array(out, a->limb, ZP_LIMBS);
}

static void
ring_init(struct ring *ring)
{
	fmpz_t prime;

	fmpz_init(prime);
	fmpz_of(prime, &zp_prime);
	fmpz_mod_ctx_init(ring->ctx, prime);
	fmpz_init(ring->half);
	fmpz_fdiv_q_2exp(ring->half, prime, 1);
	fmpz_clear(prime);
}

static void
ring_done(struct ring *ring)
{
	fmpz_clear(ring->half);
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
		fmpz_get_ui_array(out->at[i].limb, ZP_LIMBS, c);
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

/* x^p = x modulo f: every element of Z_p is a simple root of x^p - x. */
static bool
ring_splits(struct ring *ring, const fmpz_mod_poly_t f)
{
	fmpz_mod_poly_t x, power;
	bool equal;

	if (fmpz_mod_poly_degree(f, ring->ctx) < 2)
		return fmpz_mod_poly_degree(f, ring->ctx) >= 0;
	fmpz_mod_poly_init(x, ring->ctx);
	fmpz_mod_poly_init(power, ring->ctx);
	fmpz_mod_poly_set_coeff_ui(x, 1, 1, ring->ctx);
	fmpz_mod_poly_powmod_fmpz_binexp(
		power, x, fmpz_mod_ctx_modulus(ring->ctx), f, ring->ctx);
	equal = fmpz_mod_poly_equal(power, x, ring->ctx);
	fmpz_mod_poly_clear(power, ring->ctx);
	fmpz_mod_poly_clear(x, ring->ctx);
	return equal;
}

bool
poly_splits(const struct poly *f)
{
	struct ring ring;
	fmpz_mod_poly_t a;
	bool splits;

	ring_init(&ring);
	ring_poly(&ring, a, f);
	splits = ring_splits(&ring, a);
	fmpz_mod_poly_clear(a, ring.ctx);
	ring_done(&ring);
	return splits;
}

/*
 * The factors of f whose roots, moved by some r, are squares: into g; the
 * others stay in f. False when no r of many parts them.
 */
static bool
ring_part(struct ring *ring, fmpz_mod_poly_t f, fmpz_mod_poly_t g)
{
	slong degree = fmpz_mod_poly_degree(f, ring->ctx), got = 0;
	fmpz_mod_poly_t power, one;
	ulong r;

	fmpz_mod_poly_init(power, ring->ctx);
	fmpz_mod_poly_init(one, ring->ctx);
	fmpz_mod_poly_one(one, ring->ctx);
	for (r = 1; r <= SPLIT_TRIES && (got <= 0 || got == degree); r++) {
		fmpz_mod_poly_zero(power, ring->ctx);
		fmpz_mod_poly_set_coeff_ui(power, 1, 1, ring->ctx);
		fmpz_mod_poly_set_coeff_ui(power, 0, r, ring->ctx);
		fmpz_mod_poly_powmod_fmpz_binexp(
			power, power, ring->half, f, ring->ctx);
		fmpz_mod_poly_sub(power, power, one, ring->ctx);
		fmpz_mod_poly_gcd(g, power, f, ring->ctx);
		got = fmpz_mod_poly_degree(g, ring->ctx);
	}
	if (got > 0 && got < degree)
		fmpz_mod_poly_divrem(f, power, f, g, ring->ctx);
	fmpz_mod_poly_clear(one, ring->ctx);
	fmpz_mod_poly_clear(power, ring->ctx);
	return got > 0 && got < degree;
}

/* The root of x + c. */
static struct zp
ring_root(struct ring *ring, fmpz_mod_poly_t f)
{
	struct zp c;
	fmpz_t low;

	fmpz_init(low);
	fmpz_mod_poly_make_monic(f, f, ring->ctx);
	fmpz_mod_poly_get_coeff_fmpz(low, f, 0, ring->ctx);
	fmpz_get_ui_array(c.limb, ZP_LIMBS, low);
	fmpz_clear(low);
	return zp_neg(c);
}

static int
root_cmp(const void *a, const void *b)
{
	return zp_cmp(*(const struct zp *)a, *(const struct zp *)b);
}

/* Of f, which splits and is used up. */
static bool
ring_roots(struct ring *ring, const fmpz_mod_poly_t f, struct zp *roots)
{
	fmpz_mod_poly_t part[POLY_DEGREE_MAX];
	size_t parts = 1, found = 0;
	bool good = true;

	fmpz_mod_poly_init(part[0], ring->ctx);
	fmpz_mod_poly_set(part[0], f, ring->ctx);
	while (parts) {
		slong degree = fmpz_mod_poly_degree(part[parts - 1], ring->ctx);

		/* No more parts than the degree: each has a root at least. */
		if (good && degree > 1) {
			fmpz_mod_poly_init(part[parts], ring->ctx);
			good = ring_part(ring, part[parts - 1], part[parts]);
			parts++;
			continue;
		}
		if (good && degree == 1)
			roots[found++] = ring_root(ring, part[parts - 1]);
		fmpz_mod_poly_clear(part[--parts], ring->ctx);
	}
	qsort(roots, found, sizeof(*roots), root_cmp);
	return good;
}

enum status
poly_roots(
	const struct poly *f, struct zp roots[POLY_DEGREE_MAX], size_t *count)
{
	struct ring ring;
	fmpz_mod_poly_t a;
	bool good;

	ring_init(&ring);
	ring_poly(&ring, a, f);
	good = ring_splits(&ring, a) && ring_roots(&ring, a, roots);
	fmpz_mod_poly_clear(a, ring.ctx);
	ring_done(&ring);
	if (!good)
		return STATUS_MALFORMED;
	*count = f->len - 1;
	return STATUS_OK;
}
