/*
 * What a level costs: public-key operations and hashed octets are counted, at
 * the budget and over it; and what it does not look at at all.
 */
#include "../unit.h"

#include <string.h>
#include <time.h>

#include "attack.h"
#include "pgp/merge.h"

static size_t clock_asked;

/* Nothing below may ask what time it is: these come before the library's. */
time_t
time(time_t *out)
{
	clock_asked++;
	if (out != NULL)
		*out = 0;
	return 0;
}

/* ---- the budget -------------------------------------------------------- */

static enum verdict
with_budget(size_t octets, size_t operations)
{
	struct verify_budget budget = {octets, operations};
	struct level_rules rules = {.level = LEVEL_CLEAN,
		.limits = &cert_limits_default,
		.budget = &budget};
	struct level_result r;

	assert_ok(level_apply(vectors_arena, &rules, attack_read(), &r));
	assert_true((r.cert == NULL) == (r.refused != VERDICT_KEPT));
	return r.refused;
}

static void
test_operations_at_and_over_the_budget(void **state)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.owner, NULL);
	size_t n;

	(void)state;
	attack_start();
	attack_add_named(
		attack_sig(SIG_POSITIVE_CERT, NULL, &attack.owner), 50);
	assert_int_equal(with_budget(SIZE_MAX, 51), VERDICT_KEPT);
	assert_int_equal(with_budget(SIZE_MAX, 50), VERDICT_TOO_MUCH_WORK);
	/* Variants are one: what folds them needs no more. */
	attack_start();
	s.user_id = attack_name();
	for (n = 0; n < 2; n++) {
		s.bare = n > 0;
		forge_put_sig(&attack.owner, &s, &attack.input);
	}
	assert_int_equal(with_budget(SIZE_MAX, 1), VERDICT_KEPT);
	assert_int_equal(with_budget(SIZE_MAX, 0), VERDICT_TOO_MUCH_WORK);
}

/* A primary of this material, and 50 signatures in its name. */
static void
attack_with_key(uint8_t algorithm, struct bytes material)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, NULL, &attack.owner);
	static const uint8_t head[] = {4, 0x3b, 0x9a, 0xca, 0x00};
	struct public_key key;
	struct forge dear;
	uint32_t i;

	forge_open(&dear, 4);
	buf_clear(&dear.body);
	assert_ok(buf_put(&dear.body, bytes_make(head, sizeof(head))));
	assert_ok(buf_put(&dear.body, bytes_make(&algorithm, 1)));
	assert_ok(buf_put(&dear.body, material));
	assert_ok(public_key_parse(buf_view(&dear.body), &key, NULL));
	memcpy(dear.fpr, key.fpr.octets, sizeof(dear.fpr));
	s.names = &dear;
	s.user_id = attack_name();
	buf_clear(&attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_KEY, buf_view(&dear.body));
	forge_put(&attack.input, PACKET_USER_ID, attack_name());
	for (i = 0; i < 50; i++) {
		s.created = ATTACK_BORN + 1 + i;
		forge_put_sig(&dear, &s, &attack.input);
	}
	forge_close(&dear);
}

/* Not as one for each: a second of a dear key is a second of a cheap one. */
static void
test_the_budget_is_by_cost(void **state)
{
	static const uint8_t p521[] = {
		5, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x04, 0x23, [7 + 133] = 1};
	static uint8_t rsa[2 + 2048 + 2 + 8] = {0x40, 0, 0x80};

	(void)state;
	attack_with_key(19, bytes_make(p521, sizeof(p521)));
	assert_int_equal(with_budget(SIZE_MAX, 50 * 6), VERDICT_NOTHING_LEFT);
	assert_int_equal(
		with_budget(SIZE_MAX, 50 * 6 - 1), VERDICT_TOO_MUCH_WORK);
	/* Modulus and exponent as long as they may be. */
	memcpy(rsa + 2 + 2048, "\x00\x40\x80", 3);
	attack_with_key(1, bytes_make(rsa, sizeof(rsa)));
	assert_int_equal(with_budget(SIZE_MAX, 50 * 17), VERDICT_NOTHING_LEFT);
	assert_int_equal(
		with_budget(SIZE_MAX, 50 * 17 - 1), VERDICT_TOO_MUCH_WORK);
}

/* What is told before anything is asked is never too little. */
static void
test_what_a_level_costs_is_foretold(void **state)
{
	struct verify_budget most, budget;
	size_t i, k, operations = 0;
	struct level_rules rules = {.level = LEVEL_CLEAN,
		.limits = &cert_limits_default,
		.budget = &budget};
	struct level_result r;

	(void)state;
	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];
		struct cert_list list = {0};

		if (v->missing || vectors_read(vectors_arena,
					  buf_view(&v->octets), v->armored,
					  &vectors_limits, &list) != STATUS_OK)
			continue;
		for (k = 0; k < list.count; k++) {
			level_cost(list.list[k], &most);
			budget = most;
			/* All of it spent means that it did not suffice. */
			budget.octets++;
			assert_ok(level_apply(
				vectors_arena, &rules, list.list[k], &r));
			assert_int_not_equal(r.refused, VERDICT_TOO_MUCH_WORK);
			operations += most.operations - budget.operations;
		}
	}
	assert_true(operations > vectors_all.count);
}

/* As large as a primary may be, each look hashes all of it. */
static void
test_a_large_primary_is_in_the_budget(void **state)
{
	static uint8_t zeros[65000];
	struct forge_sig s = attack_sig(SIG_GENERIC_CERT, NULL, &attack.other);
	struct forge_sig self = {
		.type = SIG_POSITIVE_CERT, .created = ATTACK_BORN};
	struct forge large;
	uint32_t i;

	(void)state;
	forge_open(&large, 4);
	self.signer = &large;
	assert_ok(buf_put(&large.body, bytes_make(zeros, sizeof(zeros))));
	buf_clear(&attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_KEY, buf_view(&large.body));
	forge_put(&attack.input, PACKET_USER_ID, attack_name());
	self.user_id = s.user_id = attack_name();
	self.bare = true;
	forge_put_sig(&large, &self, &attack.input);
	for (i = 0; i < 200; i++) {
		s.created = ATTACK_BORN + 1 + i;
		forge_put_sig(&large, &s, &attack.input);
	}
	assert_int_equal(with_budget(300 * 66000, 10), VERDICT_KEPT);
	assert_int_equal(with_budget(200 * 65000, 10), VERDICT_TOO_MUCH_WORK);
	forge_close(&large);
}

/* ---- what is not asked ------------------------------------------------- */

static void
test_flooded_costs_its_self_signatures(void **state)
{
	static const char *const files[] = {"flooded.pgp",
		"slow-rsa-exponent.pgp", "flooded-unsigned-uids.pgp",
		"pqc-shape.pgp", "alg-unknown.pgp"};
	static const size_t want[] = {1, 0, 1, 0, 0};

	size_t i, spent;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct cert *c = vectors_cert_of(files[i]);
		struct verify_budget budget = {SIZE_MAX, SIZE_MAX};
		struct level_rules rules = {.level = LEVEL_CLEAN,
			.limits = &cert_limits_default,
			.budget = &budget};
		struct level_result r;

		assert_ok(level_apply(vectors_arena, &rules, c, &r));
		spent = SIZE_MAX - budget.operations;
		assert_int_equal(spent, want[i]);
	}
}

static void
test_no_level_asks_the_clock(void **state)
{
	static const char *const files[] = {"expired.pgp", "time-max.pgp",
		"time-zero.pgp", "expired-renewed.pgp", "v4-rsa.pgp"};
	size_t i, k;

	(void)state;
	clock_asked = 0;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct cert *c = vectors_cert_of(files[i]);

		for (k = LEVEL_SKS; k <= LEVEL_STRICT; k++)
			assert_non_null(vectors_level(vectors_arena,
				(enum level)k, &cert_limits_default, c));
	}
	assert_int_equal(clock_asked, 0);
}

/* Version 3 fingerprints can be shared at will: the packet tells. */
static void
test_version_3_keys_of_one_fingerprint_stay_two(void **state)
{
	struct cert *a = vectors_cert_of("v3-rsa.pgp"), *b, *merged;
	struct bytes octets = vectors_canonical(vectors_arena, a);
	uint8_t *copy = arena_alloc(vectors_arena, octets.len);
	struct delta delta;

	(void)state;
	memcpy(copy, octets.data, octets.len);
	copy[4] ^= 1; /* its time */
	b = vectors_cert(vectors_arena, bytes_make(copy, octets.len));
	assert_true(fingerprint_eq(&a->id.fpr, &b->id.fpr));
	assert_false(cert_id_eq(&a->id, &b->id));
	assert_status(merge_certs(vectors_arena, a, b, &merged, &delta),
		STATUS_MALFORMED);
}

static void
test_what_sks_holds_is_not_said_to_be_beyond_it(void **state)
{
	size_t i, k, beyond = 0;

	(void)state;
	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];
		const json_t *sks = json_object_get(v->expect, "real_sks");
		struct cert_list list = {0};

		if (v->missing || sks == NULL ||
			vectors_read(vectors_arena, buf_view(&v->octets),
				v->armored, &vectors_limits,
				&list) != STATUS_OK)
			continue;
		for (k = 0; k < list.count; k++) {
			bool flag = cert_flags(list.list[k]) & CERT_NOT_SKS;

			beyond += flag;
			if (flag)
				assert_false(json_is_true(
					json_object_get(sks, "all_equal")));
		}
	}
	assert_true(beyond >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations_at_and_over_the_budget),
		cmocka_unit_test(test_the_budget_is_by_cost),
		cmocka_unit_test(test_what_a_level_costs_is_foretold),
		cmocka_unit_test(test_a_large_primary_is_in_the_budget),
		cmocka_unit_test(test_flooded_costs_its_self_signatures),
		cmocka_unit_test(test_no_level_asks_the_clock),
		cmocka_unit_test(
			test_version_3_keys_of_one_fingerprint_stay_two),
		cmocka_unit_test(
			test_what_sks_holds_is_not_said_to_be_beyond_it),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
