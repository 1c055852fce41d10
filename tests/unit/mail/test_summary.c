/* Promises of summaries: every difference is found, at its own cost. */
#include <string.h>

#include "../unit.h"
#include "base/frame.h"
#include "pair.h"
#include "pgp/crypto.h"

enum { MANY = 100000 };

/* Two sets of `count` that differ by n: half of them lacks each. */
static void
make_pair(struct pair_set *a, struct pair_set *b, size_t count, size_t n)
{
	pair_fill(a, count, 1);
	pair_fill(b, count, 1);
	pair_drop(b, n / 2);
	if (n > 1)
		pair_drop(a, n - n / 2 + 1);
	else
		pair_drop(a, n);
}

static void
drop_pair(struct pair_set *a, struct pair_set *b)
{
	pair_free(a);
	pair_free(b);
}

static void
test_equal_sets_cost_one_letter(void **state)
{
	struct pair_set a, b;
	struct pair_cost cost;

	(void)state;
	make_pair(&a, &b, MANY, 0);
	pair_exchange(&a, &b, 0, &cost);
	assert_int_equal(cost.letters, 1);
	assert_int_equal(cost.sent, 0);
	drop_pair(&a, &b);
}

static void
test_every_difference_is_mended(void **state)
{
	static const size_t differences[] = {1, 2, 17, 100, 1000, 10000};
	struct pair_set a, b;
	struct pair_cost cost;

	(void)state;
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences);
		i++) {
		make_pair(&a, &b, MANY, differences[i]);
		assert_false(pair_equal(&a, &b));
		pair_exchange(&a, &b, 0, &cost);
		assert_true(pair_equal(&a, &b));
		assert_true(cost.sent >= differences[i] / 2);
		assert_true(cost.sent <= differences[i] + 1);
		assert_false(cost.cut);
		drop_pair(&a, &b);
	}
}

static void
test_an_empty_store_gets_what_one_letter_may_name(void **state)
{
	struct pair_set a, b;
	struct pair_cost cost;
	size_t times = 0;

	(void)state;
	pair_fill(&a, MANY, 1);
	pair_fill(&b, 1, 2);
	while (!pair_equal(&a, &b)) {
		pair_exchange(times % 2 == 0 ? &b : &a, times % 2 ? &b : &a, 0,
			&cost);
		assert_true(++times <= 2 + MANY / SUMMARY_SEND_MAX);
	}
	drop_pair(&a, &b);
}

/* Ten times the store may not cost ten times as much. */
static void
test_the_cost_grows_with_the_difference(void **state)
{
	struct pair_set a, b;
	struct pair_cost small, large, more;

	(void)state;
	make_pair(&a, &b, MANY / 10, 100);
	pair_exchange(&a, &b, 0, &small);
	drop_pair(&a, &b);
	make_pair(&a, &b, MANY, 100);
	pair_exchange(&a, &b, 0, &large);
	drop_pair(&a, &b);
	make_pair(&a, &b, MANY, 10000);
	pair_exchange(&a, &b, 0, &more);
	drop_pair(&a, &b);
	assert_true(large.octets < 4 * small.octets);
	assert_true(more.octets > large.octets);
	/* listing all would be 8 octets for each */
	assert_true(large.octets < 8 * MANY / 4);
}

static void
test_a_lost_letter_costs_only_time(void **state)
{
	struct pair_set a, b;
	struct pair_cost cost;

	(void)state;
	make_pair(&a, &b, MANY, 100);
	for (size_t lost = 1; lost <= 3; lost++)
		pair_exchange(&a, &b, lost, &cost);
	pair_exchange(&a, &b, 0, &cost);
	assert_true(pair_equal(&a, &b));
	drop_pair(&a, &b);
}

static void
test_kept_sums_say_what_all_ids_say(void **state)
{
	struct pair_set a, b;
	struct pair_cost with, without;
	struct summary_source source;

	(void)state;
	make_pair(&a, &b, MANY, 0);
	pair_drop(&b, 3);
	pair_exchange(&a, &b, 1, &without);
	a.cache = xcalloc((size_t)1 << SUMMARY_CACHE_BITS, sizeof(*a.cache));
	for (size_t i = 0; i < a.count; i++)
		sum_add(&a.cache[a.list[i] >> (64 - SUMMARY_CACHE_BITS)],
			a.list[i]);
	memset(&source, 0, sizeof(source));
	pair_exchange(&a, &b, 0, &with);
	assert_int_equal(with.sent, 3);
	assert_true(pair_equal(&a, &b));
	drop_pair(&a, &b);
}

static void
test_what_is_added_and_dropped_leaves_no_trace(void **state)
{
	struct sum s = {0}, zero = {0};

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		sum_add(&s, i * i);
	for (uint64_t i = 0; i < 100; i++)
		sum_drop(&s, i * i);
	assert_memory_equal(&s, &zero, sizeof(s));
}

struct broken {
	uint8_t record;
	const char *octets;
	size_t len;
};

static enum status
list_none(void *ctx, enum store_ids by, uint64_t from, uint64_t *list,
	size_t max, size_t *count, struct err *err)
{
	(void)ctx;
	(void)by;
	(void)from;
	(void)list;
	(void)max;
	(void)err;
	*count = 0;
	return STATUS_OK;
}

static void
test_what_breaks_the_form_is_refused(void **state)
{
	static const struct broken list[] = {
		{SUMMARY_SUMS, "", 0},
		{SUMMARY_SUMS,
			"\x02\x00\x01"
			"123456123456",
			15},
		{SUMMARY_SUMS,
			"\x00\x00\x00"
			"123456",
			9},
		{SUMMARY_SUMS,
			"\x00\x00\x09"
			"123456",
			9},
		{SUMMARY_SUMS,
			"\x00\x00\x01"
			"12345612345",
			14},
		{SUMMARY_SUMS,
			"\x00\x40\x01"
			"12345678123456123456",
			23},
		{SUMMARY_SUMS,
			"\x00\x04\x01\x01"
			"123456123456",
			16},
		{SUMMARY_LISTED,
			"\x00\x00"
			"1234567",
			9},
		{SUMMARY_LISTED,
			"\x00\x00"
			"2222222211111111",
			18},
		{SUMMARY_LISTED,
			"\x00\x08\x32"
			"11111111",
			11},
		{SUMMARY_WANTED,
			"\x00"
			"1234567",
			8},
		{SUMMARY_WANTED,
			"\x07"
			"12345678",
			9},
	};
	const struct summary_source source = {.list = list_none};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct summary *s = summary_new(&source, 1);

		assert_int_equal(
			summary_take(s, list[i].record,
				bytes_make(list[i].octets, list[i].len), &err),
			STATUS_MALFORMED);
		summary_free(s);
	}
}

/* Else one letter could ask for any number of walks over all. */
static void
test_records_of_a_letter_rise(void **state)
{
	const struct summary_source source = {.list = list_none};
	struct summary *s = summary_new(&source, 1);
	struct bytes all = bytes_make("\x00\x00", 2);
	struct err err;

	(void)state;
	assert_ok(summary_take(s, SUMMARY_LISTED, all, &err));
	assert_int_equal(
		summary_take(s, SUMMARY_LISTED, all, &err), STATUS_MALFORMED);
	summary_free(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_sets_cost_one_letter),
		cmocka_unit_test(test_every_difference_is_mended),
		cmocka_unit_test(
			test_an_empty_store_gets_what_one_letter_may_name),
		cmocka_unit_test(test_the_cost_grows_with_the_difference),
		cmocka_unit_test(test_a_lost_letter_costs_only_time),
		cmocka_unit_test(test_kept_sums_say_what_all_ids_say),
		cmocka_unit_test(
			test_what_is_added_and_dropped_leaves_no_trace),
		cmocka_unit_test(test_what_breaks_the_form_is_refused),
		cmocka_unit_test(test_records_of_a_letter_rise),
	};
	struct err err = {{0}};

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
