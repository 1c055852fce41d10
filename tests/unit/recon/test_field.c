/* Numbers modulo p, their wire form, and samples of sets. */

#include "../unit.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "vectors.h"

static void
assert_zp(struct zp got, struct zp want)
{
	assert_memory_equal(&got, &want, sizeof(got));
}

static void
test_arithmetic_is_modulo_p(void **state)
{
	json_t *all = vectors_json("zp.json");
	const json_t *row;
	size_t i;

	(void)state;
	assert_zp(zp_prime, vectors_zp_at(all, "p"));
	json_array_foreach(vectors_array(all, "ops"), i, row)
	{
		struct zp a = vectors_zp_at(row, "a");
		struct zp b = vectors_zp_at(row, "b");
		const json_t *inverse = json_object_get(row, "inv_b");

		assert_zp(zp_add(a, b), vectors_zp_at(row, "add"));
		assert_zp(zp_sub(a, b), vectors_zp_at(row, "sub"));
		assert_zp(zp_mul(a, b), vectors_zp_at(row, "mul"));
		assert_zp(zp_neg(a), vectors_zp_at(row, "neg_a"));
		if (!json_is_string(inverse))
			continue;
		assert_zp(zp_inverse(b), vectors_zp(inverse));
		assert_zp(zp_mul(a, zp_inverse(b)), vectors_zp_at(row, "div"));
	}
	assert_int_equal(i, 54);
	assert_true(zp_is_zero(zp_inverse(zp_of(0))));
	json_decref(all);
}

/* By GMP's own division. */
static struct zp
slow_mul(struct zp a, struct zp b)
{
	struct zp r = {{0, 0, 0}};
	mpz_t x, y;

	mpz_init(x);
	mpz_init(y);
	mpz_import(x, ZP_LIMBS, -1, sizeof(uint64_t), 0, 0, a.limb);
	mpz_import(y, ZP_LIMBS, -1, sizeof(uint64_t), 0, 0, b.limb);
	mpz_mul(x, x, y);
	mpz_import(y, ZP_LIMBS, -1, sizeof(uint64_t), 0, 0, zp_prime.limb);
	mpz_mod(x, x, y);
	mpz_export(r.limb, NULL, -1, sizeof(uint64_t), 0, 0, x);
	mpz_clears(x, y, NULL);
	return r;
}

static struct zp
zp_by_chance(void)
{
	uint8_t wire[ZP_WIRE];

	for (size_t i = 0; i < sizeof(wire); i++)
		wire[i] = (uint8_t)rand();
	return zp_read(wire);
}

static void
test_any_two_multiply_as_in_gmp(void **state)
{
	struct zp edge[12];
	size_t i, k, n = 0;

	(void)state;
	for (i = 0; i < 3; i++) {
		edge[n++] = zp_of(i);
		edge[n++] = zp_neg(zp_of(i + 1));
	}
	for (i = 0; i < ZP_LIMBS; i++) {
		struct zp a = {{0, 0, 0}}, b = zp_prime;

		a.limb[i] = i < 2 ? UINT64_MAX : 1;
		edge[n++] = a;
		b.limb[i] -= 1;
		edge[n++] = b;
	}
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			assert_zp(zp_mul(edge[i], edge[k]),
				slow_mul(edge[i], edge[k]));
	for (i = 0; i < 200000; i++) {
		struct zp a = zp_by_chance(), b = zp_by_chance();

		assert_zp(zp_mul(a, b), slow_mul(a, b));
	}
}

static void
test_elements_are_17_octets_little_endian(void **state)
{
	json_t *all = vectors_json("zp.json");
	const json_t *row;
	char hex[2 * ZP_WIRE + 1];
	uint8_t wire[ZP_WIRE];
	size_t i;

	(void)state;
	json_array_foreach(vectors_array(all, "ops"), i, row)
	{
		zp_write(vectors_zp_at(row, "a"), wire);
		hex_write_lower(bytes_make(wire, sizeof(wire)), hex);
		assert_string_equal(hex, vectors_text(row, "a_wire"));
	}
	json_decref(all);
}

static void
test_any_octets_read_modulo_p(void **state)
{
	json_t *all = vectors_json("zp.json");
	const json_t *row;
	uint8_t wire[ZP_WIRE];
	size_t i, len;

	(void)state;
	json_array_foreach(vectors_array(all, "decode"), i, row)
	{
		struct bytes hex = bytes_of(vectors_text(row, "wire"));
		uint8_t again[ZP_WIRE];

		assert_ok(hex_read(hex, wire, sizeof(wire), &len));
		assert_zp(zp_read(wire), vectors_zp_at(row, "value"));
		zp_write(zp_read(wire), again);
		assert_int_equal(zp_canonical(wire),
			memcmp(wire, again, sizeof(wire)) == 0);
	}
	assert_int_equal(i, 6);
	json_decref(all);
}

static void
test_points_go_out_from_zero_to_both_sides(void **state)
{
	json_t *all = vectors_json("zp.json");
	const json_t *row;
	size_t i;

	(void)state;
	json_array_foreach(vectors_array(all, "points"), i, row)
	{
		struct zp point = zp_point((unsigned int)i);

		assert_zp(point, vectors_zp_at(row, "value"));
		assert_zp(point, vectors_wire(json_object_get(row, "wire")));
		assert_int_equal(zp_is_point(point), i < RECON_SAMPLES);
	}
	assert_int_equal(i, 12);
	json_decref(all);
}

static void
test_a_digest_is_an_element_and_back(void **state)
{
	json_t *all = vectors_json("elements.json");
	const json_t *row;
	struct sks_digest digest, back;
	char hex[2 * ZP_WIRE + 1];
	uint8_t wire[ZP_WIRE];
	size_t i, j, len;

	(void)state;
	json_array_foreach(vectors_array(all, "vectors"), i, row)
	{
		struct bytes text = bytes_of(vectors_text(row, "digest"));
		const char *bits = vectors_text(row, "path_bits_first_16");
		const json_t *child =
			vectors_array(row, "child_index_by_depth_0_to_7");
		struct prefix p = prefix_root(), want = vectors_prefix(bits);

		assert_ok(hex_read(text, digest.octets, 16, &len));
		assert_zp(zp_of_digest(&digest), vectors_zp_at(row, "element"));
		assert_ok(zp_to_digest(zp_of_digest(&digest), &back));
		assert_memory_equal(&back, &digest, sizeof(back));
		zp_write(zp_of_digest(&digest), wire);
		hex_write_lower(bytes_make(wire, sizeof(wire)), hex);
		assert_string_equal(hex, vectors_text(row, "wire"));
		for (j = 0; j < json_array_size(child); j++) {
			unsigned int branch =
				prefix_branch(&digest, (unsigned int)j);

			assert_int_equal(branch,
				json_integer_value(json_array_get(child, j)));
			p = prefix_child(&p, branch);
			assert_true(prefix_holds(&p, &digest));
		}
		assert_memory_equal(&p, &want, sizeof(p));
	}
	assert_int_equal(i, 16);
	json_decref(all);
}

static void
test_no_digest_from_two_to_the_128_on(void **state)
{
	struct sks_digest digest;
	struct zp a = {{0, 0, 1}};

	(void)state;
	assert_status(zp_to_digest(a, &digest), STATUS_MALFORMED);
	assert_ok(zp_to_digest(zp_sub(a, zp_of(1)), &digest));
}

static void
test_samples_part_undoes_join(void **state)
{
	struct sks_digest *digests;
	struct samples one, other, both;
	size_t i, count;

	(void)state;
	digests = vectors_digests(&count);
	samples_none(&one);
	samples_none(&other);
	for (i = 0; i < 40; i++)
		samples_add(i % 3 ? &one : &other, zp_of_digest(&digests[i]));
	both = one;
	samples_join(&both, &other);
	assert_false(samples_eq(&both, &one));
	samples_part(&both, &other);
	assert_true(samples_eq(&both, &one));
	free(digests);
}

static void
test_as_many_inverses_at_once_as_are_wanted(void **state)
{
	struct zp list[ZP_INVERSES];
	size_t i, count;

	(void)state;
	for (count = 1; count <= ZP_INVERSES; count++) {
		for (i = 0; i < count; i++)
			list[i] = zp_sub(zp_of(1000003 * i), zp_of(count));
		zp_inverses(list, count);
		for (i = 0; i < count; i++)
			assert_true(zp_eq(
				list[i], zp_inverse(zp_sub(zp_of(1000003 * i),
						 zp_of(count)))));
	}
}

/* Of Fermat: a^(p - 1) is 1; a^0, a^1 and a^10 by hand. */
static void
test_powers(void **state)
{
	struct zp less = zp_neg(zp_of(1)), a = zp_of(12345);

	(void)state;
	assert_true(zp_eq(zp_power(a, less), zp_of(1)));
	assert_true(zp_eq(zp_power(zp_neg(a), zp_prime), zp_neg(a)));
	assert_true(zp_eq(zp_power(a, zp_of(0)), zp_of(1)));
	assert_true(zp_eq(zp_power(a, zp_of(1)), a));
	assert_true(zp_eq(zp_power(zp_of(3), zp_of(10)), zp_of(59049)));
}

/* p is 3 modulo 4: of a and -a exactly one is a square. */
static void
test_one_of_a_number_and_its_negative_has_a_root(void **state)
{
	uint64_t i, squares = 0;
	struct zp root;

	(void)state;
	for (i = 1; i < 200; i++) {
		struct zp a = zp_of(i);
		bool is_square = zp_root(a, &root);

		squares += is_square;
		if (!is_square) {
			a = zp_neg(a);
			assert_true(zp_root(a, &root));
		} else
			assert_false(zp_root(zp_neg(a), NULL));
		assert_true(zp_eq(zp_mul(root, root), a));
	}
	assert_true(squares > 50 && squares < 150);
	assert_true(zp_root(zp_of(0), &root));
	assert_true(zp_is_zero(root));
}

static void
test_a_point_makes_a_sample_zero(void **state)
{
	struct samples s;
	unsigned int i;

	(void)state;
	for (i = 0; i < RECON_SAMPLES; i++) {
		samples_none(&s);
		samples_add(&s, zp_point(i));
		assert_true(zp_is_zero(s.at[i]));
		assert_false(zp_is_zero(s.at[(i + 1) % RECON_SAMPLES]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic_is_modulo_p),
		cmocka_unit_test(test_any_two_multiply_as_in_gmp),
		cmocka_unit_test(test_elements_are_17_octets_little_endian),
		cmocka_unit_test(test_any_octets_read_modulo_p),
		cmocka_unit_test(test_points_go_out_from_zero_to_both_sides),
		cmocka_unit_test(test_a_digest_is_an_element_and_back),
		cmocka_unit_test(test_no_digest_from_two_to_the_128_on),
		cmocka_unit_test(test_as_many_inverses_at_once_as_are_wanted),
		cmocka_unit_test(test_powers),
		cmocka_unit_test(
			test_one_of_a_number_and_its_negative_has_a_root),
		cmocka_unit_test(test_samples_part_undoes_join),
		cmocka_unit_test(test_a_point_makes_a_sample_zero),
	};

	return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
