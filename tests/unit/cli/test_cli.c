#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/load.h"

static void
joins(const char *want, size_t count, const char *a, const char *b,
	const char *c)
{
	char w[3][64];
	char *words[3] = {w[0], w[1], w[2]};
	char *got;

	snprintf(w[0], sizeof(w[0]), "%s", a);
	snprintf(w[1], sizeof(w[1]), "%s", b);
	snprintf(w[2], sizeof(w[2]), "%s", c);
	got = cli_join_term(words, count);
	assert_string_equal(got, want);
	free(got);
}

static void
test_a_fingerprint_in_groups_becomes_one_term(void **state)
{
	(void)state;
	joins("0x0123456789ab", 3, "0123", "4567", "89ab");
	joins("0x0123456789ab", 3, "0x0123", "4567", "89ab");
	joins("0x83A395925B29CE90", 1, "83A395925B29CE90", "", "");
	joins("0x83A395925B29CE90", 1, "0x83A395925B29CE90", "", "");
}

static void
test_words_stay_words(void **state)
{
	(void)state;
	joins("alice bob", 2, "alice", "bob", "");
	joins("alice@example.org", 1, "alice@example.org", "", "");
	joins("abc", 1, "abc", "", ""); /* too short for a key ID */
}

static void
test_reasons_are_counted_and_bounded(void **state)
{
	struct load_reasons r = {.count = 0}, before;
	char word[16];
	json_t *since;

	(void)state;
	load_count(&r, "truncated", 2);
	before = r;
	load_count(&r, "truncated", 3);
	load_count(&r, "malformed", 0);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.list[0].count, 5);
	since = load_reasons_json(&r, &before);
	assert_int_equal(
		json_integer_value(json_object_get(since, "truncated")), 3);
	json_decref(since);
	for (int i = 0; i < 2 * LOAD_REASONS_MAX; i++) {
		snprintf(word, sizeof(word), "r%d", i);
		load_count(&r, word, 1);
	}
	assert_int_equal(r.count, LOAD_REASONS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_fingerprint_in_groups_becomes_one_term),
		cmocka_unit_test(test_words_stay_words),
		cmocka_unit_test(test_reasons_are_counted_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
