/* Promises of ranges, gaps and the field that tells them. */
#include <stdlib.h>

#include "../unit.h"
#include "mail/gaps.h"

#define STORE_A "0123456789abcdef0123456789abcdef"
#define STORE_B "fedcba9876543210fedcba9876543210"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static const struct gaps_pace pace = {.after_ms = HOUR, .again_ms = 6 * HOUR};

static void
note(struct gaps *g, int64_t first, int64_t last, int64_t now)
{
	(void)gaps_note(g, &pace, STORE_A, first, last, now);
}

/* How many are asked for now; the first of them into *r. */
static size_t
due(struct gaps *g, int64_t now, struct range *r)
{
	struct range list[RANGES_MAX];
	const char *store;
	size_t n = gaps_due(g, &pace, now, 100, list, RANGES_MAX, &store);

	if (n > 0)
		*r = list[0];
	return n;
}

static bool
has(const struct ranges *r, int64_t seq)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].first <= seq && seq <= r->list[i].last)
			return true;
	return false;
}

/* Against a plain array of flags. */
static void
test_ranges_are_a_set(void **state)
{
	struct ranges r = {.count = 0};
	bool flags[202] = {false};

	(void)state;
	srand(7);
	for (int turn = 0; turn < 60; turn++) {
		int64_t first = 1 + rand() % 190, last = first + rand() % 4;

		ranges_add(&r, first, last);
		for (int64_t i = first; i <= last; i++)
			flags[i] = true;
		for (int64_t i = 1; i <= 200; i++)
			assert_int_equal(has(&r, i), flags[i]);
		for (size_t i = 1; i < r.count; i++)
			assert_true(r.list[i].first > r.list[i - 1].last + 1);
	}
}

static void
test_too_many_ranges_close_the_lowest_gap(void **state)
{
	struct ranges r = {.count = 0};

	(void)state;
	for (int64_t i = 1; i <= RANGES_MAX; i++)
		ranges_add(&r, i * 10, i * 10 + 1);
	assert_int_equal(r.closed, 0);
	ranges_add(&r, 100000, 100000);
	assert_int_equal(r.count, RANGES_MAX);
	assert_int_equal(r.closed, 1);
	assert_true(has(&r, 15));
	assert_false(has(&r, 25));
	/* between the two that are joined */
	ranges_add(&r, 24, 24);
	assert_true(has(&r, 24));
	ranges_add(&r, 1000, 1000);
	assert_int_equal(r.count, RANGES_MAX);
	/* below them all */
	ranges_add(&r, 2, 3);
	assert_true(has(&r, 5));
	assert_true(has(&r, 100000));
}

static void
test_what_is_no_range_is_no_range(void **state)
{
	static const char *const bad[] = {"", "1", "-", "1-", "-1", "2-1",
		"0-1", "1-2 ", " 1-2", "1--2", "1-2-3", "a-b", "1-+2",
		"1-9223372036854775807", "1-99999999999999999999"};
	struct range r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(range_parse(bytes_of(bad[i]), &r));
	assert_true(range_parse(bytes_of("7-12"), &r));
	assert_int_equal(r.first, 7);
	assert_int_equal(r.last, 12);
}

static void
test_the_field_is_read_and_what_is_unknown_skipped(void **state)
{
	static const char *const bad[] = {"", ("v2; range=1-2; store=" STORE_A),
		"v1; range=x", "v1; store=short", "v1; level=SKS!"};
	struct batch_value v;

	(void)state;
	assert_true(batch_read(bytes_of("v1; keys=3; sha256=00; range=7-12; "
					"store=" STORE_A "; level=clean; x=y"),
		&v));
	assert_true(v.has_range);
	assert_int_equal(v.range.first, 7);
	assert_int_equal(v.range.last, 12);
	assert_string_equal(v.store, STORE_A);
	assert_string_equal(v.level, "clean");
	/* as older versions wrote it */
	assert_true(batch_read(bytes_of("v1; keys=3; sha256=00"), &v));
	assert_false(v.has_range);
	assert_string_equal(v.store, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(batch_read(bytes_of(bad[i]), &v));
		assert_string_equal(v.store, "");
	}
}

static void
test_the_first_letter_begins_the_ranges(void **state)
{
	struct gaps g = {0};
	struct range r;
	size_t asked;

	(void)state;
	note(&g, 100, 110, 0);
	assert_int_equal(gaps_open(&g, &asked), 0);
	assert_int_equal(due(&g, 100 * HOUR, &r), 0);
	assert_true(gaps_next(&g) == INT64_MAX);
}

static void
test_reordering_is_no_gap(void **state)
{
	struct gaps g = {0};
	struct range r;

	(void)state;
	note(&g, 1, 5, 0);
	note(&g, 11, 20, 0);
	assert_int_equal(due(&g, 59 * MINUTE, &r), 0);
	note(&g, 6, 10, 59 * MINUTE);
	assert_int_equal(due(&g, 2 * HOUR, &r), 0);
}

static void
test_a_gap_is_asked_for_once_and_then_ever_more_rarely(void **state)
{
	struct gaps g = {0};
	struct range r = {0};
	int64_t now = HOUR, last = 0;
	size_t asked;

	(void)state;
	note(&g, 1, 5, 0);
	note(&g, 11, 20, 0);
	assert_int_equal(due(&g, now, &r), 1);
	assert_int_equal(r.first, 6);
	assert_int_equal(r.last, 10);
	assert_int_equal(gaps_open(&g, &asked), 1);
	assert_int_equal(asked, 1);
	for (int i = 1; i < GAPS_ASKED_MAX; i++) {
		assert_int_equal(due(&g, gaps_next(&g) - 1, &r), 0);
		assert_true(gaps_next(&g) - now > last);
		last = gaps_next(&g) - now;
		now = gaps_next(&g);
		assert_int_equal(due(&g, now, &r), 1);
	}
	/* and given up, once nobody answered for so long */
	assert_int_equal(g.given_up, 0);
	assert_int_equal(due(&g, gaps_next(&g), &r), 0);
	assert_int_equal(g.given_up, 1);
	assert_int_equal(gaps_open(&g, &asked), 0);
}

/* The late letter brings a part: only the rest is asked for, in its time. */
static void
test_a_part_that_came_is_not_asked_for(void **state)
{
	struct gaps g = {0};
	struct range r = {0};

	(void)state;
	note(&g, 1, 5, 0);
	note(&g, 11, 20, 0);
	note(&g, 6, 8, 30 * MINUTE);
	assert_int_equal(due(&g, HOUR, &r), 1);
	assert_int_equal(r.first, 9);
	note(&g, 9, 9, HOUR + 1);
	assert_int_equal(due(&g, HOUR + 2, &r), 0);
	note(&g, 10, 10, HOUR + 3);
	assert_int_equal(due(&g, 100 * HOUR, &r), 0);
}

static void
test_a_restored_sender_begins_anew(void **state)
{
	struct gaps g = {0};
	struct range r = {0};

	(void)state;
	note(&g, 100, 200, 0);
	assert_true(gaps_note(&g, &pace, STORE_B, 51, 60, 0));
	assert_string_equal(gaps_store(&g), STORE_B);
	assert_int_equal(due(&g, 100 * HOUR, &r), 0);
	(void)gaps_note(&g, &pace, STORE_B, 71, 80, 0);
	assert_int_equal(due(&g, HOUR, &r), 1);
	assert_int_equal(r.first, 61);
}

static void
test_a_forged_store_makes_nothing_forgotten(void **state)
{
	struct gaps g = {0};
	struct range r = {0};

	(void)state;
	note(&g, 1, 5, 0);
	note(&g, 11, 20, 0);
	(void)gaps_note(&g, &pace, STORE_B, 1, 1000000, 0);
	note(&g, 21, 22, 0);
	assert_string_equal(gaps_store(&g), STORE_A);
	assert_int_equal(due(&g, HOUR, &r), 1);
	assert_int_equal(r.first, 6);
}

static void
test_what_was_got_outlives_a_restart(void **state)
{
	struct gaps g = {0}, again;
	struct buf text = {0};
	struct range r = {0};

	(void)state;
	(void)gaps_note(&g, &pace, STORE_B, 1, 3, 0);
	note(&g, 1, 5, 0);
	note(&g, 11, 20, 0);
	assert_ok(gaps_write(&g, &text));
	gaps_read(&again, &pace, buf_view(&text), 0);
	assert_string_equal(gaps_store(&again), STORE_A);
	assert_false(gaps_note(&again, &pace, STORE_A, 12, 13, 0));
	assert_int_equal(due(&again, HOUR, &r), 1);
	assert_int_equal(r.first, 6);
	assert_int_equal(r.last, 10);
	/* what somebody spoilt is left out */
	gaps_read(&again, &pace, bytes_of("nonsense\n" STORE_A " x 1-2 9-8\n"),
		0);
	assert_string_equal(gaps_store(&again), STORE_A);
	assert_int_equal(again.stores[0].got.count, 1);
	buf_done(&text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_are_a_set),
		cmocka_unit_test(test_too_many_ranges_close_the_lowest_gap),
		cmocka_unit_test(test_what_is_no_range_is_no_range),
		cmocka_unit_test(
			test_the_field_is_read_and_what_is_unknown_skipped),
		cmocka_unit_test(test_the_first_letter_begins_the_ranges),
		cmocka_unit_test(test_reordering_is_no_gap),
		cmocka_unit_test(
			test_a_gap_is_asked_for_once_and_then_ever_more_rarely),
		cmocka_unit_test(test_a_part_that_came_is_not_asked_for),
		cmocka_unit_test(test_a_restored_sender_begins_anew),
		cmocka_unit_test(test_a_forged_store_makes_nothing_forgotten),
		cmocka_unit_test(test_what_was_got_outlives_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
