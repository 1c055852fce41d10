/* What is not asked for again, for how long, and how much is remembered. */
#include "../unit.h"

#include <string.h>

#include "base/clock.h"
#include "recon/recover_state.h"

enum { HOUR = 3600000, WEEK = 7 * 24 * HOUR };

static struct sks_digest
digest(uint32_t n)
{
	struct sks_digest d = {{0}};

	memcpy(d.octets, &n, sizeof(n));
	return d;
}

/* ---- the table --------------------------------------------------------- */

static void
test_what_was_put_is_found_by_its_number(void **state)
{
	struct digest_map *m = digest_map_new(10);
	struct sks_digest d = digest(1);

	(void)state;
	assert_null(digest_map_find(m, &d, 1));
	digest_map_put(m, &d, 1)->until = 5;
	assert_null(digest_map_find(m, &d, 2));
	assert_int_equal(digest_map_find(m, &d, 1)->until, 5);
	assert_int_equal(digest_map_put(m, &d, 1)->until, 5);
	assert_int_equal(digest_map_count(m), 1);
	digest_map_remove(m, &d, 2);
	assert_int_equal(digest_map_count(m), 1);
	digest_map_remove(m, &d, 1);
	assert_null(digest_map_find(m, &d, 1));
	assert_int_equal(digest_map_count(m), 0);
	digest_map_free(m);
}

static void
test_the_oldest_goes_when_it_is_full(void **state)
{
	struct digest_map *m = digest_map_new(1000);
	struct sks_digest d, kept = digest(0);

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		d = digest(i);
		(void)digest_map_put(m, &d, 0);
	}
	/* What was looked at is not the oldest any more. */
	assert_non_null(digest_map_find(m, &kept, 0));
	d = digest(1000);
	(void)digest_map_put(m, &d, 0);
	assert_int_equal(digest_map_count(m), 1000);
	assert_non_null(digest_map_find(m, &kept, 0));
	d = digest(1);
	assert_null(digest_map_find(m, &d, 0));
	d = digest(2);
	assert_non_null(digest_map_find(m, &d, 0));
	digest_map_free(m);
}

/* As a list that is long and slow says it. */
static void
test_it_holds_what_a_list_would_hold(void **state)
{
	enum { N = 300, TURNS = 20000 };
	struct digest_map *m = digest_map_new(N);
	bool there[2 * N] = {false};
	uint32_t chance = 1;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < TURNS; i++) {
		struct sks_digest d;
		uint32_t k;

		chance = chance * 1664525u + 1013904223u;
		k = (chance >> 8) % (2 * N);
		d = digest(k);
		assert_int_equal(digest_map_find(m, &d, 0) != NULL, there[k]);
		if (there[k]) {
			digest_map_remove(m, &d, 0);
			there[k] = false;
			n--;
		} else if (n < N) {
			(void)digest_map_put(m, &d, 0);
			there[k] = true;
			n++;
		}
		assert_int_equal(digest_map_count(m), n);
	}
	digest_map_free(m);
}

/* ---- back-off ---------------------------------------------------------- */

struct world {
	struct recover r;
	struct source a, b;
};

static int
setup(void **state)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	w.r.set = (struct recover_settings){
		.backoff_ms = HOUR, .backoff_max_ms = WEEK};
	w.r.backoff = digest_map_new(RECOVER_BACKOFF_MAX);
	w.a = (struct source){.r = &w.r, .number = 1};
	w.b = (struct source){.r = &w.r, .number = 2};
	clock_set_for_test(1000, 1000);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	digest_map_free(w->r.backoff);
	clock_set_for_test(-1, -1);
	return 0;
}

static void
test_each_time_it_takes_twice_as_long_up_to_a_week(void **state)
{
	static const int64_t want[] = {1, 2, 4, 8, 16, 32, 64, 128, 168, 168};
	struct world *w = *state;
	struct sks_digest d = digest(1);
	int64_t now = 1000;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_false(known_backed_off(&w->a, &d));
		assert_int_equal(
			known_back_off(&w->a, &d, RECOVER_MISSING), i == 0);
		clock_set_for_test(now + want[i] * HOUR - 1, 1000);
		assert_true(known_backed_off(&w->a, &d));
		now += want[i] * HOUR;
		clock_set_for_test(now, 1000);
	}
	for (int i = 0; i < 100; i++)
		(void)known_back_off(&w->a, &d, RECOVER_MISSING);
	clock_set_for_test(now + WEEK, 1000);
	assert_false(known_backed_off(&w->a, &d));
}

static void
count_one(void *ctx, const struct digest_entry *e)
{
	size_t *counts = ctx;

	counts[e->number]++;
}

/* What one does not give another may; what is wrong with a certificate is so
 * whoever has it. */
static void
test_one_partner_or_all_of_them(void **state)
{
	static const struct {
		enum recover_reason reason;
		bool of_all;
	} rows[] = {{RECOVER_MISSING, false}, {RECOVER_UNREADABLE, false},
		{RECOVER_REFUSED, true}, {RECOVER_CHANGED, true},
		{RECOVER_LESS, true}};
	struct world *w = *state;
	size_t counts[3] = {0, 0, 0};

	for (uint32_t i = 0; i < RECOVER_REASONS; i++) {
		struct sks_digest d = digest(i);

		(void)known_back_off(&w->a, &d, rows[i].reason);
		assert_true(known_backed_off(&w->a, &d));
		assert_int_equal(known_backed_off(&w->b, &d), rows[i].of_all);
	}
	digest_map_later(w->r.backoff, 1000, count_one, counts);
	assert_int_equal(counts[1], 5);
	assert_int_equal(counts[2], 0);
	digest_map_later(w->r.backoff, 1000 + HOUR, count_one, counts);
	assert_int_equal(counts[1], 5);
}

static void
test_the_first_ones_are_named_and_nothing_twice(void **state)
{
	struct world *w = *state;
	struct sks_digest d = digest(0);

	/* Nothing is wrong with it. */
	assert_false(known_back_off(&w->a, &d, RECOVER_LESS));
	for (uint32_t i = 1; i <= NAMED_MAX; i++) {
		d = digest(i);
		assert_true(known_back_off(&w->a, &d, RECOVER_REFUSED));
		assert_false(known_back_off(&w->a, &d, RECOVER_REFUSED));
	}
	d = digest(NAMED_MAX + 1);
	assert_false(known_back_off(&w->a, &d, RECOVER_REFUSED));
	assert_true(known_backed_off(&w->a, &d));
}

static void
test_no_more_than_a_bound_is_remembered(void **state)
{
	struct world *w = *state;
	struct sks_digest d;

	for (uint32_t i = 0; i <= RECOVER_BACKOFF_MAX; i++) {
		d = digest(i);
		(void)known_back_off(&w->a, &d, RECOVER_MISSING);
	}
	assert_int_equal(digest_map_count(w->r.backoff), RECOVER_BACKOFF_MAX);
	assert_true(known_backed_off(&w->a, &d));
	d = digest(0);
	assert_false(known_backed_off(&w->a, &d));
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_put_is_found_by_its_number),
		cmocka_unit_test(test_the_oldest_goes_when_it_is_full),
		cmocka_unit_test(test_it_holds_what_a_list_would_hold),
		PROMISE(test_each_time_it_takes_twice_as_long_up_to_a_week),
		PROMISE(test_one_partner_or_all_of_them),
		PROMISE(test_the_first_ones_are_named_and_nothing_twice),
		PROMISE(test_no_more_than_a_bound_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
