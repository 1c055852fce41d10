/*
 * pk_job.h - one public-key verification, and how its parts are told
 *
 * Memory:  a job borrows key, signature and digest; S-expressions that are
 *          handed to pk_ask are released by it.
 * Threads: any, after crypto_init.
 * Source:  spec openpgp section 4.2.
 */
#ifndef KEYPOST_PGP_PK_JOB_H
#define KEYPOST_PGP_PK_JOB_H

#include <gcrypt.h>

#include "pgp/numbers.h"
#include "pgp/pk.h"

/* What the rows of the table in pk.c work on. */
struct pk_job {
	const struct public_key *key;
	const struct signature_info *sig;
	struct bytes digest;
	struct numbers k; /* of the key */
	struct numbers s; /* of the signature */
};

#define PK_OCTETS(b) (int)(b).len, (const char *)(b).data

/* NULL when there is no such expression. */
#define PK_BUILD(s, ...)                                                       \
	do {                                                                   \
		if (gcry_sexp_build(&(s), NULL, __VA_ARGS__) != 0)             \
			(s) = NULL;                                            \
	} while (0)

/* Takes all three; one that could not be built is a signature that is bad. */
enum pk_result pk_ask(gcry_sexp_t key, gcry_sexp_t data, gcry_sexp_t sig);

/* The leftmost bits of a digest, as a number. */
struct pk_cut {
	uint8_t octets[CRYPTO_HASH_MAX];
	size_t len;
};

struct pk_cut pk_cut_digest(struct bytes digest, size_t bits);

/*
 * Each is asked only when all numbers could be read and are in limits. What
 * is out of the range that its algorithm gives is bad here, before the
 * library sees it: some versions take it, some do not, and of some it would
 * end the process.
 */
enum pk_result pk_verify_rsa(const struct pk_job *j);
enum pk_result pk_verify_dsa(const struct pk_job *j);
enum pk_result pk_verify_elgamal(const struct pk_job *j);
enum pk_result pk_verify_ecdsa(const struct pk_job *j);
enum pk_result pk_verify_legacy25519(const struct pk_job *j);
enum pk_result pk_verify_legacy448(const struct pk_job *j);
enum pk_result pk_verify_native25519(const struct pk_job *j);
enum pk_result pk_verify_native448(const struct pk_job *j);

#endif
