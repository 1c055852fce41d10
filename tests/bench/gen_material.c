#include "tests/bench/gen_material.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/crypto.h"

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

void
gen_put_mpi(struct buf *out, const uint8_t *p, size_t len)
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

void
gen_put_ed25519(struct buf *material, const uint8_t point[32])
{
	uint8_t prefixed[33] = {0x40};

	memcpy(prefixed + 1, point, 32);
	gen_must(buf_put(
		material, bytes_make(ed25519_oid, sizeof(ed25519_oid))));
	gen_put_mpi(material, prefixed, sizeof(prefixed));
}

void
gen_ed25519(struct gen_key *key, struct gen_stream *s)
{
	uint8_t secret[32], point[32];
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
	memcpy(point, octets, 32);
	gcry_mpi_release(q);
	gcry_ctx_release(ctx);
	gcry_sexp_release(params);
	gcry_must(gcry_sexp_build(&key->secret, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(q %b)(d %b)))",
		32, point, (int)sizeof(secret), secret));
	key->algorithm = GEN_EDDSA;
	gen_put_ed25519(&key->material, point);
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
	gen_put_mpi(&key->material, point, sizeof(point));
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
	gen_put_mpi(out, (const uint8_t *)octets, len);
	gcry_sexp_release(part);
}

void
gen_sign(const struct gen_key *key, const uint8_t digest[32], struct buf *out)
{
	gcry_sexp_t data, sig;

	if (key->sign != NULL) {
		key->sign(key, digest, out);
		return;
	}
	gcry_must(gcry_sexp_build(&data, NULL,
		"(data(flags eddsa)(hash-algo sha512)(value %b))", 32, digest));
	gcry_must(gcry_pk_sign(&sig, data, key->secret));
	put_part(out, sig, "r");
	put_part(out, sig, "s");
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
		gen_put_mpi(out, octets, len);
	}
}
