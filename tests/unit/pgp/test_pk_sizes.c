/*
 * What is known of a public key by its sizes alone: whether it is within L10,
 * and what a verification with it costs.
 */
#include "../unit.h"

#include <string.h>

#include "pgp/pk.h"

enum { MATERIAL_MAX = 8192 };

struct maker {
	uint8_t octets[MATERIAL_MAX];
	size_t len;
};

/* An MPI of so many bits, all of them ones. */
static void
put_bits(struct maker *m, size_t bits)
{
	size_t len = (bits + 7) / 8;
	uint8_t *at = m->octets + m->len;

	assert_true(m->len + 2 + len <= sizeof(m->octets));
	at[0] = (uint8_t)(bits >> 8);
	at[1] = (uint8_t)bits;
	memset(at + 2, 0xff, len);
	if (len > 0)
		at[2] = (uint8_t)(0xff >> (len * 8 - bits));
	m->len += 2 + len;
}

static struct public_key
key_with(struct maker *m, uint8_t algorithm, const size_t *bits, size_t n)
{
	size_t i;

	m->len = 0;
	for (i = 0; i < n; i++)
		put_bits(m, bits[i]);
	return (struct public_key){
		.algorithm = algorithm, .material = {m->octets, m->len}};
}

static bool
in_limits(uint8_t algorithm, const size_t *bits, size_t n)
{
	struct maker m;
	struct public_key key = key_with(&m, algorithm, bits, n);

	return pk_in_limits(&key);
}

#define IN_LIMITS(alg, ...)                                                    \
	in_limits(alg, (const size_t[]){__VA_ARGS__},                          \
		sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t))

static void
test_l10_parameters_at_and_beyond_their_limits(void **state)
{
	(void)state;
	assert_true(IN_LIMITS(1, 512, 17));
	assert_false(IN_LIMITS(1, 511, 17));
	assert_true(IN_LIMITS(3, 16384, 64));
	assert_false(IN_LIMITS(3, 16385, 64));
	assert_false(IN_LIMITS(1, 2048, 65));
	assert_false(IN_LIMITS(1, 0, 0));
	assert_true(IN_LIMITS(17, 8192, 512, 8192, 8192));
	assert_false(IN_LIMITS(17, 8193, 256, 8, 8));
	assert_false(IN_LIMITS(17, 2048, 513, 8, 8));
	assert_true(IN_LIMITS(17, 1024, 160, 8, 8));
	assert_false(IN_LIMITS(17, 1024, 159, 8, 8));
	assert_false(IN_LIMITS(17, 1024, 160, 1025, 8));
	assert_true(IN_LIMITS(20, 8192, 8, 8192));
	assert_false(IN_LIMITS(20, 8193, 8, 8));
	assert_false(IN_LIMITS(16, 8193, 8, 8));
	/* cut short */
	assert_false(IN_LIMITS(1, 2048));
	assert_false(IN_LIMITS(17, 1024, 160, 8));
	assert_true(IN_LIMITS(99, 16700));
}

static size_t
cost(uint8_t algorithm, const size_t *bits, size_t n)
{
	struct maker m;
	struct public_key key = key_with(&m, algorithm, bits, n);

	return pk_cost(&key);
}

#define COST(alg, ...)                                                         \
	cost(alg, (const size_t[]){__VA_ARGS__},                               \
		sizeof((const size_t[]){__VA_ARGS__}) / sizeof(size_t))

/* Within a factor of two of what was measured, and one at least. */
static void
test_keys_of_numbers_cost_by_their_size(void **state)
{
	(void)state;
	assert_int_equal(COST(1, 512, 17), 1);
	assert_int_equal(COST(1, 4096, 17), 1);
	assert_int_equal(COST(1, 8192, 17), 2);
	assert_int_equal(COST(1, 16384, 17), 5);
	assert_int_equal(COST(3, 16384, 64), 17);
	assert_int_equal(COST(17, 1024, 160, 8, 8), 1);
	assert_int_equal(COST(17, 2048, 256, 8, 8), 3);
	assert_int_equal(COST(17, 8192, 512, 8, 8), 65);
	assert_int_equal(COST(20, 1024, 8, 8), 3);
	assert_int_equal(COST(20, 8192, 8, 8), PK_COST_MAX);
	/* Refused before any arithmetic. */
	assert_int_equal(COST(1, 16385, 64), 1);
	assert_int_equal(COST(17, 8193, 512, 8, 8), 1);
}

static void
test_curves_cost_what_they_take(void **state)
{
	static const struct {
		uint8_t algorithm;
		const char *curve;
		size_t cost;
	} want[] = {{19, "NIST P-256", 2}, {19, "NIST P-384", 3},
		{19, "NIST P-521", 6}, {19, "brainpoolP256r1", 3},
		{19, "brainpoolP384r1", 5}, {19, "brainpoolP512r1", 9},
		{19, "secp256k1", 2}, {22, "Ed25519", 1}, {22, "Ed448", 5},
		{27, "Ed25519", 1}, {28, "Ed448", 5}, {30, NULL, 1}};
	struct public_key key = {.algorithm = 0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		key.algorithm = want[i].algorithm;
		key.curve = want[i].curve;
		assert_int_equal(pk_cost(&key), want[i].cost);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_l10_parameters_at_and_beyond_their_limits),
		cmocka_unit_test(test_keys_of_numbers_cost_by_their_size),
		cmocka_unit_test(test_curves_cost_what_they_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
