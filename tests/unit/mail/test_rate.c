/* Promises of rates and of the memory of duplicates. */
#include <stdio.h>

#include "../unit.h"
#include "mail/dedupe.h"
#include "mail/rate.h"
#include "pgp/crypto.h"

static const struct rate_limit ten = {10, 1000}, kilo = {1000, 1000};

static void
test_bucket_empties_and_fills_again(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	struct bytes a = bytes_of("a"), b = bytes_of("b");

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(r, a, 1, 1, 0));
	assert_false(rate_take(r, a, 1, 1, 0));
	assert_true(rate_take(r, b, 1, 1, 0));
	assert_false(rate_take(r, a, 1, 1, 99));
	assert_true(rate_take(r, a, 1, 1, 100));
	assert_false(rate_take(r, a, 1, 1, 100));
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(r, a, 1, 1, 5000));
	assert_false(rate_take(r, a, 1, 1, 5000));
	rate_free(r);
}

static void
test_bucket_counts_octets_too(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	struct bytes a = bytes_of("a");

	(void)state;
	assert_true(rate_take(r, a, 600, 1, 0));
	assert_false(rate_take(r, a, 600, 1, 0));
	assert_true(rate_take(r, a, 400, 1, 0));
	assert_true(rate_take(r, bytes_of("b"), 10000, 10, 0));
	rate_free(r);
}

/* A flood of names costs no memory, and the newest are the ones known. */
static void
test_flood_of_names_replaces_the_oldest(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	char name[16];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_true(rate_take(r, bytes_of(name), 1, 1, i));
	}
	for (int i = 0; i < 9; i++)
		assert_true(rate_take(r, bytes_of("9999"), 1, 1, 9999));
	assert_false(rate_take(r, bytes_of("9999"), 1, 1, 9999));
	rate_free(r);
}

static void
test_duplicate_is_same_id_and_same_material(void **state)
{
	struct incoming_block block = {.text = {(const uint8_t *)"key", 3}};
	struct incoming in = {
		.message_id = "a@b", .blocks = &block, .block_count = 1};
	struct dedupe *d = dedupe_new();
	struct digest x, y;

	(void)state;
	assert_true(dedupe_digest(&in, &x));
	assert_false(dedupe_has(d, &x));
	dedupe_add(d, &x);
	assert_true(dedupe_has(d, &x));
	block.text = bytes_of("other");
	assert_true(dedupe_digest(&in, &y));
	assert_false(dedupe_has(d, &y));
	block.text = bytes_of("key");
	in.message_id = "c@b";
	assert_true(dedupe_digest(&in, &y));
	assert_false(dedupe_has(d, &y));
	in.message_id = NULL;
	assert_false(dedupe_digest(&in, &y));
	dedupe_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket_empties_and_fills_again),
		cmocka_unit_test(test_bucket_counts_octets_too),
		cmocka_unit_test(test_flood_of_names_replaces_the_oldest),
		cmocka_unit_test(test_duplicate_is_same_id_and_same_material),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
