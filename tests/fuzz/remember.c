/*
 * remember.c - who tries many inputs need not ask a key the same twice
 *
 * Most of them are variations of a few certificates, whose
 * signatures cost far more than all else. What pk_verify said is remembered
 * by what it was asked; linked with --wrap=pk_verify. Now and then it is asked
 * again: it must not change its mind.
 */
#include <assert.h>
#include <string.h>

#include "pgp/crypto.h"
#include "pgp/pk.h"

enum { ANSWERS = 1 << 14, AGAIN = 256 };

struct answer {
	struct digest question;
	enum pk_result result;
	bool given;
};

enum pk_result __real_pk_verify(const struct public_key *key,
	const struct signature_info *sig, struct bytes digest);
enum pk_result __wrap_pk_verify(const struct public_key *key,
	const struct signature_info *sig, struct bytes digest);

/* All that pk_verify reads. */
static void
remember_question(const struct public_key *key,
	const struct signature_info *sig, struct bytes digest,
	struct digest *out)
{
	const size_t lengths[] = {
		key->material.len, sig->material.len, digest.len};
	const uint8_t kinds[] = {
		key->algorithm, sig->pk_algorithm, sig->hash_algorithm};
	const struct bytes parts[] = {bytes_make(lengths, sizeof(lengths)),
		bytes_make(kinds, sizeof(kinds)), key->material, sig->material,
		digest};

	crypto_sha256(parts, sizeof(parts) / sizeof(parts[0]), out);
}

enum pk_result
__wrap_pk_verify(const struct public_key *key, const struct signature_info *sig,
	struct bytes digest)
{
	static struct answer answers[ANSWERS];
	static unsigned asked;
	struct answer *a;
	struct digest q;
	bool known;

	remember_question(key, sig, digest, &q);
	a = &answers[((size_t)q.octets[0] << 8 | q.octets[1]) % ANSWERS];
	known = a->given && memcmp(&a->question, &q, sizeof(q)) == 0;
	if (!known || ++asked % AGAIN == 0) {
		enum pk_result r = __real_pk_verify(key, sig, digest);

		assert(!known || r == a->result);
		*a = (struct answer){q, r, true};
	}
	return a->result;
}
