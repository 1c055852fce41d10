#include "pgp/pk.h"

#include <gcrypt.h>
#include <string.h>

#include "pgp/numbers.h"

enum {
	RSA_BITS_MIN = 512,
	RSA_BITS_MAX = 16384,
	RSA_EXPONENT_MAX = 64,
	DSA_BITS_MAX = 8192,
	DSA_Q_MIN = 160,
	DSA_Q_MAX = 512,
	ELGAMAL_BITS_MAX = 8192,
	ASN_MAX = 64,
	POINT_MARK = 0x40 /* before the octets of a curve25519 point */
};

/* One verification: what the rows below work on. */
struct job {
	const struct public_key *key;
	const struct signature_info *sig;
	struct bytes digest;
	struct numbers k; /* of the key */
	struct numbers s; /* of the signature */
};

struct row {
	uint8_t algorithm;
	const char *curve; /* NULL: any that has a name, or none */
	uint8_t key_numbers;
	uint8_t sig_numbers;
	bool (*in_limits)(const struct numbers *k);
	enum pk_result (*verify)(const struct job *job);
};

/* ---- to libgcrypt ----------------------------------------------------- */

#define OCTETS(b) (int)(b).len, (const char *)(b).data

/* Takes all three; one that could not be built is a signature that is bad. */
static enum pk_result
ask(gcry_sexp_t key, gcry_sexp_t data, gcry_sexp_t sig)
{
	enum pk_result r = PK_BAD;

	if (key != NULL && data != NULL && sig != NULL &&
		gcry_pk_verify(sig, data, key) == 0)
		r = PK_GOOD;
	gcry_sexp_release(key);
	gcry_sexp_release(data);
	gcry_sexp_release(sig);
	return r;
}

#define BUILD(s, ...)                                                          \
	do {                                                                   \
		if (gcry_sexp_build(&(s), NULL, __VA_ARGS__) != 0)             \
			(s) = NULL;                                            \
	} while (0)

/* ---- RSA -------------------------------------------------------------- */

static bool
rsa_in_limits(const struct numbers *k)
{
	return k->bits[0] >= RSA_BITS_MIN && k->bits[0] <= RSA_BITS_MAX &&
	       k->bits[1] <= RSA_EXPONENT_MAX;
}

static enum pk_result
rsa_verify(const struct job *j)
{
	gcry_sexp_t key, data, sig;

	if (j->s.bits[0] > j->k.bits[0])
		return PK_BAD;
	BUILD(key, "(public-key(rsa(n%b)(e%b)))", OCTETS(j->k.list[0]),
		OCTETS(j->k.list[1]));
	BUILD(data, "(data(flags pkcs1)(hash %s %b))",
		gcry_md_algo_name(
			crypto_hash_algorithm(j->sig->hash_algorithm)),
		OCTETS(j->digest));
	BUILD(sig, "(sig-val(rsa(s%b)))", OCTETS(j->s.list[0]));
	return ask(key, data, sig);
}

/* ---- DSA, ECDSA ------------------------------------------------------- */

struct cut {
	uint8_t octets[CRYPTO_HASH_MAX];
	size_t len;
};

/* The leftmost `bits` of a digest, as a number. */
static struct cut
cut_digest(struct bytes digest, size_t bits)
{
	struct cut c = {.len = digest.len};
	size_t i, shift;

	memcpy(c.octets, digest.data, digest.len);
	if (digest.len * 8 <= bits)
		return c;
	c.len = (bits + 7) / 8;
	shift = c.len * 8 - bits;
	for (i = c.len; shift > 0 && i-- > 0;)
		c.octets[i] =
			(uint8_t)(c.octets[i] >> shift |
				  (i > 0 ? c.octets[i - 1] << (8 - shift) : 0));
	return c;
}

static bool
dsa_in_limits(const struct numbers *k)
{
	return k->bits[0] <= DSA_BITS_MAX && k->bits[1] >= DSA_Q_MIN &&
	       k->bits[1] <= DSA_Q_MAX && k->bits[2] <= k->bits[0] &&
	       k->bits[3] <= k->bits[0];
}

static enum pk_result
dsa_verify(const struct job *j)
{
	struct cut c = cut_digest(j->digest, j->k.bits[1]);
	gcry_sexp_t key, data, sig;

	if (j->s.bits[0] > j->k.bits[1] || j->s.bits[1] > j->k.bits[1])
		return PK_BAD;
	BUILD(key, "(public-key(dsa(p%b)(q%b)(g%b)(y%b)))",
		OCTETS(j->k.list[0]), OCTETS(j->k.list[1]),
		OCTETS(j->k.list[2]), OCTETS(j->k.list[3]));
	BUILD(data, "(data(flags raw)(value %b))", (int)c.len, c.octets);
	BUILD(sig, "(sig-val(dsa(r%b)(s%b)))", OCTETS(j->s.list[0]),
		OCTETS(j->s.list[1]));
	return ask(key, data, sig);
}

static enum pk_result
ecdsa_verify(const struct job *j)
{
	struct cut c = cut_digest(j->digest, j->key->bits);
	gcry_sexp_t key, data, sig;

	if (j->s.bits[0] > j->key->bits || j->s.bits[1] > j->key->bits)
		return PK_BAD;
	BUILD(key, "(public-key(ecdsa(curve %s)(q%b)))", j->key->curve,
		OCTETS(j->k.list[0]));
	BUILD(data, "(data(flags raw)(value %b))", (int)c.len, c.octets);
	BUILD(sig, "(sig-val(ecdsa(r%b)(s%b)))", OCTETS(j->s.list[0]),
		OCTETS(j->s.list[1]));
	return ask(key, data, sig);
}

/* ---- ElGamal, as very old versions of GnuPG signed -------------------- */

static bool
elgamal_in_limits(const struct numbers *k)
{
	return k->bits[0] <= ELGAMAL_BITS_MAX && k->bits[1] <= k->bits[0] &&
	       k->bits[2] <= k->bits[0];
}

/* The whole PKCS#1 block of the size of p: 00 01 FF.. 00 prefix digest. */
static bool
elgamal_block(const struct job *j, uint8_t *block, size_t len)
{
	int algorithm = crypto_hash_algorithm(j->sig->hash_algorithm);
	uint8_t prefix[ASN_MAX];
	size_t n = sizeof(prefix), tail;

	if (gcry_md_algo_info(algorithm, GCRYCTL_GET_ASNOID, prefix, &n) != 0)
		return false;
	tail = n + j->digest.len;
	if (len < tail + 11)
		return false;
	memset(block, 0xff, len);
	block[0] = 0;
	block[1] = 1;
	block[len - tail - 1] = 0;
	memcpy(block + len - tail, prefix, n);
	memcpy(block + len - j->digest.len, j->digest.data, j->digest.len);
	return true;
}

static enum pk_result
elgamal_verify(const struct job *j)
{
	uint8_t block[ELGAMAL_BITS_MAX / 8];
	size_t len = j->k.list[0].len;
	gcry_sexp_t key, data, sig;

	if (j->s.bits[0] > j->k.bits[0] || j->s.bits[1] > j->k.bits[0] ||
		!elgamal_block(j, block, len))
		return PK_BAD;
	BUILD(key, "(public-key(elg(p%b)(g%b)(y%b)))", OCTETS(j->k.list[0]),
		OCTETS(j->k.list[1]), OCTETS(j->k.list[2]));
	BUILD(data, "(data(flags raw)(value %b))", (int)len, block);
	BUILD(sig, "(sig-val(elg(r%b)(s%b)))", OCTETS(j->s.list[0]),
		OCTETS(j->s.list[1]));
	return ask(key, data, sig);
}

/* ---- EdDSA ------------------------------------------------------------ */

enum { ED25519_LEN = 32, ED448_LEN = 57 };

static bool
pad(struct bytes b, uint8_t *out, size_t len)
{
	if (b.len > len)
		return false;
	memset(out, 0, len - b.len);
	memcpy(out + len - b.len, b.data, b.len);
	return true;
}

struct edwards {
	int len; /* of a point, of r and of s */
	const char *key;
	const char *data;
};

static const struct edwards ed25519 = {ED25519_LEN,
	"(public-key(ecc(curve Ed25519)(flags eddsa)(q%b)))",
	"(data(flags eddsa)(hash-algo sha512)(value %b))"};
static const struct edwards ed448 = {ED448_LEN,
	"(public-key(ecc(curve Ed448)(flags eddsa)(q%b)))", "(data(value %b))"};

static enum pk_result
edwards_verify(const struct edwards *e, const struct job *j, struct bytes q,
	const uint8_t *rs)
{
	gcry_sexp_t key, data, sig;

	BUILD(key, e->key, OCTETS(q));
	BUILD(data, e->data, OCTETS(j->digest));
	BUILD(sig, "(sig-val(eddsa(r%b)(s%b)))", e->len, rs, e->len,
		rs + e->len);
	return ask(key, data, sig);
}

/* Version 4 of old: a marked point, and r and s as numbers. */
static enum pk_result
legacy25519_verify(const struct job *j)
{
	uint8_t rs[2 * ED25519_LEN];
	struct bytes q = j->k.list[0];

	if (q.len != 1 + ED25519_LEN || q.data[0] != POINT_MARK ||
		!pad(j->s.list[0], rs, ED25519_LEN) ||
		!pad(j->s.list[1], rs + ED25519_LEN, ED25519_LEN))
		return PK_BAD;
	return edwards_verify(&ed25519, j, q, rs);
}

static enum pk_result
legacy448_verify(const struct job *j)
{
	uint8_t rs[2 * ED448_LEN], q[ED448_LEN];

	if (!pad(j->k.list[0], q, ED448_LEN) ||
		!pad(j->s.list[0], rs, ED448_LEN) ||
		!pad(j->s.list[1], rs + ED448_LEN, ED448_LEN))
		return PK_BAD;
	return edwards_verify(&ed448, j, bytes_make(q, sizeof(q)), rs);
}

static enum pk_result
native25519_verify(const struct job *j)
{
	if (j->key->material.len != ED25519_LEN ||
		j->sig->material.len != (size_t)2 * ED25519_LEN)
		return PK_BAD;
	return edwards_verify(
		&ed25519, j, j->key->material, j->sig->material.data);
}

static enum pk_result
native448_verify(const struct job *j)
{
	if (j->key->material.len != ED448_LEN ||
		j->sig->material.len != (size_t)2 * ED448_LEN)
		return PK_BAD;
	return edwards_verify(
		&ed448, j, j->key->material, j->sig->material.data);
}

/* ---- the table -------------------------------------------------------- */

static const struct row rows[] = {
	{1, NULL, 2, 1, rsa_in_limits, rsa_verify},
	{2, NULL, 2, 1, rsa_in_limits, rsa_verify},
	{3, NULL, 2, 1, rsa_in_limits, rsa_verify},
	{16, NULL, 3, 0, elgamal_in_limits, NULL},
	{17, NULL, 4, 2, dsa_in_limits, dsa_verify},
	{19, NULL, 1, 2, NULL, ecdsa_verify},
	{20, NULL, 3, 2, elgamal_in_limits, elgamal_verify},
	{22, "Ed25519", 1, 2, NULL, legacy25519_verify},
	{22, "Ed448", 1, 2, NULL, legacy448_verify},
	{27, "Ed25519", 0, 0, NULL, native25519_verify},
	{28, "Ed448", 0, 0, NULL, native448_verify},
};

static const struct row *
find_row(const struct public_key *key)
{
	const struct row *r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = &rows[i];
		if (r->algorithm != key->algorithm)
			continue;
		if (r->curve == NULL ||
			(key->curve != NULL &&
				strcmp(r->curve, key->curve) == 0))
			return r;
	}
	return NULL;
}

/* Curves put their OID before the point. */
static bool
read_key(const struct row *r, const struct public_key *key, struct numbers *k)
{
	struct reader in = reader_of(key->material);

	if (public_key_has_oid(key->algorithm))
		reader_take(&in, reader_u8(&in));
	return numbers_read(&in, r->key_numbers, k);
}

bool
pk_in_limits(const struct public_key *key)
{
	const struct row *r = find_row(key);
	struct numbers k;

	if (r == NULL || r->in_limits == NULL)
		return true;
	return read_key(r, key, &k) && r->in_limits(&k);
}

static uint8_t
family(uint8_t algorithm)
{
	return algorithm == 2 || algorithm == 3 ? 1 : algorithm;
}

enum pk_result
pk_verify(const struct public_key *key, const struct signature_info *sig,
	struct bytes digest)
{
	struct job j = {.key = key, .sig = sig, .digest = digest};
	const struct row *r = find_row(key);
	struct reader in = reader_of(sig->material);

	if (!public_key_verifies(key))
		return PK_CANNOT;
	if (r == NULL || r->verify == NULL ||
		family(sig->pk_algorithm) != family(key->algorithm) ||
		!read_key(r, key, &j.k) ||
		(r->in_limits != NULL && !r->in_limits(&j.k)) ||
		!numbers_read(&in, r->sig_numbers, &j.s))
		return PK_BAD;
	return r->verify(&j);
}
