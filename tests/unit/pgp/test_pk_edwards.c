/*
 * EdDSA at its edges: S beyond the order, points of low order, points that
 * are none, and coordinates so short that the library gives up.
 */
#include "../unit.h"

#include <string.h>

#include "pgp/pk.h"
#include "pgp/verify.h"
#include "vectors.h"

enum { LEN25519 = 32, LEN448 = 57, SHA256 = 8 };

static enum pk_result
verify_native(
	uint8_t algorithm, size_t len, const uint8_t *q, const uint8_t *rs)
{
	static const uint8_t digest[32] = {0x56, 0x78};
	struct public_key key = {.algorithm = algorithm,
		.curve = len == LEN25519 ? "Ed25519" : "Ed448",
		.material = {q, len}};
	struct signature_info info = {.pk_algorithm = algorithm,
		.hash_algorithm = SHA256,
		.material = {rs, 2 * len}};

	return pk_verify(&key, &info, bytes_make(digest, sizeof(digest)));
}

static enum verify_result
ask_with(const struct cert *c, const uint8_t *material, size_t len)
{
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};
	struct signature_info info = c->user_ids[0].sigs[0].info;

	info.material = bytes_make(material, len);
	return verify_signature(
		c, &c->user_ids[0], &info, &c->primary.key, &all);
}

/* Adds the group's order to S, as often as it fits. */
static void
check_order(const char *file, const uint8_t *order, size_t len, size_t times)
{
	const struct cert *c = vectors_cert_of(file);
	struct bytes good = c->user_ids[0].sigs[0].info.material;
	uint8_t rs[2 * LEN448];
	size_t i, k, carry;

	assert_int_equal(good.len, 2 * len);
	memcpy(rs, good.data, good.len);
	assert_int_equal(ask_with(c, rs, good.len), VERIFY_GOOD);
	for (k = 0; k < times; k++) {
		for (carry = i = 0; i < len; i++) {
			carry += rs[len + i];
			carry += order[i];
			rs[len + i] = (uint8_t)carry;
			carry >>= 8;
		}
		assert_int_equal(ask_with(c, rs, good.len), VERIFY_BAD);
	}
}

static const uint8_t order25519[LEN25519] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
	0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	0x14, [31] = 0x10};
static const uint8_t order448[LEN448] = {0xf3, 0x44, 0x58, 0xab, 0x92, 0xc2,
	0x78, 0x23, 0x55, 0x8f, 0xc5, 0x8d, 0x72, 0xc2, 0x6c, 0x21, 0x90, 0x36,
	0xd6, 0xae, 0x49, 0xdb, 0x4e, 0xc4, 0xe9, 0x23, 0xca, 0x7c, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0x3f};

/* The library takes them; there would be fifteen of each signature. */
static void
test_s_beyond_the_order_is_bad(void **state)
{
	(void)state;
	check_order("v4-ed25519-native.pgp", order25519, LEN25519, 14);
	check_order("v4-ed448.pgp", order448, LEN448, 3);
}

/* Each signature that could fit, with each point: all bad, none ends us. */
static void
check_point(uint8_t algorithm, size_t len, const uint8_t *q)
{
	uint8_t rs[2 * LEN448];
	size_t i;

	for (i = 0; i < 8; i++) {
		memset(rs, 0, sizeof(rs));
		if (i & 1)
			rs[0] = 1; /* R: the neutral point */
		if (i & 2)
			rs[len] = 1;
		if (i & 4)
			memcpy(rs, q, len);
		assert_int_equal(verify_native(algorithm, len, q, rs), PK_BAD);
	}
}

static const uint8_t order8[2][LEN25519] = {
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89,
		0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
		0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76,
		0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};

static void
test_points_of_low_order_are_no_keys(void **state)
{
	uint8_t q[LEN448];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		memcpy(q, order8[i / 2], LEN25519);
		q[31] = (uint8_t)(q[31] | i % 2 << 7);
		check_point(27, LEN25519, q);
		/* y of 0, 1, -1 and the same above the field */
		memset(q, 0, sizeof(q));
		q[0] = (uint8_t)(i / 2);
		q[31] = (uint8_t)(i % 2 << 7);
		check_point(27, LEN25519, q);
		memset(q, 0xff, LEN25519);
		q[0] = (uint8_t)(0xec + i);
		q[31] = i % 2 ? 0x7f : 0xff;
		check_point(27, LEN25519, q);
	}
}

/* Half of them are on the curve. */
static void
test_short_coordinates_are_no_keys(void **state)
{
	uint8_t q[LEN448];
	size_t i, len;

	(void)state;
	for (len = 1; len <= 40; len += 13) {
		for (i = 0; i < 16; i++) {
			memset(q, 0, sizeof(q));
			memset(q, (int)(17 * i), len < 24 ? len : 24);
			q[0] = (uint8_t)i;
			check_point(27, LEN25519, q);
			q[31] = 0x80;
			check_point(27, LEN25519, q);
			memset(q, 0, sizeof(q));
			memset(q, (int)(17 * i), len);
			q[0] = (uint8_t)i;
			check_point(28, LEN448, q);
			q[56] = 0x80;
			check_point(28, LEN448, q);
		}
	}
	memset(q, 0xff, sizeof(q));
	check_point(28, LEN448, q);
	q[56] = 0;
	check_point(28, LEN448, q);
}

static void
test_lengths_must_be_right(void **state)
{
	const struct cert *c = vectors_cert_of("v4-ed25519-native.pgp");
	uint8_t rs[3 * LEN25519] = {0};
	struct bytes good = c->user_ids[0].sigs[0].info.material;
	size_t i;

	(void)state;
	memcpy(rs, good.data, good.len);
	for (i = 0; i <= sizeof(rs); i++)
		assert_int_equal(ask_with(c, rs, i),
			i == good.len ? VERIFY_GOOD : VERIFY_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_s_beyond_the_order_is_bad),
		cmocka_unit_test(test_points_of_low_order_are_no_keys),
		cmocka_unit_test(test_short_coordinates_are_no_keys),
		cmocka_unit_test(test_lengths_must_be_right),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
