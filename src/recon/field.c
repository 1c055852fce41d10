#include "recon/field.h"

#include <gmp.h>
#include <string.h>

_Static_assert(GMP_NUMB_BITS == 64, "a limb is 64 bits");

const struct zp zp_prime = {
	{0xc91f85d930a5431b, 0x8f1d10e4878b1fdf, 1},
};

static int
zp_cmp_prime(const struct zp *a)
{
	return mpn_cmp(a->limb, zp_prime.limb, ZP_LIMBS);
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
	mpn_add_n(a.limb, a.limb, b.limb, ZP_LIMBS);
	if (zp_cmp_prime(&a) >= 0)
		mpn_sub_n(a.limb, a.limb, zp_prime.limb, ZP_LIMBS);
	return a;
}

struct zp
zp_sub(struct zp a, struct zp b)
{
	if (mpn_sub_n(a.limb, a.limb, b.limb, ZP_LIMBS))
		mpn_add_n(a.limb, a.limb, zp_prime.limb, ZP_LIMBS);
	return a;
}

struct zp
zp_neg(struct zp a)
{
	return zp_sub(zp_of(0), a);
}

struct zp
zp_mul(struct zp a, struct zp b)
{
	mp_limb_t product[2 * ZP_LIMBS], quotient[ZP_LIMBS + 1];
	struct zp r;

	/* Of 258 bits: the sixth limb is zero. */
	mpn_mul_n(product, a.limb, b.limb, ZP_LIMBS);
	mpn_tdiv_qr(quotient, r.limb, 0, product, 2 * ZP_LIMBS - 1,
		zp_prime.limb, ZP_LIMBS);
	return r;
}

struct zp
zp_inverse(struct zp a)
{
	mpz_t number, prime;
	struct zp r = {{0, 0, 0}};

	mpz_init(number);
	mpz_init(prime);
	mpz_import(number, ZP_LIMBS, -1, sizeof(mp_limb_t), 0, 0, a.limb);
	mpz_import(prime, ZP_LIMBS, -1, sizeof(mp_limb_t), 0, 0, zp_prime.limb);
	if (mpz_invert(number, number, prime))
		mpz_export(r.limb, NULL, -1, sizeof(mp_limb_t), 0, 0, number);
	mpz_clear(number);
	mpz_clear(prime);
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
	return mpn_cmp(a.limb, b.limb, ZP_LIMBS);
}

/* ---- wire form ------------------------------------------------------- */

static struct zp
zp_load(const uint8_t wire[ZP_WIRE])
{
	struct zp a = {{0, 0, 0}};
	size_t i;

	for (i = 0; i < ZP_WIRE; i++)
		a.limb[i / 8] |= (uint64_t)wire[i] << i % 8 * 8;
	return a;
}

struct zp
zp_read(const uint8_t wire[ZP_WIRE])
{
	struct zp a = zp_load(wire), r;
	mp_limb_t quotient[1];

	mpn_tdiv_qr(
		quotient, r.limb, 0, a.limb, ZP_LIMBS, zp_prime.limb, ZP_LIMBS);
	return r;
}

bool
zp_canonical(const uint8_t wire[ZP_WIRE])
{
	struct zp a = zp_load(wire);

	return zp_cmp_prime(&a) < 0;
}

void
zp_write(struct zp a, uint8_t wire[ZP_WIRE])
{
	size_t i;

	for (i = 0; i < ZP_WIRE; i++)
		wire[i] = (uint8_t)(a.limb[i / 8] >> i % 8 * 8);
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
	struct zp before[RECON_SAMPLES], all = zp_of(1);
	unsigned int i;

	/* One inversion for all: of their product, taken apart backwards. */
	for (i = 0; i < RECON_SAMPLES; i++) {
		before[i] = all;
		all = zp_mul(all, other->at[i]);
	}
	all = zp_inverse(all);
	for (i = RECON_SAMPLES; i-- > 0;) {
		s->at[i] = zp_mul(s->at[i], zp_mul(all, before[i]));
		all = zp_mul(all, other->at[i]);
	}
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

bool
samples_have_zero(const struct samples *s)
{
	unsigned int i;

	for (i = 0; i < RECON_SAMPLES; i++)
		if (zp_is_zero(s->at[i]))
			return true;
	return false;
}
