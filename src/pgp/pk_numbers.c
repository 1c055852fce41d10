#include "pgp/pk_job.h"

#include <string.h>

/*
 * Algorithms of plain numbers: RSA, DSA, and ElGamal as very old versions of
 * GnuPG signed with it.
 */

enum { ASN_MAX = 64, ELGAMAL_OCTETS_MAX = 8192 / 8, BLOCK_OVERHEAD = 11 };

/* Is it one that a signature may hold: above zero, below the bound? */
static bool
pk_in_range(struct bytes number, struct bytes bound)
{
	return number.len > 0 && numbers_cmp(number, bound) < 0;
}

enum pk_result
pk_verify_rsa(const struct pk_job *j)
{
	gcry_sexp_t key, data, sig;

	if (!pk_in_range(j->s.list[0], j->k.list[0]))
		return PK_BAD;
	PK_BUILD(key, "(public-key(rsa(n%b)(e%b)))", PK_OCTETS(j->k.list[0]),
		PK_OCTETS(j->k.list[1]));
	PK_BUILD(data, "(data(flags pkcs1)(hash %s %b))",
		gcry_md_algo_name(
			crypto_hash_algorithm(j->sig->hash_algorithm)),
		PK_OCTETS(j->digest));
	PK_BUILD(sig, "(sig-val(rsa(s%b)))", PK_OCTETS(j->s.list[0]));
	return pk_ask(key, data, sig);
}

/* ---- DSA -------------------------------------------------------------- */

static gcry_mpi_t
dsa_number(struct bytes b)
{
	gcry_mpi_t n = NULL;

	if (gcry_mpi_scan(&n, GCRYMPI_FMT_USG, b.data, b.len, NULL) != 0)
		return NULL;
	return n;
}

/*
 * Has s an inverse modulo q? With a prime q it always has. With another q the
 * library goes on with zero, and an assertion of it ends the process.
 */
static bool
dsa_can_invert(struct bytes s, struct bytes q)
{
	gcry_mpi_t a = dsa_number(s), m = dsa_number(q), x = gcry_mpi_new(0);
	bool can = a != NULL && m != NULL && gcry_mpi_invm(x, a, m) != 0;

	gcry_mpi_release(a);
	gcry_mpi_release(m);
	gcry_mpi_release(x);
	return can;
}

enum pk_result
pk_verify_dsa(const struct pk_job *j)
{
	const struct bytes *k = j->k.list; /* p, q, g, y */
	struct pk_cut c = pk_cut_digest(j->digest, j->k.bits[1]);
	gcry_sexp_t key, data, sig;

	if (!pk_in_range(k[1], k[0]) || !pk_in_range(k[2], k[0]) ||
		!pk_in_range(k[3], k[0]) || !pk_in_range(j->s.list[0], k[1]) ||
		!pk_in_range(j->s.list[1], k[1]) ||
		!dsa_can_invert(j->s.list[1], k[1]))
		return PK_BAD;
	PK_BUILD(key, "(public-key(dsa(p%b)(q%b)(g%b)(y%b)))", PK_OCTETS(k[0]),
		PK_OCTETS(k[1]), PK_OCTETS(k[2]), PK_OCTETS(k[3]));
	PK_BUILD(data, "(data(flags raw)(value %b))", (int)c.len, c.octets);
	PK_BUILD(sig, "(sig-val(dsa(r%b)(s%b)))", PK_OCTETS(j->s.list[0]),
		PK_OCTETS(j->s.list[1]));
	return pk_ask(key, data, sig);
}

/* ---- ElGamal ---------------------------------------------------------- */

/* The whole PKCS#1 block of the size of p: 00 01 FF.. 00 prefix digest. */
static bool
elgamal_block(const struct pk_job *j, uint8_t *block, size_t len)
{
	int algorithm = crypto_hash_algorithm(j->sig->hash_algorithm);
	uint8_t prefix[ASN_MAX];
	size_t n = sizeof(prefix), tail;

	if (gcry_md_algo_info(algorithm, GCRYCTL_GET_ASNOID, prefix, &n) != 0)
		return false;
	tail = n + j->digest.len;
	if (len < tail + BLOCK_OVERHEAD)
		return false;
	memset(block, 0xff, len);
	block[0] = 0;
	block[1] = 1;
	block[len - tail - 1] = 0;
	memcpy(block + len - tail, prefix, n);
	memcpy(block + len - j->digest.len, j->digest.data, j->digest.len);
	return true;
}

enum pk_result
pk_verify_elgamal(const struct pk_job *j)
{
	const struct bytes *k = j->k.list; /* p, g, y */
	uint8_t block[ELGAMAL_OCTETS_MAX];
	gcry_sexp_t key, data, sig;

	if (!pk_in_range(k[1], k[0]) || !pk_in_range(k[2], k[0]) ||
		!pk_in_range(j->s.list[0], k[0]) ||
		!pk_in_range(j->s.list[1], k[0]) ||
		!elgamal_block(j, block, k[0].len))
		return PK_BAD;
	PK_BUILD(key, "(public-key(elg(p%b)(g%b)(y%b)))", PK_OCTETS(k[0]),
		PK_OCTETS(k[1]), PK_OCTETS(k[2]));
	PK_BUILD(data, "(data(flags raw)(value %b))", (int)k[0].len, block);
	PK_BUILD(sig, "(sig-val(elg(r%b)(s%b)))", PK_OCTETS(j->s.list[0]),
		PK_OCTETS(j->s.list[1]));
	return pk_ask(key, data, sig);
}
