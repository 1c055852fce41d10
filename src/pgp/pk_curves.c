#include "pgp/pk_job.h"

#include <string.h>

/* Algorithms on curves: ECDSA, and EdDSA in its old and its native forms. */

enum {
	POINT_UNCOMPRESSED = 0x04,
	POINT_MARK = 0x40, /* before the octets of a curve25519 point */
	ED25519_LEN = 32,
	ED448_LEN = 57
};

enum pk_result
pk_verify_ecdsa(const struct pk_job *j)
{
	struct pk_cut c = pk_cut_digest(j->digest, j->key->bits);
	size_t len = 1 + 2 * (((size_t)j->key->bits + 7) / 8);
	struct bytes q = j->k.list[0];
	gcry_sexp_t key, data, sig;

	if (q.len != len || q.data[0] != POINT_UNCOMPRESSED ||
		j->s.list[0].len == 0 || j->s.list[1].len == 0 ||
		j->s.bits[0] > j->key->bits || j->s.bits[1] > j->key->bits)
		return PK_BAD;
	PK_BUILD(key, "(public-key(ecdsa(curve %s)(q%b)))", j->key->curve,
		PK_OCTETS(q));
	PK_BUILD(data, "(data(flags raw)(value %b))", (int)c.len, c.octets);
	PK_BUILD(sig, "(sig-val(ecdsa(r%b)(s%b)))", PK_OCTETS(j->s.list[0]),
		PK_OCTETS(j->s.list[1]));
	return pk_ask(key, data, sig);
}

/* ---- EdDSA ------------------------------------------------------------ */

struct edwards {
	int len; /* of a point, of r and of s */
	const char *curve;
	unsigned bits; /* of a coordinate, in whole octets */
	const char *key;
	const char *data;
	const uint8_t *order; /* of the base point, last octet first */
};

static const uint8_t order25519[ED25519_LEN] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,
	0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	0x14, [31] = 0x10};
static const uint8_t order448[ED448_LEN] = {0xf3, 0x44, 0x58, 0xab, 0x92, 0xc2,
	0x78, 0x23, 0x55, 0x8f, 0xc5, 0x8d, 0x72, 0xc2, 0x6c, 0x21, 0x90, 0x36,
	0xd6, 0xae, 0x49, 0xdb, 0x4e, 0xc4, 0xe9, 0x23, 0xca, 0x7c, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0x3f};

static const struct edwards ed25519 = {ED25519_LEN, "Ed25519", 256,
	"(public-key(ecc(curve Ed25519)(flags eddsa)(q%b)))",
	"(data(flags eddsa)(hash-algo sha512)(value %b))", order25519};
static const struct edwards ed448 = {ED448_LEN, "Ed448", 448,
	"(public-key(ecc(curve Ed448)(flags eddsa)(q%b)))", "(data(value %b))",
	order448};

/*
 * Is s below the group's order? One that is not verifies just as well with
 * libraries that do not ask, so that anybody could write more signatures of
 * one that is known.
 */
static bool
edwards_in_range(const struct edwards *e, const uint8_t *s)
{
	int i;

	for (i = e->len; i-- > 0;)
		if (s[i] != e->order[i])
			return s[i] < e->order[i];
	return false;
}

/* The points of order 8 on Ed25519 have one of these, without its sign. */
static const uint8_t order8[][ED25519_LEN] = {
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89,
		0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
		0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76,
		0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};

static bool
edwards_is_order8(const struct edwards *e, const uint8_t *q)
{
	size_t i;

	if (e->len != ED25519_LEN)
		return false;
	for (i = 0; i < sizeof(order8) / sizeof(order8[0]); i++)
		if (memcmp(order8[i], q, ED25519_LEN - 1) == 0 &&
			order8[i][ED25519_LEN - 1] ==
				(q[ED25519_LEN - 1] & 0x7f))
			return true;
	return false;
}

/*
 * Is it a point that somebody can sign with? An assertion of the library ends
 * the process when a coordinate is shorter than the field by a machine word,
 * as those of points of low order are, and nobody's by chance.
 */
static bool
edwards_is_key(const struct edwards *e, struct bytes q)
{
	gcry_mpi_t octets =
		gcry_mpi_set_opaque_copy(NULL, q.data, (unsigned)q.len * 8);
	gcry_mpi_t x = gcry_mpi_new(0), y = gcry_mpi_new(0);
	gcry_mpi_point_t point = gcry_mpi_point_new(0);
	unsigned least = e->bits - 8 * (unsigned)sizeof(long);
	gcry_ctx_t ctx = NULL;
	bool is = false;

	if (!edwards_is_order8(e, q.data) &&
		gcry_mpi_ec_new(&ctx, NULL, e->curve) == 0 &&
		gcry_mpi_ec_decode_point(point, octets, ctx) == 0) {
		gcry_mpi_point_get(x, y, NULL, point);
		is = gcry_mpi_get_nbits(x) > least &&
		     gcry_mpi_get_nbits(y) > least;
	}
	gcry_mpi_point_release(point);
	gcry_mpi_release(x);
	gcry_mpi_release(y);
	gcry_mpi_release(octets);
	gcry_ctx_release(ctx);
	return is;
}

static enum pk_result
edwards_verify(const struct edwards *e, const struct pk_job *j, struct bytes q,
	const uint8_t *rs)
{
	gcry_sexp_t key, data, sig;

	if (!edwards_in_range(e, rs + e->len) || !edwards_is_key(e, q))
		return PK_BAD;
	PK_BUILD(key, e->key, PK_OCTETS(q));
	PK_BUILD(data, e->data, PK_OCTETS(j->digest));
	PK_BUILD(sig, "(sig-val(eddsa(r%b)(s%b)))", e->len, rs, e->len,
		rs + e->len);
	return pk_ask(key, data, sig);
}

static bool
edwards_pad(struct bytes b, uint8_t *out, size_t len)
{
	if (b.len > len)
		return false;
	memset(out, 0, len - b.len);
	memcpy(out + len - b.len, b.data, b.len);
	return true;
}

/* Version 4 of old: a marked point, and r and s as numbers. */
enum pk_result
pk_verify_legacy25519(const struct pk_job *j)
{
	uint8_t rs[2 * ED25519_LEN];
	struct bytes q = j->k.list[0];

	if (q.len != 1 + ED25519_LEN || q.data[0] != POINT_MARK ||
		!edwards_pad(j->s.list[0], rs, ED25519_LEN) ||
		!edwards_pad(j->s.list[1], rs + ED25519_LEN, ED25519_LEN))
		return PK_BAD;
	q = bytes_make(q.data + 1, ED25519_LEN);
	return edwards_verify(&ed25519, j, q, rs);
}

enum pk_result
pk_verify_legacy448(const struct pk_job *j)
{
	uint8_t rs[2 * ED448_LEN], q[ED448_LEN];

	if (!edwards_pad(j->k.list[0], q, ED448_LEN) ||
		!edwards_pad(j->s.list[0], rs, ED448_LEN) ||
		!edwards_pad(j->s.list[1], rs + ED448_LEN, ED448_LEN))
		return PK_BAD;
	return edwards_verify(&ed448, j, bytes_make(q, sizeof(q)), rs);
}

static enum pk_result
native_verify(const struct edwards *e, const struct pk_job *j)
{
	if (j->key->material.len != (size_t)e->len ||
		j->sig->material.len != (size_t)e->len * 2)
		return PK_BAD;
	return edwards_verify(e, j, j->key->material, j->sig->material.data);
}

enum pk_result
pk_verify_native25519(const struct pk_job *j)
{
	return native_verify(&ed25519, j);
}

enum pk_result
pk_verify_native448(const struct pk_job *j)
{
	return native_verify(&ed448, j);
}
