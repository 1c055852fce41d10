#include "tests/bench/gen_quick.h"

#include <string.h>

enum {
	PRIMES = 32,
	LIMBS = 32, /* of 64 bits: a modulus of 2048 */
	RSA_OCTETS = LIMBS * 8,
	LABEL_PRIME = 1000,
	LABEL_SECRET = 1001,
	LABEL_NONCE = 1002
};

__extension__ typedef unsigned __int128 wide;

struct quick_rsa {
	uint64_t p[PRIMES];
	uint64_t d[PRIMES];           /* 1/e modulo p - 1 */
	uint64_t part[PRIMES][LIMBS]; /* 1 modulo p, 0 modulo the others */
	gcry_mpi_t n;
};

struct quick_nonce {
	gcry_mpi_t r;
	uint8_t point[32];
};

struct quick_eddsa {
	gcry_mpi_t secret;
	uint8_t point[32];
	const struct quick_nonce *nonces; /* GEN_POOL of them */
};

static void
must(gcry_error_t rc)
{
	gen_must(rc == 0 ? STATUS_OK : STATUS_IO);
}

static gcry_mpi_t
scan(const uint8_t *octets, size_t len)
{
	gcry_mpi_t n;

	must(gcry_mpi_scan(&n, GCRYMPI_FMT_USG, octets, len, NULL));
	return n;
}

/* Fixed length, most significant octet first. */
static void
print(gcry_mpi_t n, uint8_t *out, size_t len)
{
	size_t got;

	memset(out, 0, len);
	must(gcry_mpi_print(GCRYMPI_FMT_USG, NULL, 0, &got, n));
	gen_must(got <= len ? STATUS_OK : STATUS_LIMIT);
	must(gcry_mpi_print(GCRYMPI_FMT_USG, out + len - got, got, &got, n));
}

/* ---- RSA -----------------------------------------------------------------
 */

static uint64_t
power(uint64_t base, uint64_t exponent, uint64_t p)
{
	uint64_t result = 1;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			result = (uint64_t)((wide)result * base % p);
		base = (uint64_t)((wide)base * base % p);
	}
	return result;
}

static gcry_mpi_t
mpi_of(uint64_t n)
{
	uint8_t octets[8];
	size_t i;

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(n >> (56 - 8 * i));
	return scan(octets, sizeof(octets));
}

/* Such that the product of all has 2048 bits, and e an inverse. */
static uint64_t
make_prime(struct gen_stream *s)
{
	gcry_mpi_t mpi;
	uint64_t p;
	bool good;

	gen_take(s, &p, sizeof(p));
	for (p |= 0xFC00000000000001u;; p += 2) {
		if (p < 0xFC00000000000001u)
			p = 0xFC00000000000001u;
		mpi = mpi_of(p);
		good = p % 65537 != 1 && gcry_prime_check(mpi, 0) == 0;
		gcry_mpi_release(mpi);
		if (good)
			return p;
	}
}

/* k such that e * k is 1 more than a multiple of m: by k = (1 + m * j) / e. */
static uint64_t
inverse_of_e(uint64_t m)
{
	const uint64_t e = 65537;
	/* m * j must be -1 modulo e, which is prime. */
	uint64_t j = power(m % e, e - 2, e) * (e - 1) % e;

	return (uint64_t)(((wide)m * j + 1) / e);
}

static uint64_t
remainder_of(const uint8_t *octets, size_t len, uint64_t p)
{
	wide rest = 0;
	size_t i;

	for (i = 0; i < len; i++)
		rest = (rest << 8 | octets[i]) % p;
	return (uint64_t)rest;
}

static void
make_part(struct quick_rsa *k, size_t i)
{
	gcry_mpi_t p = mpi_of(k->p[i]), rest = gcry_mpi_new(0);
	uint8_t octets[RSA_OCTETS];
	size_t l, b;

	gcry_mpi_div(rest, NULL, k->n, p, 0);
	print(rest, octets, sizeof(octets));
	gcry_mpi_release(p);
	/* n / p, times its inverse modulo p. */
	p = mpi_of(power(remainder_of(octets, sizeof(octets), k->p[i]),
		k->p[i] - 2, k->p[i]));
	gcry_mpi_mul(rest, rest, p);
	print(rest, octets, sizeof(octets));
	for (l = 0; l < LIMBS; l++)
		for (b = 0; b < 8; b++)
			k->part[i][l] |=
				(uint64_t)octets[RSA_OCTETS - 1 - l * 8 - b]
				<< (8 * b);
	gcry_mpi_release(p);
	gcry_mpi_release(rest);
}

/* The sum of what each prime says, modulo n. */
static void
join(const struct quick_rsa *k, const uint64_t *says, uint8_t out[RSA_OCTETS])
{
	uint64_t sum[LIMBS + 2] = {0};
	uint8_t octets[(LIMBS + 2) * 8];
	gcry_mpi_t n;
	wide carry;
	size_t i, l;

	for (i = 0; i < PRIMES; i++) {
		for (carry = 0, l = 0; l < LIMBS; l++) {
			carry += (wide)says[i] * k->part[i][l] + sum[l];
			sum[l] = (uint64_t)carry;
			carry >>= 64;
		}
		carry += sum[LIMBS];
		sum[LIMBS] = (uint64_t)carry;
		sum[LIMBS + 1] += (uint64_t)(carry >> 64);
	}
	for (i = 0; i < sizeof(octets); i++)
		octets[sizeof(octets) - 1 - i] =
			(uint8_t)(sum[i / 8] >> (8 * (i % 8)));
	n = scan(octets, sizeof(octets));
	gcry_mpi_mod(n, n, k->n);
	print(n, out, RSA_OCTETS);
	gcry_mpi_release(n);
}

static void
sign_rsa(const struct gen_key *key, const uint8_t digest[32], struct buf *out)
{
	/* DER: SHA-256, and 32 octets of it. */
	static const uint8_t head[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60,
		0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
		0x04, 0x20};
	const struct quick_rsa *k = key->quick;
	uint8_t m[RSA_OCTETS], signature[RSA_OCTETS];
	uint64_t says[PRIMES];
	size_t i;

	memset(m, 0xFF, sizeof(m));
	m[0] = 0;
	m[1] = 1;
	m[RSA_OCTETS - 33 - sizeof(head)] = 0;
	memcpy(m + RSA_OCTETS - 32 - sizeof(head), head, sizeof(head));
	memcpy(m + RSA_OCTETS - 32, digest, 32);
	for (i = 0; i < PRIMES; i++)
		says[i] = power(
			remainder_of(m, sizeof(m), k->p[i]), k->d[i], k->p[i]);
	join(k, says, signature);
	gen_put_mpi(out, signature, sizeof(signature));
}

static void
make_rsa(struct gen_key *key, uint64_t seed, uint64_t index)
{
	static const uint8_t e[] = {1, 0, 1};
	struct gen_stream s = gen_stream_of(seed, LABEL_PRIME, index);
	struct quick_rsa *k = xcalloc(1, sizeof(*k));
	uint8_t n[RSA_OCTETS];
	gcry_mpi_t p;
	size_t i;

	k->n = gcry_mpi_set_ui(NULL, 1);
	for (i = 0; i < PRIMES; i++) {
		k->p[i] = make_prime(&s);
		k->d[i] = inverse_of_e(k->p[i] - 1);
		p = mpi_of(k->p[i]);
		gcry_mpi_mul(k->n, k->n, p);
		gcry_mpi_release(p);
	}
	for (i = 0; i < PRIMES; i++)
		make_part(k, i);
	print(k->n, n, sizeof(n));
	key->algorithm = GEN_RSA;
	key->quick = k;
	key->sign = sign_rsa;
	gen_put_mpi(&key->material, n, sizeof(n));
	gen_put_mpi(&key->material, e, sizeof(e));
}

/* ---- Ed25519 -------------------------------------------------------------
 */

/* Of 2^252 + 27742317777372353535851937790883648493. */
static const uint8_t order[32] = {0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0x14, 0xDE, 0xF9, 0xDE, 0xA2, 0xF7, 0x9C, 0xD6, 0x58, 0x12, 0x63,
	0x1A, 0x5C, 0xF5, 0xD3, 0xED};

static gcry_mpi_t
scan_little(const uint8_t *octets, size_t len)
{
	uint8_t turned[64];
	size_t i;

	for (i = 0; i < len; i++)
		turned[i] = octets[len - 1 - i];
	return scan(turned, len);
}

/* A scalar, and its point: as the library makes them of 32 octets. */
static gcry_mpi_t
make_scalar(struct gen_stream *s, uint8_t point[32])
{
	uint8_t octets[32], hashed[64];
	gcry_sexp_t params;
	const void *encoded;
	unsigned bits;
	gcry_ctx_t ctx;
	gcry_mpi_t q;

	gen_take(s, octets, sizeof(octets));
	must(gcry_sexp_build(&params, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(d %b)))", 32,
		octets));
	must(gcry_mpi_ec_new(&ctx, params, NULL));
	q = gcry_mpi_ec_get_mpi("q@eddsa", ctx, 1);
	encoded = q == NULL ? NULL : gcry_mpi_get_opaque(q, &bits);
	gen_must(encoded != NULL && bits == 256 ? STATUS_OK : STATUS_IO);
	memcpy(point, encoded, 32);
	gcry_mpi_release(q);
	gcry_ctx_release(ctx);
	gcry_sexp_release(params);
	gcry_md_hash_buffer(GCRY_MD_SHA512, hashed, octets, sizeof(octets));
	hashed[0] &= 248;
	hashed[31] = (hashed[31] & 127) | 64;
	return scan_little(hashed, 32);
}

/* S = r + SHA-512(R || A || M) * a, modulo the order. */
static void
sign_eddsa(const struct gen_key *key, const uint8_t digest[32], struct buf *out)
{
	const struct quick_eddsa *k = key->quick;
	const struct quick_nonce *nonce = &k->nonces[digest[0] % GEN_POOL];
	uint8_t text[96], hashed[64], turned[32], s[32];
	gcry_mpi_t h, l = scan(order, sizeof(order));
	size_t i;

	memcpy(text, nonce->point, 32);
	memcpy(text + 32, k->point, 32);
	memcpy(text + 64, digest, 32);
	gcry_md_hash_buffer(GCRY_MD_SHA512, hashed, text, sizeof(text));
	h = scan_little(hashed, sizeof(hashed));
	gcry_mpi_mul(h, h, k->secret);
	gcry_mpi_add(h, h, nonce->r);
	gcry_mpi_mod(h, h, l);
	print(h, turned, sizeof(turned));
	for (i = 0; i < sizeof(s); i++)
		s[i] = turned[sizeof(s) - 1 - i];
	gen_put_mpi(out, nonce->point, 32);
	gen_put_mpi(out, s, sizeof(s));
	gcry_mpi_release(h);
	gcry_mpi_release(l);
}

static void
make_eddsa(struct gen_key *key, uint64_t seed, uint64_t index,
	const struct quick_nonce *nonces)
{
	struct gen_stream s = gen_stream_of(seed, LABEL_SECRET, index);
	struct quick_eddsa *k = xcalloc(1, sizeof(*k));

	k->secret = make_scalar(&s, k->point);
	k->nonces = nonces;
	key->algorithm = GEN_EDDSA;
	key->quick = k;
	key->sign = sign_eddsa;
	gen_put_ed25519(&key->material, k->point);
}

void
gen_pool_make(struct gen_pool *pool, uint64_t seed)
{
	struct quick_nonce *nonces = xcalloc(GEN_POOL, sizeof(*nonces));
	struct gen_stream s;
	uint64_t i;

	memset(pool, 0, sizeof(*pool));
	for (i = 0; i < GEN_POOL; i++) {
		s = gen_stream_of(seed, LABEL_NONCE, i);
		nonces[i].r = make_scalar(&s, nonces[i].point);
	}
	for (i = 0; i < GEN_POOL; i++) {
		make_rsa(&pool->rsa[i], seed, i);
		make_eddsa(&pool->eddsa[i], seed, i, nonces);
	}
}
