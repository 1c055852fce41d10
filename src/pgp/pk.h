/*
 * pk.h - public-key verification: a digest, a signature, a key
 *
 * A table says, for each algorithm, how key, digest and signature are told to
 * libgcrypt. Whatever the material is, the answer is one of three; nothing an
 * outsider writes is an error. What exceeds the parameter limits is BAD
 * before any arithmetic, so that no key makes a verification expensive.
 *
 * Threads: any, after crypto_init.
 * Source:  RFC 9580 sections 5.2.3, 5.5.5; spec openpgp section 4.2.
 */
#ifndef KEYPOST_PGP_PK_H
#define KEYPOST_PGP_PK_H

#include "pgp/public_key.h"
#include "pgp/signature.h"

enum pk_result {
	PK_GOOD,
	PK_BAD,
	PK_CANNOT /* post-quantum, unknown algorithm or curve */
};

/* Are the key's numbers small enough to work with? Those whose algorithm we
 * cannot use are: they cost nothing. */
bool pk_in_limits(const struct public_key *key);

/*
 * What a verification with this key costs, against L13: in units of one with
 * Ed25519, half a millisecond, and at least 1. From algorithm and sizes
 * alone: the same everywhere, and never timed. Of the dearest key within the
 * limits PK_COST_MAX.
 */
enum { PK_COST_MAX = 1025 };
size_t pk_cost(const struct public_key *key);

/*
 * The signature's own octets without what anybody may add to them: leading
 * zeros of numbers, and what follows the last one. `*plain` when nothing was
 * added. Pieces borrow `out` and the signature; returns how many they are.
 */
enum { PK_NUMBERS_MAX = 2 };
struct pk_plain {
	uint8_t heads[PK_NUMBERS_MAX][2];
	struct bytes parts[2 * PK_NUMBERS_MAX];
};
size_t pk_plain_material(
	const struct signature_info *sig, struct pk_plain *out, bool *plain);

/*
 * Verifies a signature that is known to be good, of each kind of curve: the
 * library makes its constants at the first use, and not so that two threads
 * may. UNSUPPORTED if it fails. Before any thread starts.
 */
MUST_CHECK enum status pk_self_test(struct err *err);

/* `digest` is that of the signature's own hash algorithm. */
enum pk_result pk_verify(const struct public_key *key,
	const struct signature_info *sig, struct bytes digest);

#endif
