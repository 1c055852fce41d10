/* Polynomials, and what two sets lack by their samples. */

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "recon/poly.h"
#include "recon/solve.h"
#include "vectors.h"

static struct poly
poly_at(const json_t *row, const char *key)
{
	struct zp low[POLY_DEGREE_MAX + 1];
	size_t n = vectors_zps(json_object_get(row, key), vectors_zp, low,
		POLY_DEGREE_MAX + 1);
	struct poly f;

	assert_ok(poly_of(&f, low, n));
	return f;
}

static int
zp_order(const void *a, const void *b)
{
	return zp_cmp(*(const struct zp *)a, *(const struct zp *)b);
}

/* `got` is ascending and has the numbers of the list, whatever their order. */
static void
assert_same_set(const json_t *list, struct zp (*read)(const json_t *),
	const struct zp *got, size_t count)
{
	struct zp want[SOLVE_MBAR_MAX];
	size_t i, n = vectors_zps(list, read, want, SOLVE_MBAR_MAX);

	assert_int_equal(count, n);
	qsort(want, n, sizeof(*want), zp_order);
	for (i = 0; i < n; i++)
		assert_true(zp_eq(got[i], want[i]));
}

static void
test_gcd_and_division(void **state)
{
	json_t *all = vectors_json("poly.json");
	const json_t *row;
	size_t i;

	(void)state;
	json_array_foreach(vectors_array(all, "gcd_and_division"), i, row)
	{
		struct poly f = poly_at(row, "f"), g = poly_at(row, "g");
		struct poly gcd, quotient, rest, want;

		poly_gcd(&f, &g, &gcd);
		want = poly_at(row, "gcd_monic");
		assert_true(poly_eq(&gcd, &want));
		assert_ok(poly_divide(&g, &f, &quotient, &rest));
		want = poly_at(row, "g_div_f");
		assert_true(poly_eq(&quotient, &want));
		want = poly_at(row, "g_mod_f");
		assert_true(poly_eq(&rest, &want));
	}
	assert_int_equal(i, 6);
	json_decref(all);
}

static void
test_roots_of_what_splits_and_of_nothing_else(void **state)
{
	json_t *all = vectors_json("poly.json");
	const json_t *row;
	struct zp roots[POLY_DEGREE_MAX];
	size_t i, count;

	(void)state;
	json_array_foreach(vectors_array(all, "factor"), i, row)
	{
		bool splits = json_is_true(json_object_get(row, "splits"));
		struct poly f = poly_at(row, "coeffs_low_to_high");

		if (!splits) {
			assert_status(poly_roots(&f, roots, &count),
				STATUS_MALFORMED);
			continue;
		}
		assert_ok(poly_roots(&f, roots, &count));
		assert_same_set(
			vectors_array(row, "roots"), vectors_zp, roots, count);
	}
	assert_int_equal(i, 11);
	json_decref(all);
}

static void
test_zero_and_constants(void **state)
{
	struct zp one = zp_of(1), roots[POLY_DEGREE_MAX];
	struct poly zero, constant, quotient, rest;
	size_t count;

	(void)state;
	assert_ok(poly_of(&zero, NULL, 0));
	assert_ok(poly_of(&constant, &one, 1));
	assert_status(poly_roots(&zero, roots, &count), STATUS_MALFORMED);
	assert_ok(poly_roots(&constant, roots, &count));
	assert_int_equal(count, 0);
	assert_status(poly_divide(&constant, &zero, &quotient, &rest),
		STATUS_MALFORMED);
	poly_gcd(&zero, &zero, &quotient);
	assert_int_equal(quotient.len, 0);
}

static void
test_degrees_are_bounded(void **state)
{
	struct zp low[POLY_DEGREE_MAX + 2] = {0};
	struct poly f;

	(void)state;
	low[POLY_DEGREE_MAX] = zp_of(1);
	assert_ok(poly_of(&f, low, POLY_DEGREE_MAX + 2));
	assert_int_equal(f.len, POLY_DEGREE_MAX + 1);
	low[POLY_DEGREE_MAX + 1] = zp_of(1);
	assert_status(poly_of(&f, low, POLY_DEGREE_MAX + 2), STATUS_LIMIT);
}

struct two_sets {
	unsigned int mbar;
	struct solve_side their, our;
	struct zp samples[2][SOLVE_MBAR_MAX + 1];
};

static void
read_samples(const json_t *row, const char *key, struct two_sets *sets,
	struct zp *out)
{
	size_t n = vectors_zps(
		vectors_array(row, key), vectors_wire, out, SOLVE_MBAR_MAX + 1);

	assert_int_equal(n, sets->mbar + 1);
}

static void
read_sets(const json_t *row, struct two_sets *sets)
{
	sets->mbar = vectors_number(row, "mbar");
	sets->their.size = vectors_number(row, "remote_size");
	sets->our.size = vectors_number(row, "local_size");
	sets->their.samples = sets->samples[0];
	sets->our.samples = sets->samples[1];
	read_samples(row, "remote_samples", sets, sets->samples[0]);
	read_samples(row, "local_samples", sets, sets->samples[1]);
}

/* (x - 3)(x - 10)(x - 17)...: its roots are far from what it is tested at. */
static void
poly_with_roots(struct poly *f, size_t degree)
{
	size_t i, j;

	f->len = 1;
	f->at[0] = zp_of(1);
	for (i = 0; i < degree; i++) {
		f->at[f->len] = zp_of(0);
		for (j = f->len; j > 0; j--)
			f->at[j] = zp_sub(f->at[j - 1],
				zp_mul(zp_of(3 + 7 * i), f->at[j]));
		f->at[0] = zp_neg(zp_mul(zp_of(3 + 7 * i), f->at[0]));
		f->len++;
	}
}

/* At a root of f, (x + c)^e modulo f is the number's own power. */
static void
test_powers_modulo_a_polynomial(void **state)
{
	const struct zp exponents[] = {
		zp_of(0), zp_of(1), zp_of(19), zp_of(1000003), zp_prime};
	size_t degree, e, i;
	struct poly f, power;

	(void)state;
	for (degree = 1; degree <= POLY_DEGREE_MAX; degree++)
		for (e = 0; e < 5; e++) {
			poly_with_roots(&f, degree);
			poly_power(&f, zp_of(5), exponents[e], &power);
			assert_true(power.len <= degree);
			for (i = 0; i < degree; i++)
				assert_true(zp_eq(
					poly_value(&power, zp_of(3 + 7 * i)),
					zp_power(zp_of(8 + 7 * i),
						exponents[e])));
		}
}

static void
test_differences_are_found_or_too_many(void **state)
{
	json_t *all = vectors_json("reconcile.json");
	const json_t *row;
	size_t i, solved = 0;

	(void)state;
	json_array_foreach(vectors_array(all, "cases"), i, row)
	{
		bool solvable = !strcmp(vectors_text(row, "result"), "solved");
		struct two_sets sets;
		struct solution got;
		enum status st;

		read_sets(row, &sets);
		st = solve(&sets.their, &sets.our, sets.mbar, &got);
		assert_status(st, solvable ? STATUS_OK : STATUS_LIMIT);
		if (!solvable)
			continue;
		solved++;
		assert_same_set(vectors_array(row, "only_remote"), vectors_wire,
			got.theirs, got.their_count);
		assert_same_set(vectors_array(row, "only_local"), vectors_wire,
			got.ours, got.our_count);
	}
	assert_int_equal(i, 46);
	assert_int_equal(solved, 32);
	json_decref(all);
}

static void
test_a_zero_sample_of_either_side_tells_nothing(void **state)
{
	struct zp none[RECON_SAMPLES], ones[RECON_SAMPLES];
	struct solve_side a = {0, ones}, b = {0, none};
	struct solution got;
	unsigned int i;

	(void)state;
	for (i = 0; i < RECON_SAMPLES; i++)
		none[i] = ones[i] = zp_of(1);
	assert_ok(solve(&a, &b, RECON_MBAR, &got));
	none[RECON_MBAR] = zp_of(0);
	assert_status(solve(&a, &b, RECON_MBAR, &got), STATUS_LIMIT);
	assert_status(solve(&b, &a, RECON_MBAR, &got), STATUS_LIMIT);
	assert_status(solve(&b, &b, RECON_MBAR, &got), STATUS_LIMIT);
}

/* It would be solved: by an element that makes a sample zero for ever. */
static void
test_a_sample_point_is_no_difference(void **state)
{
	struct samples none, point;
	struct solve_side b = {0, none.at}, a = {1, point.at};
	struct solution got;
	unsigned int i;

	(void)state;
	samples_none(&none);
	for (i = 0; i < RECON_SAMPLES; i++) {
		samples_none(&point);
		samples_add(&point, zp_point(i));
		assert_status(solve(&a, &b, RECON_MBAR, &got), STATUS_LIMIT);
		assert_status(solve(&b, &a, RECON_MBAR, &got), STATUS_LIMIT);
	}
}

static void
test_sizes_at_the_ends_of_32_bits(void **state)
{
	struct zp ones[RECON_SAMPLES];
	struct solve_side none = {0, ones}, most = {UINT32_MAX, ones};
	struct solution got;
	unsigned int i;

	(void)state;
	for (i = 0; i < RECON_SAMPLES; i++)
		ones[i] = zp_of(1);
	assert_status(solve(&none, &most, RECON_MBAR, &got), STATUS_LIMIT);
	assert_status(solve(&most, &none, RECON_MBAR, &got), STATUS_LIMIT);
	assert_ok(solve(&most, &most, RECON_MBAR, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gcd_and_division),
		cmocka_unit_test(test_roots_of_what_splits_and_of_nothing_else),
		cmocka_unit_test(test_zero_and_constants),
		cmocka_unit_test(test_degrees_are_bounded),
		cmocka_unit_test(test_powers_modulo_a_polynomial),
		cmocka_unit_test(test_differences_are_found_or_too_many),
		cmocka_unit_test(
			test_a_zero_sample_of_either_side_tells_nothing),
		cmocka_unit_test(test_a_sample_point_is_no_difference),
		cmocka_unit_test(test_sizes_at_the_ends_of_32_bits),
	};

	return cmocka_run_group_tests_name("solve", tests, NULL, NULL);
}
