#include "pgp/pk.h"

#include <string.h>

#include "pgp/pk_job.h"

enum {
	RSA_BITS_MIN = 512,
	RSA_BITS_MAX = 16384,
	RSA_EXPONENT_MAX = 64,
	DSA_BITS_MAX = 8192,
	DSA_Q_MIN = 160,
	DSA_Q_MAX = 512,
	ELGAMAL_BITS_MAX = 8192,
	/* Bits of modulus, squared, times those of the exponent, in units of
	 * pk_cost: RSA squares once where the other two multiply powers. */
	COST_SHIFT_RSA = 30,
	COST_SHIFT = 29
};

struct row {
	uint8_t algorithm;
	const char *curve; /* NULL: any that has a name, or none */
	uint8_t key_numbers;
	uint8_t sig_numbers;
	uint8_t exponent; /* which of the key's numbers is as long as what the
			     first is the modulus for; only if in_limits */
	uint8_t shift;    /* of the cost, then */
	bool (*in_limits)(const struct numbers *k);
	enum pk_result (*verify)(const struct pk_job *job);
};

enum pk_result
pk_ask(gcry_sexp_t key, gcry_sexp_t data, gcry_sexp_t sig)
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

struct pk_cut
pk_cut_digest(struct bytes digest, size_t bits)
{
	struct pk_cut c = {.len = digest.len};
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

/* ---- limits ----------------------------------------------------------- */

static bool
rsa_in_limits(const struct numbers *k)
{
	return k->bits[0] >= RSA_BITS_MIN && k->bits[0] <= RSA_BITS_MAX &&
	       k->bits[1] <= RSA_EXPONENT_MAX;
}

static bool
dsa_in_limits(const struct numbers *k)
{
	return k->bits[0] <= DSA_BITS_MAX && k->bits[1] >= DSA_Q_MIN &&
	       k->bits[1] <= DSA_Q_MAX && k->bits[2] <= k->bits[0] &&
	       k->bits[3] <= k->bits[0];
}

static bool
elgamal_in_limits(const struct numbers *k)
{
	return k->bits[0] <= ELGAMAL_BITS_MAX && k->bits[1] <= k->bits[0] &&
	       k->bits[2] <= k->bits[0];
}

/* ---- the table -------------------------------------------------------- */

static const struct row rows[] = {
	{1, NULL, 2, 1, 1, COST_SHIFT_RSA, rsa_in_limits, pk_verify_rsa},
	{2, NULL, 2, 1, 1, COST_SHIFT_RSA, rsa_in_limits, pk_verify_rsa},
	{3, NULL, 2, 1, 1, COST_SHIFT_RSA, rsa_in_limits, pk_verify_rsa},
	{16, NULL, 3, 0, 0, COST_SHIFT, elgamal_in_limits, NULL},
	{17, NULL, 4, 2, 1, COST_SHIFT, dsa_in_limits, pk_verify_dsa},
	{19, NULL, 1, 2, 0, 0, NULL, pk_verify_ecdsa},
	{20, NULL, 3, 2, 0, COST_SHIFT, elgamal_in_limits, pk_verify_elgamal},
	{22, "Ed25519", 1, 2, 0, 0, NULL, pk_verify_legacy25519},
	{22, "Ed448", 1, 2, 0, 0, NULL, pk_verify_legacy448},
	{27, "Ed25519", 0, 0, 0, 0, NULL, pk_verify_native25519},
	{28, "Ed448", 0, 0, 0, 0, NULL, pk_verify_native448},
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

/* As measured (spec openpgp 4.2), rounded up. */
static const struct {
	const char *curve;
	uint8_t cost;
} curve_costs[] = {{"NIST P-256", 2}, {"NIST P-384", 3}, {"NIST P-521", 6},
	{"brainpoolP256r1", 3}, {"brainpoolP384r1", 5}, {"brainpoolP512r1", 9},
	{"secp256k1", 2}, {"Ed25519", 1}, {"Ed448", 5}};

static size_t
curve_cost(const struct public_key *key)
{
	size_t i;

	for (i = 0; key->curve != NULL &&
		    i < sizeof(curve_costs) / sizeof(curve_costs[0]);
		i++)
		if (strcmp(curve_costs[i].curve, key->curve) == 0)
			return curve_costs[i].cost;
	return 1;
}

size_t
pk_cost(const struct public_key *key)
{
	const struct row *r = find_row(key);
	struct numbers k;

	if (r == NULL || r->in_limits == NULL)
		return curve_cost(key);
	if (!read_key(r, key, &k) || !r->in_limits(&k))
		return 1;
	return 1 +
	       (size_t)((uint64_t)k.bits[0] * k.bits[0] * k.bits[r->exponent] >>
			r->shift);
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
	struct pk_job j = {.key = key, .sig = sig, .digest = digest};
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

/* ---- one signature, however it is written ----------------------------- */

struct shape {
	uint8_t algorithm;
	uint8_t numbers;
};

static const struct shape shapes[] = {
	{1, 1}, {2, 1}, {3, 1}, {17, 2}, {19, 2}, {20, 2}, {22, 2}};

size_t
pk_plain_material(
	const struct signature_info *sig, struct pk_plain *out, bool *plain)
{
	struct reader in = reader_of(sig->material);
	struct numbers n;
	size_t i, k = 0;

	*plain = true;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].algorithm == sig->pk_algorithm)
			k = shapes[i].numbers;
	if (k == 0 || !numbers_read(&in, k, &n)) {
		out->parts[0] = sig->material;
		return 1;
	}
	for (i = 0; i < k; i++) {
		out->heads[i][0] = (uint8_t)(n.bits[i] >> 8);
		out->heads[i][1] = (uint8_t)n.bits[i];
		out->parts[2 * i] = bytes_make(out->heads[i], 2);
		out->parts[2 * i + 1] = n.list[i];
	}
	*plain = reader_left(&in) == 0 && numbers_are_plain(sig->material, k);
	return 2 * k;
}
