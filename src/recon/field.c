#include "recon/field.h"

#include <endian.h>
#include <gmp.h>
#include <string.h>

const struct zp zp_prime = {
	{0xc91f85d930a5431b, 0x8f1d10e4878b1fdf, 1},
};

static bool
zp_is_below_prime(const struct zp *a)
{
	int i = ZP_LIMBS - 1;

	while (i > 0 && a->limb[i] == zp_prime.limb[i])
		i--;
	return a->limb[i] < zp_prime.limb[i];
}

/* a - b, modulo 2^192; without loops, for this is what samples cost. */
static struct zp
zp_minus(const struct zp *a, const struct zp *b)
{
	struct zp r;
	uint64_t borrow =
		__builtin_sub_overflow(a->limb[0], b->limb[0], &r.limb[0]);
	uint64_t more =
		__builtin_sub_overflow(a->limb[1], b->limb[1], &r.limb[1]);

	more += __builtin_sub_overflow(r.limb[1], borrow, &r.limb[1]);
	r.limb[2] = a->limb[2] - b->limb[2] - more;
	return r;
}

/* a + b, modulo 2^192. */
static struct zp
zp_plus(const struct zp *a, const struct zp *b)
{
	struct zp r;
	uint64_t carry =
		__builtin_add_overflow(a->limb[0], b->limb[0], &r.limb[0]);
	uint64_t more =
		__builtin_add_overflow(a->limb[1], b->limb[1], &r.limb[1]);

	more += __builtin_add_overflow(r.limb[1], carry, &r.limb[1]);
	r.limb[2] = a->limb[2] + b->limb[2] + more;
	return r;
}

struct zp
zp_of(uint64_t small)
{
	struct zp a = {{small, 0, 0}};

	return a;
}

struct zp
zp_add(struct zp a, struct zp b)
{
	/* Two elements have 130 bits together: nothing is carried out. */
	a = zp_plus(&a, &b);
	return zp_is_below_prime(&a) ? a : zp_minus(&a, &zp_prime);
}

struct zp
zp_sub(struct zp a, struct zp b)
{
	a = zp_minus(&a, &b);
	/* Both have 129 bits: above them stands that b was larger. */
	return a.limb[2] > 1 ? zp_plus(&a, &zp_prime) : a;
}

struct zp
zp_neg(struct zp a)
{
	return zp_sub(zp_of(0), a);
}

static void
zp_give(mpz_t out, const struct zp *a)
{
	mpz_init(out);
	mpz_import(out, ZP_LIMBS, -1, sizeof(a->limb[0]), 0, 0, a->limb);
}

#ifdef __SIZEOF_INT128__
/* 2^256 / p, cut. */
static const uint64_t reciprocal[2] = {0x560feec01d95e8ae, 0xa43432d91d6232bb};

__extension__ typedef unsigned __int128 wide;

struct product {
	uint64_t limb[5]; /* below p * p: the last is at most 2 */
};

static uint64_t
high(wide w)
{
	return (uint64_t)(w >> 64);
}

/* The third limbs are 0 or 1. */
static struct product
zp_product(const struct zp *a, const struct zp *b)
{
	const uint64_t *u = a->limb, *v = b->limb;
	wide low = (wide)u[0] * v[0], left = (wide)u[0] * v[1],
	     right = (wide)u[1] * v[0], top = (wide)u[1] * v[1], sum;
	struct product x;

	x.limb[0] = (uint64_t)low;
	sum = (wide)high(low) + (uint64_t)left + (uint64_t)right;
	x.limb[1] = (uint64_t)sum;
	sum = (wide)high(sum) + high(left) + high(right) + (uint64_t)top +
	      u[2] * v[0] + u[0] * v[2];
	x.limb[2] = (uint64_t)sum;
	sum = (wide)high(sum) + high(top) + u[2] * v[1] + u[1] * v[2];
	x.limb[3] = (uint64_t)sum;
	x.limb[4] = high(sum) + (u[2] & v[2]);
	return x;
}

static struct zp
zp_quotient(const struct product *x)
{
	const uint64_t *h = x->limb + 2, *m = reciprocal;
	wide left = (wide)h[0] * m[1], right = (wide)h[1] * m[0],
	     top = (wide)h[1] * m[1], more = (wide)h[2] * m[0], sum;
	struct zp q;

	sum = (wide)high((wide)h[0] * m[0]) + (uint64_t)left + (uint64_t)right;
	sum = (wide)high(sum) + high(left) + high(right) + (uint64_t)top +
	      (uint64_t)more;
	q.limb[0] = (uint64_t)sum;
	sum = (wide)high(sum) + high(top) + high(more) + (wide)h[2] * m[1];
	q.limb[1] = (uint64_t)sum;
	q.limb[2] = high(sum);
	return q;
}

/* Modulo 2^192. */
static struct zp
zp_times_prime(const struct zp *q)
{
	const uint64_t *u = q->limb, *c = zp_prime.limb;
	wide low = (wide)u[0] * c[0], left = (wide)u[0] * c[1],
	     right = (wide)u[1] * c[0], sum;
	struct zp y;

	y.limb[0] = (uint64_t)low;
	sum = (wide)high(low) + (uint64_t)left + (uint64_t)right;
	y.limb[1] = (uint64_t)sum;
	y.limb[2] = high(sum) + high(left) + high(right) + u[1] * c[1] +
		    u[2] * c[0] + u[0];
	return y;
}

/*
 * GMP's division takes twice as long as all of this (Barrett's way): with
 * h the product's limbs from the third on, h * reciprocal / 2^128 is the
 * quotient, or at most four too small.
 */
struct zp
zp_mul(struct zp a, struct zp b)
{
	struct product x = zp_product(&a, &b);
	struct zp q = zp_quotient(&x), r, times;

	times = zp_times_prime(&q);
	memcpy(r.limb, x.limb, sizeof(r.limb));
	r = zp_minus(&r, &times);
	while (!zp_is_below_prime(&r))
		r = zp_minus(&r, &zp_prime);
	return r;
}
#else /* GMP divides */
struct zp
zp_mul(struct zp a, struct zp b)
{
	mpz_t x, y, prime;
	struct zp r = {{0, 0, 0}};

	zp_give(x, &a);
	zp_give(y, &b);
	zp_give(prime, &zp_prime);
	mpz_mul(x, x, y);
	mpz_mod(x, x, prime);
	mpz_export(r.limb, NULL, -1, sizeof(r.limb[0]), 0, 0, x);
	mpz_clears(x, y, prime, NULL);
	return r;
}
#endif

struct zp
zp_inverse(struct zp a)
{
	mpz_t number, prime;
	struct zp r = {{0, 0, 0}};

	zp_give(number, &a);
	zp_give(prime, &zp_prime);
	if (mpz_invert(number, number, prime))
		mpz_export(
			r.limb, NULL, -1, sizeof(r.limb[0]), 0, 0, number);
	mpz_clears(number, prime, NULL);
	return r;
}

bool
zp_eq(struct zp a, struct zp b)
{
	return zp_cmp(a, b) == 0;
}

bool
zp_is_zero(struct zp a)
{
	return !(a.limb[0] | a.limb[1] | a.limb[2]);
}

int
zp_cmp(struct zp a, struct zp b)
{
	for (int i = ZP_LIMBS - 1; i >= 0; i--) {
		if (a.limb[i] != b.limb[i])
			return a.limb[i] < b.limb[i] ? -1 : 1;
	}
	return 0;
}

/* ---- wire form ------------------------------------------------------- */

static struct zp
zp_load(const uint8_t wire[ZP_WIRE])
{
	uint64_t low[2];
	struct zp a;

	memcpy(low, wire, sizeof(low));
	a.limb[0] = le64toh(low[0]);
	a.limb[1] = le64toh(low[1]);
	a.limb[2] = wire[ZP_WIRE - 1];
	return a;
}

struct zp
zp_read(const uint8_t wire[ZP_WIRE])
{
	struct zp a = zp_load(wire);

	/* 17 octets hold less than 256 times the prime. */
	while (!zp_is_below_prime(&a))
		a = zp_minus(&a, &zp_prime);
	return a;
}

bool
zp_canonical(const uint8_t wire[ZP_WIRE])
{
	struct zp a = zp_load(wire);

	return zp_is_below_prime(&a);
}

void
zp_write(struct zp a, uint8_t wire[ZP_WIRE])
{
	uint64_t low[2] = {htole64(a.limb[0]), htole64(a.limb[1])};

	memcpy(wire, low, sizeof(low));
	wire[ZP_WIRE - 1] = (uint8_t)a.limb[2];
}

struct zp
zp_of_digest(const struct sks_digest *digest)
{
	uint8_t wire[ZP_WIRE] = {0};

	memcpy(wire, digest->octets, sizeof(digest->octets));
	return zp_load(wire);
}

enum status
zp_to_digest(struct zp a, struct sks_digest *digest)
{
	uint8_t wire[ZP_WIRE];

	if (a.limb[2])
		return STATUS_MALFORMED;
	zp_write(a, wire);
	memcpy(digest->octets, wire, sizeof(digest->octets));
	return STATUS_OK;
}

/* ---- samples --------------------------------------------------------- */

struct zp
zp_point(unsigned int i)
{
	struct zp half = zp_of((i + 1) / 2);

	return i % 2 ? zp_neg(half) : half;
}

bool
zp_is_point(struct zp a)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		if (zp_eq(a, zp_point(i)))
			return true;
	return false;
}

void
samples_none(struct samples *s)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		s->at[i] = zp_of(1);
}

void
samples_add(struct samples *s, struct zp element)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		s->at[i] = zp_mul(s->at[i], zp_sub(zp_point(i), element));
}

void
samples_join(struct samples *s, const struct samples *other)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		s->at[i] = zp_mul(s->at[i], other->at[i]);
}

void
samples_part(struct samples *s, const struct samples *other)
{
	struct samples inverse = *other;

	zp_inverses(inverse.at, RECON_SAMPLES);
	samples_join(s, &inverse);
}

bool
samples_eq(const struct samples *a, const struct samples *b)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		if (!zp_eq(a->at[i], b->at[i]))
			return false;
	return true;
}
