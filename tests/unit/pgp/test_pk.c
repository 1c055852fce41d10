/*
 * Public-key verification as an attacker meets it: every algorithm with a
 * good signature and bad ones, and material that is no key or no signature.
 * Whatever it is, there is an answer: some of what is below ended the process,
 * in the library.
 */
#include "../unit.h"

#include <string.h>

#include "pgp/level.h"
#include "pgp/pk.h"
#include "vectors.h"

enum { SHA256 = 8, MATERIAL_MAX = 8192 };

/* ---- each algorithm ---------------------------------------------------- */

static const struct sample {
	const char *file;
	uint8_t algorithm;
	const char *curve;
} samples[] = {
	{"v3-rsa.pgp", 1, NULL},
	{"v4-rsa.pgp", 1, NULL},
	{"v4-dsa-elgamal.pgp", 17, NULL},
	{"v4-dsa2048-sha512.pgp", 17, NULL},
	{"v4-elgamal-sign.pgp", 20, NULL},
	{"v4-ecdsa-curves.pgp", 19, "NIST P-256"},
	{"v4-ecdsa-curves.pgp", 19, "NIST P-384"},
	{"v4-ecdsa-curves.pgp", 19, "NIST P-521"},
	{"v4-ecdsa-curves.pgp", 19, "brainpoolP256r1"},
	{"v4-ecdsa-curves.pgp", 19, "brainpoolP384r1"},
	{"v4-ecdsa-curves.pgp", 19, "brainpoolP512r1"},
	{"v4-ecdsa-curves.pgp", 19, "secp256k1"},
	{"v4-ed25519-legacy.pgp", 22, "Ed25519"},
	{"v4-ed25519-native.pgp", 27, "Ed25519"},
	{"v4-ed448.pgp", 28, "Ed448"},
};

static struct verify_budget all_of_it = {SIZE_MAX, SIZE_MAX};

static enum verify_result
ask(const struct cert *c, const struct signature_info *info)
{
	return verify_signature(
		c, &c->user_ids[0], info, &c->primary.key, &all_of_it);
}

static const struct cert *
find_sample(const struct sample *s)
{
	size_t i;

	assert_ok(vectors_read_named(s->file, &vectors_limits));
	for (i = 0; i < vectors_list.count; i++) {
		const struct public_key *k = &vectors_list.list[i]->primary.key;

		if (k->algorithm == s->algorithm &&
			(s->curve == NULL || strcmp(s->curve, k->curve) == 0))
			return vectors_list.list[i];
	}
	fail_msg("%s lacks algorithm %u", s->file, s->algorithm);
	return NULL;
}

/* The signature's material with `len` octets of `with`. */
static enum verify_result
ask_with(const struct cert *c, const void *with, size_t len)
{
	struct signature_info info = c->user_ids[0].sigs[0].info;

	info.material = bytes_make(with, len);
	return ask(c, &info);
}

/* Bad; or the same numbers, otherwise announced. */
static void
check_changed(const struct cert *c, const uint8_t *m, size_t len)
{
	struct signature_info info = c->user_ids[0].sigs[0].info;
	struct pk_plain numbers;
	bool plain;

	if (ask_with(c, m, len) == VERIFY_BAD)
		return;
	info.material = bytes_make(m, len);
	(void)pk_plain_material(&info, &numbers, &plain);
	assert_false(plain);
}

static void
check_bad(const struct cert *c)
{
	const struct signature_info *good = &c->user_ids[0].sigs[0].info;
	uint8_t m[MATERIAL_MAX];
	struct signature_info info;
	size_t len = good->material.len, i;

	assert_true(len + 1 < sizeof(m));
	for (i = 0; i < len; i++) {
		memcpy(m, good->material.data, len);
		m[i] ^= 1;
		check_changed(c, m, len);
		m[i] ^= 0x41;
		check_changed(c, m, len);
	}
	memcpy(m, good->material.data, len);
	for (i = 0; i < len; i++)
		assert_int_equal(ask_with(c, m, i), VERIFY_BAD);
	memset(m, 0, sizeof(m));
	assert_int_equal(ask_with(c, m, len), VERIFY_BAD);
	memset(m, 0xff, sizeof(m));
	assert_int_equal(ask_with(c, m, len), VERIFY_BAD);
	info = *good;
	info.left[0] ^= 1;
	assert_int_equal(ask(c, &info), VERIFY_IMPLAUSIBLE);
	info.hash_algorithm = 99;
	assert_int_equal(ask(c, &info), VERIFY_IMPLAUSIBLE);
}

static void
test_every_algorithm_tells_good_from_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const struct cert *c = find_sample(&samples[i]);

		assert_int_equal(
			ask(c, &c->user_ids[0].sigs[0].info), VERIFY_GOOD);
		check_bad(c);
	}
}

/* ---- keys that somebody made up ---------------------------------------- */

struct maker {
	uint8_t octets[MATERIAL_MAX];
	size_t len;
};

static void
put(struct maker *m, const void *data, size_t len)
{
	assert_true(m->len + len <= sizeof(m->octets));
	memcpy(m->octets + m->len, data, len);
	m->len += len;
}

/* An MPI of `bits` bits: of ones but for the last octet. */
static void
put_bits(struct maker *m, size_t bits, uint8_t last)
{
	uint8_t head[2] = {(uint8_t)(bits >> 8), (uint8_t)bits};
	uint8_t octets[2100];
	size_t len = (bits + 7) / 8;

	memset(octets, 0xff, sizeof(octets));
	octets[0] = (uint8_t)(0xff >> (len * 8 - bits));
	if (len > 0)
		octets[len - 1] = len == 1 ? (uint8_t)(octets[0] & last) : last;
	put(m, head, 2);
	put(m, octets, len);
}

static void
put_octets(struct maker *m, const uint8_t *octets, size_t len)
{
	uint8_t head[2] = {(uint8_t)(len >> 5), (uint8_t)(len << 3)};

	put(m, head, 2);
	put(m, octets, len);
}

static struct public_key
key_of(uint8_t algorithm, const char *curve, uint16_t bits,
	const struct maker *m)
{
	return (struct public_key){.algorithm = algorithm,
		.curve = curve,
		.bits = bits,
		.material = {m->octets, m->len}};
}

static enum pk_result
verify_made(const struct public_key *key, const struct maker *s)
{
	static const uint8_t digest[32] = {0x12, 0x34};
	struct signature_info info = {.pk_algorithm = key->algorithm,
		.hash_algorithm = SHA256,
		.material = {s->octets, s->len}};

	return pk_verify(key, &info, bytes_make(digest, sizeof(digest)));
}

/* ---- that no library may take amiss ------------------------------------ */

static void
check_dsa(size_t p, size_t q, uint8_t last_p, uint8_t last_q, uint8_t g)
{
	static const uint8_t edges[] = {0, 1, 2, 0xfe, 0xff};
	struct maker key = {.len = 0}, sig;
	struct public_key k;
	size_t i, j;

	put_bits(&key, p, last_p);
	put_bits(&key, q, last_q);
	put_bits(&key, g == 0 ? 0 : 8, g);
	put_bits(&key, g == 0 ? 0 : 8, g);
	k = key_of(17, NULL, 0, &key);
	for (i = 0; i < sizeof(edges); i++) {
		for (j = 0; j < sizeof(edges); j++) {
			sig.len = 0;
			put_bits(&sig, i < 3 ? 8 : q, edges[i]);
			put_bits(&sig, j < 3 ? 8 : q, edges[j]);
			assert_int_not_equal(verify_made(&k, &sig), PK_CANNOT);
		}
	}
}

static void
test_made_up_dsa_keys_end_nothing(void **state)
{
	static const size_t moduli[] = {0, 1, 8, 159, 160, 161, 512, 1024};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		check_dsa(moduli[i], 160, 0xff, 0xff, 5); /* q = 2^160 - 1 */
		check_dsa(moduli[i], 160, 0xfe, 0xfe, 5);
		check_dsa(moduli[i], 161, 0xfe, 0x00, 0);
		check_dsa(moduli[i], 512, 0xff, 0x01, 1);
	}
}

static void
test_made_up_elgamal_and_rsa_keys_end_nothing(void **state)
{
	static const size_t moduli[] = {0, 1, 8, 512, 1024, 1031};
	static const uint8_t last[] = {0xff, 0xfe, 0x00};
	size_t i, j, k;

	(void)state;
	for (i = 0; i < sizeof(moduli) / sizeof(moduli[0]); i++) {
		for (j = 0; j < 9; j++) {
			struct maker elg = {.len = 0}, rsa = {.len = 0};
			struct maker sig = {.len = 0};
			struct public_key key;

			put_bits(&elg, moduli[i], last[j % 3]);
			put_bits(&elg, j, 0xff);
			put_bits(&elg, 8 * j, 0xff);
			put_bits(&rsa, moduli[i], last[j % 3]);
			put_bits(&rsa, j * 8, last[j / 3]);
			for (k = 0; k < 2; k++)
				put_bits(&sig, j * 8, last[k]);
			key = key_of(20, NULL, 0, &elg);
			assert_int_equal(verify_made(&key, &sig), PK_BAD);
			key = key_of(1, NULL, 0, &rsa);
			assert_int_equal(verify_made(&key, &sig), PK_BAD);
		}
	}
}

static void
check_curve(const char *curve, uint16_t bits, uint8_t mark, size_t len)
{
	static const uint8_t fill[] = {0x00, 0x01, 0x7f, 0xff};
	uint8_t q[160];
	size_t i, k, n;

	for (i = 0; i < 16; i++) {
		for (n = len - 2; n <= len + 2; n++) {
			struct maker key = {.len = 0}, sig = {.len = 0};
			struct public_key made;

			memset(q, fill[i % 4], sizeof(q));
			memset(q + 1 + len / 2, fill[i / 4], len / 2);
			q[0] = mark;
			put(&key, "\x01\x2a", 2); /* an OID of one octet */
			put_octets(&key, q, n);
			made = key_of(19, curve, bits, &key);
			for (k = 0; k < 2; k++)
				put_bits(&sig, bits - 3 * k, 0x11);
			assert_int_equal(verify_made(&made, &sig), PK_BAD);
		}
	}
}

static void
test_points_off_their_curve_are_bad(void **state)
{
	static const uint8_t marks[] = {0x04, 0x02, 0x03, 0x40, 0x00, 0x06};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(marks); i++) {
		check_curve("NIST P-256", 256, marks[i], 65);
		check_curve("NIST P-384", 384, marks[i], 97);
		check_curve("NIST P-521", 521, marks[i], 133);
		check_curve("brainpoolP256r1", 256, marks[i], 65);
		check_curve("brainpoolP384r1", 384, marks[i], 97);
		check_curve("brainpoolP512r1", 512, marks[i], 129);
		check_curve("secp256k1", 256, marks[i], 65);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_algorithm_tells_good_from_bad),
		cmocka_unit_test(test_made_up_dsa_keys_end_nothing),
		cmocka_unit_test(test_made_up_elgamal_and_rsa_keys_end_nothing),
		cmocka_unit_test(test_points_off_their_curve_are_bad),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
