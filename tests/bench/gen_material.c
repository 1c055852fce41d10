#include "tests/bench/gen_material.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/crypto.h"

enum { RSA_PRIME_OCTETS = 128, LABEL_PRIME = 1000 };

static const uint8_t ed25519_oid[] = {
	9, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01};
static const uint8_t curve25519_oid[] = {
	10, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x97, 0x55, 0x01, 0x05, 0x01};
static const uint8_t ecdh_kdf[] = {3, 1, 8, 7};

static void
die(const char *what)
{
	fprintf(stderr, "gen-keys: %s\n", what);
	exit(1);
}

void
gen_must(enum status st)
{
	if (st != STATUS_OK)
		die(status_name(st));
}

static void
gcry_must(gcry_error_t rc)
{
	if (rc != 0)
		die(gcry_strerror(rc));
}

/* ---- octets from the seed -------------------------------------------------
 */

struct gen_stream
gen_stream_of(uint64_t seed, uint64_t label, uint64_t index)
{
	struct gen_stream s = {.seed = seed, .label = label, .index = index};

	s.used = sizeof(s.block);
	return s;
}

void
gen_take(struct gen_stream *s, void *out, size_t len)
{
	uint64_t in[4] = {0};
	struct digest d;
	struct bytes part = bytes_make(in, sizeof(in));
	uint8_t *p = out;
	size_t n;

	while (len > 0) {
		if (s->used == sizeof(s->block)) {
			in[0] = s->seed;
			in[1] = s->label;
			in[2] = s->index;
			in[3] = s->count++;
			crypto_sha256(&part, 1, &d);
			memcpy(s->block, d.octets, sizeof(s->block));
			s->used = 0;
		}
		n = sizeof(s->block) - s->used;
		if (n > len)
			n = len;
		memcpy(p, s->block + s->used, n);
		s->used += n;
		p += n;
		len -= n;
	}
}

uint32_t
gen_below(struct gen_stream *s, uint32_t limit)
{
	uint32_t v;

	gen_take(s, &v, sizeof(v));
	return v % limit;
}

/* ---- key material
 * ------------------------------------------------------------ */

static void
put_mpi_octets(struct buf *out, const uint8_t *p, size_t len)
{
	unsigned bits;

	while (len > 0 && *p == 0) {
		p++;
		len--;
	}
	bits = (unsigned)len * 8;
	if (len > 0)
		bits -= (unsigned)__builtin_clz(*p) - 24;
	gen_must(buf_put_u8(out, (uint8_t)(bits >> 8)));
	gen_must(buf_put_u8(out, (uint8_t)bits));
	gen_must(buf_put(out, bytes_make(p, len)));
}

static void
put_mpi(struct buf *out, gcry_mpi_t n)
{
	uint8_t octets[512];
	size_t len;

	gcry_must(gcry_mpi_print(
		GCRYMPI_FMT_USG, octets, sizeof(octets), &len, n));
	put_mpi_octets(out, octets, len);
}

/* A prime p with gcd(p - 1, 65537) = 1 and its two highest bits set. */
static gcry_mpi_t
make_prime(struct gen_stream *s)
{
	uint8_t octets[RSA_PRIME_OCTETS];
	gcry_mpi_t p, rest = gcry_mpi_new(0), e = gcry_mpi_set_ui(NULL, 65537);

	gen_take(s, octets, sizeof(octets));
	octets[0] |= 0xC0;
	octets[sizeof(octets) - 1] |= 1;
	gcry_must(gcry_mpi_scan(
		&p, GCRYMPI_FMT_USG, octets, sizeof(octets), NULL));
	for (;; gcry_mpi_add_ui(p, p, 2)) {
		gcry_mpi_mod(rest, p, e);
		if (gcry_mpi_cmp_ui(rest, 1) != 0 &&
			gcry_prime_check(p, 0) == 0)
			break;
	}
	gcry_mpi_release(rest);
	gcry_mpi_release(e);
	return p;
}

static void
make_rsa(struct gen_key *key, uint64_t seed, uint64_t index)
{
	struct gen_stream s = gen_stream_of(seed, LABEL_PRIME, index);
	gcry_mpi_t p = make_prime(&s), q = make_prime(&s), swap;
	gcry_mpi_t n = gcry_mpi_new(0), d = gcry_mpi_new(0);
	gcry_mpi_t u = gcry_mpi_new(0), phi = gcry_mpi_new(0);
	gcry_mpi_t e = gcry_mpi_set_ui(NULL, 65537), q1 = gcry_mpi_new(0);

	if (gcry_mpi_cmp(p, q) > 0) {
		swap = p;
		p = q;
		q = swap;
	}
	gcry_mpi_mul(n, p, q);
	gcry_mpi_sub_ui(phi, p, 1);
	gcry_mpi_sub_ui(q1, q, 1);
	gcry_mpi_mul(phi, phi, q1);
	if (!gcry_mpi_invm(d, e, phi) || !gcry_mpi_invm(u, p, q))
		die("no inverse");
	key->algorithm = GEN_RSA;
	put_mpi(&key->material, n);
	put_mpi(&key->material, e);
	gcry_must(gcry_sexp_build(&key->secret, NULL,
		"(private-key(rsa(n%m)(e%m)(d%m)(p%m)(q%m)(u%m)))", n, e, d, p,
		q, u));
	gcry_mpi_release(p);
	gcry_mpi_release(q);
	gcry_mpi_release(n);
	gcry_mpi_release(d);
	gcry_mpi_release(u);
	gcry_mpi_release(phi);
	gcry_mpi_release(e);
	gcry_mpi_release(q1);
}

void
gen_pool_make(struct gen_pool *pool, uint64_t seed)
{
	uint64_t i;

	memset(pool, 0, sizeof(*pool));
	for (i = 0; i < GEN_POOL; i++)
		make_rsa(&pool->rsa[i], seed, i);
}

void
gen_ed25519(struct gen_key *key, struct gen_stream *s)
{
	uint8_t secret[32], point[33] = {0x40};
	gcry_sexp_t params;
	gcry_ctx_t ctx;
	gcry_mpi_t q;
	const void *octets;
	unsigned bits;

	memset(key, 0, sizeof(*key));
	gen_take(s, secret, sizeof(secret));
	gcry_must(gcry_sexp_build(&params, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(d %b)))",
		(int)sizeof(secret), secret));
	gcry_must(gcry_mpi_ec_new(&ctx, params, NULL));
	q = gcry_mpi_ec_get_mpi("q@eddsa", ctx, 1);
	octets = q == NULL ? NULL : gcry_mpi_get_opaque(q, &bits);
	if (octets == NULL || bits != 256)
		die("no public point");
	memcpy(point + 1, octets, 32);
	gcry_mpi_release(q);
	gcry_ctx_release(ctx);
	gcry_sexp_release(params);
	gcry_must(gcry_sexp_build(&key->secret, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(q %b)(d %b)))",
		32, point + 1, (int)sizeof(secret), secret));
	key->algorithm = GEN_EDDSA;
	gen_must(buf_put(
		&key->material, bytes_make(ed25519_oid, sizeof(ed25519_oid))));
	put_mpi_octets(&key->material, point, sizeof(point));
}

void
gen_ecdh(struct gen_key *key, struct gen_stream *s)
{
	uint8_t point[33];

	memset(key, 0, sizeof(*key));
	gen_take(s, point, sizeof(point));
	point[0] = 0x40;
	key->algorithm = GEN_ECDH;
	gen_must(buf_put(&key->material,
		bytes_make(curve25519_oid, sizeof(curve25519_oid))));
	put_mpi_octets(&key->material, point, sizeof(point));
	gen_must(buf_put(
		&key->material, bytes_make(ecdh_kdf, sizeof(ecdh_kdf))));
}

void
gen_key_done(struct gen_key *key)
{
	buf_done(&key->material);
	gcry_sexp_release(key->secret);
	key->secret = NULL;
}

/* ---- signatures
 * ---------------------------------------------------------------- */

static void
put_part(struct buf *out, gcry_sexp_t sig, const char *name)
{
	gcry_sexp_t part = gcry_sexp_find_token(sig, name, 0);
	const char *octets;
	size_t len;

	octets = gcry_sexp_nth_data(part, 1, &len);
	if (octets == NULL)
		die("a signature lacks a part");
	put_mpi_octets(out, (const uint8_t *)octets, len);
	gcry_sexp_release(part);
}

void
gen_sign(const struct gen_key *key, const uint8_t digest[32], struct buf *out)
{
	bool rsa = key->algorithm == GEN_RSA;
	gcry_sexp_t data, sig;

	gcry_must(gcry_sexp_build(&data, NULL,
		rsa ? "(data(flags pkcs1 no-blinding)(hash sha256 %b))"
		    : "(data(flags eddsa)(hash-algo sha512)(value %b))",
		32, digest));
	gcry_must(gcry_pk_sign(&sig, data, key->secret));
	if (rsa) {
		put_part(out, sig, "s");
	} else {
		put_part(out, sig, "r");
		put_part(out, sig, "s");
	}
	gcry_sexp_release(sig);
	gcry_sexp_release(data);
}

void
gen_sign_nobody(uint8_t algorithm, struct gen_stream *s, struct buf *out)
{
	uint8_t octets[256];
	size_t i, len = algorithm == GEN_RSA ? 256 : 32;

	for (i = 0; i < (algorithm == GEN_RSA ? 1u : 2u); i++) {
		gen_take(s, octets, len);
		octets[0] = (octets[0] & 0x7F) | 0x40;
		put_mpi_octets(out, octets, len);
	}
}
