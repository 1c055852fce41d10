#include "../unit.h"

#include <string.h>

#include "pgp/public_key.h"
#include "vectors.h"

static struct public_key
primary_of(const char *file)
{
	return vectors_cert(vectors_arena, vectors_get(&vectors_all, file))
		->primary.key;
}

static void
check_shown(const char *file, unsigned bits, const char *curve)
{
	struct public_key key = primary_of(file);

	assert_int_equal(key.bits, bits);
	if (curve)
		assert_string_equal(key.curve, curve);
	else
		assert_null(key.curve);
}

static void
test_sizes_and_curves_are_told(void **state)
{
	struct cert_list list = {0};
	static const char *const curves[] = {"NIST P-256", "NIST P-384",
		"NIST P-521", "brainpoolP256r1", "brainpoolP384r1",
		"brainpoolP512r1", "secp256k1"};
	static const uint16_t bits[] = {256, 384, 521, 256, 384, 512, 256};
	size_t i;

	(void)state;
	check_shown("v4-rsa.pgp", primary_of("v4-rsa.pgp").bits, NULL);
	assert_true(primary_of("v4-rsa.pgp").bits >= 1024);
	check_shown("v4-dsa-elgamal.pgp", 1024, NULL);
	check_shown("v4-ed25519-legacy.pgp", 255, "Ed25519");
	check_shown("v4-ed25519-native.pgp", 255, "Ed25519");
	check_shown("v4-ed448.pgp", 448, "Ed448");
	check_shown("v6-rfc9580-a3.pgp", 255, "Ed25519");
	check_shown("alg-unknown.pgp", 0, NULL);
	assert_ok(cert_read(vectors_arena,
		vectors_get(&vectors_all, "v4-ecdsa-curves.pgp"),
		&vectors_limits, &list, NULL));
	for (i = 0; i < 7; i++) {
		assert_string_equal(list.list[i]->primary.key.curve, curves[i]);
		assert_int_equal(list.list[i]->primary.key.bits, bits[i]);
	}
}

static void
test_the_key_is_named_as_sent(void **state)
{
	struct public_key key = primary_of("mpi-leading-zero.pgp");
	uint8_t octets[256];

	(void)state;
	/* One octet of the material changed is another key. */
	memcpy(octets, key.body.data, key.body.len);
	octets[8] ^= 1;
	assert_ok(
		public_key_parse(bytes_make(octets, key.body.len), &key, NULL));
	assert_true(key.key_id != primary_of("mpi-leading-zero.pgp").key_id);
}

static enum status
parse(const uint8_t *octets, size_t len)
{
	struct public_key key;
	struct err err;
	enum status st = public_key_parse(bytes_make(octets, len), &key, &err);

	if (st != STATUS_OK)
		assert_true(strlen(err.text) > 0);
	return st;
}

static void
test_v3_needs_two_numbers_and_64_bits(void **state)
{
	uint8_t octets[22] = {
		3, 0, 0, 0, 1, 0, 0, 1, 0, 64, 1, 2, 3, 4, 5, 6, 7, 8, 0, 2, 3};
	struct public_key key;

	(void)state;
	assert_ok(public_key_parse(bytes_make(octets, 21), &key, NULL));
	assert_true(key.key_id == 0x0102030405060708);
	assert_int_equal(key.fpr.len, 16);
	assert_status(parse(octets, 20), STATUS_MALFORMED);
	octets[9] = 63;
	assert_status(parse(octets, 21), STATUS_MALFORMED);
	octets[9] = 56;
	assert_status(parse(octets, 21), STATUS_MALFORMED);
}

static void
test_v4_is_at_most_65535_octets(void **state)
{
	static uint8_t octets[65536] = {4, 0, 0, 0, 1, 99};

	(void)state;
	assert_ok(parse(octets, 65535));
	assert_status(parse(octets, 65536), STATUS_MALFORMED);
	assert_ok(parse(octets, 6));
	assert_status(parse(octets, 5), STATUS_MALFORMED);
}

static void
test_v5_and_v6_material_lies_within(void **state)
{
	uint8_t octets[12] = {6, 0, 0, 0, 1, 99, 0, 0, 0, 2, 7, 7};

	(void)state;
	assert_ok(parse(octets, 12));
	assert_status(parse(octets, 11), STATUS_MALFORMED);
	octets[0] = 5;
	assert_ok(parse(octets, 12));
	octets[6] = 0xff;
	assert_status(parse(octets, 12), STATUS_MALFORMED);
}

static void
test_other_versions_are_unusable(void **state)
{
	uint8_t octets[40] = {0};
	unsigned version;

	(void)state;
	for (version = 0; version < 256; version++) {
		octets[0] = (uint8_t)version;
		if (version >= 4 && version <= 6)
			continue;
		assert_status(parse(octets, sizeof(octets)), STATUS_MALFORMED);
	}
	assert_status(parse(octets, 0), STATUS_MALFORMED);
}

static void
test_algorithms_have_names(void **state)
{
	char name[24];

	(void)state;
	assert_string_equal(public_key_algorithm_name(1, name), "RSA");
	assert_string_equal(public_key_algorithm_name(22, name), "EdDSA");
	assert_string_equal(public_key_algorithm_name(27, name), "Ed25519");
	assert_string_equal(
		public_key_algorithm_name(99, name), "algorithm 99");
}

static void
test_what_can_be_verified_is_known(void **state)
{
	struct public_key key = primary_of("v4-ed25519-legacy.pgp");

	(void)state;
	assert_true(public_key_verifies(&key) && public_key_is_known(&key));
	key.curve = NULL; /* a curve without a name */
	assert_false(public_key_verifies(&key));
	key = primary_of("pqc-shape.pgp");
	assert_true(public_key_is_known(&key));
	assert_false(public_key_verifies(&key));
	key = primary_of("alg-unknown.pgp");
	assert_false(public_key_is_known(&key));
}

static void
test_a_key_id_is_the_end_or_the_start(void **state)
{
	struct fingerprint f = {.version = 4, .len = 20};
	char hex[FINGERPRINT_HEX_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < 32; i++)
		f.octets[i] = (uint8_t)i;
	assert_true(fingerprint_key_id(&f) == 0x0c0d0e0f10111213);
	fingerprint_hex(&f, hex);
	assert_string_equal(hex, "000102030405060708090A0B0C0D0E0F10111213");
	f.version = 5;
	f.len = 32;
	assert_true(fingerprint_key_id(&f) == 0x0001020304050607);
}

static void
test_two_v3_keys_with_one_fingerprint_are_two(void **state)
{
	struct cert *c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "v3-rsa.pgp"));
	struct cert_id other = c->id;
	struct fingerprint v4 = c->id.fpr;

	(void)state;
	assert_true(cert_id_eq(&c->id, &other));
	other.body_sha256.octets[31] ^= 1;
	assert_true(fingerprint_eq(&c->id.fpr, &other.fpr));
	assert_false(cert_id_eq(&c->id, &other));
	v4.version = 2;
	assert_false(fingerprint_eq(&c->id.fpr, &v4));
	/* Above version 3 the fingerprint says it all. */
	c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "v4-rsa.pgp"));
	memset(&other, 0, sizeof(other));
	assert_memory_equal(&c->id.body_sha256, &other.body_sha256, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes_and_curves_are_told),
		cmocka_unit_test(test_the_key_is_named_as_sent),
		cmocka_unit_test(test_v3_needs_two_numbers_and_64_bits),
		cmocka_unit_test(test_v4_is_at_most_65535_octets),
		cmocka_unit_test(test_v5_and_v6_material_lies_within),
		cmocka_unit_test(test_other_versions_are_unusable),
		cmocka_unit_test(test_algorithms_have_names),
		cmocka_unit_test(test_what_can_be_verified_is_known),
		cmocka_unit_test(test_a_key_id_is_the_end_or_the_start),
		cmocka_unit_test(test_two_v3_keys_with_one_fingerprint_are_two),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
