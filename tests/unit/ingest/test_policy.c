#include "../unit.h"

#include <string.h>

#include "ingest/policy.h"

static const struct policy_row *
row_named(const char *name)
{
	size_t i;

	for (i = 0; i < policy_row_count; i++)
		if (strcmp(policy_rows[i].name, name) == 0)
			return &policy_rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void
test_defaults_are_those_of_the_design(void **state)
{
	struct cert_limits limits;
	struct policy p;

	(void)state;
	policy_init(&p);
	assert_int_equal(p.level, LEVEL_CLEAN);
	assert_int_equal(p.max_body, 8 << 20);
	assert_int_equal(p.limits.max_certs, 1000);
	assert_int_equal(p.limits.max_packets, 20000);
	assert_int_equal(p.max_queue_items, 1024);
	assert_int_equal(p.max_queue_octets, 64 << 20);
	assert_int_equal(p.commit_batch, 128);
	assert_int_equal(p.queue_time_ms, 30000);
	assert_int_equal(p.retry_time_ms, 10000);
	assert_int_equal(p.max_verifications, 4000);
	limits = policy_limits(&p, false);
	assert_int_equal(limits.max_total, 4 << 20);
	p.level = LEVEL_SKS;
	limits = policy_limits(&p, false);
	assert_int_equal(limits.max_total, cert_limits_default.max_total);
	assert_int_equal(limits.secret, CERT_SECRET_REFUSES);
}

static void
test_every_row_has_a_name_a_help_and_a_default_in_bounds(void **state)
{
	const struct policy_row *r;
	struct policy p;
	size_t i, k;

	(void)state;
	policy_init(&p);
	for (i = 0; i < policy_row_count; i++) {
		r = &policy_rows[i];
		assert_true(strlen(r->name) > 0 && strlen(r->help) > 10);
		assert_true(r->min <= r->preset && r->preset <= r->max);
		assert_int_equal(policy_get(&p, r), r->preset);
		for (k = 0; k < i; k++) {
			assert_string_not_equal(policy_rows[k].name, r->name);
			assert_true(policy_rows[k].offset != r->offset);
		}
	}
}

static void
test_each_row_takes_its_bounds_and_nothing_beyond(void **state)
{
	const struct policy_row *r;
	struct policy p, before;
	size_t i;

	(void)state;
	for (i = 0; i < policy_row_count; i++) {
		r = &policy_rows[i];
		policy_init(&p);
		assert_ok(policy_set(&p, r, r->min));
		assert_int_equal(policy_get(&p, r), r->min);
		assert_ok(policy_set(&p, r, r->max));
		assert_int_equal(policy_get(&p, r), r->max);
		before = p;
		assert_status(policy_set(&p, r, r->max + 1), STATUS_LIMIT);
		assert_status(policy_set(&p, r, r->min - 1), STATUS_LIMIT);
		assert_memory_equal(&p, &before, sizeof(p));
	}
}

static void
test_bulk_lifts_counts_and_skips_secret_keys(void **state)
{
	struct cert_limits limits;
	struct policy p;

	(void)state;
	policy_init(&p);
	limits = policy_limits(&p, false);
	assert_int_equal(limits.max_certs, 1000);
	assert_int_equal(limits.secret, CERT_SECRET_REFUSES);
	limits = policy_limits(&p, true);
	assert_true(limits.max_certs == SIZE_MAX);
	assert_true(limits.max_packets == SIZE_MAX);
	assert_int_equal(limits.secret, CERT_SECRET_SKIPS);
	assert_int_equal(limits.max_user_id, p.limits.max_user_id);
}

static void
test_there_is_always_a_worker(void **state)
{
	struct policy p;

	(void)state;
	policy_init(&p);
	assert_in_range(policy_workers(&p), 1, 16);
	assert_ok(policy_set(&p, row_named("workers"), 5));
	assert_int_equal(policy_workers(&p), 5);
	p.workers = 1000;
	assert_int_equal(policy_workers(&p), 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_are_those_of_the_design),
		cmocka_unit_test(
			test_every_row_has_a_name_a_help_and_a_default_in_bounds),
		cmocka_unit_test(
			test_each_row_takes_its_bounds_and_nothing_beyond),
		cmocka_unit_test(test_bulk_lifts_counts_and_skips_secret_keys),
		cmocka_unit_test(test_there_is_always_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
