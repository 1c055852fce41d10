/*
 * Which of two forms a client would rather read.
 */
#include "http/message/accept.h"
#include "tests/unit/unit.h"

static int
weight(const char *accept, const char *type)
{
	return accept_weight(bytes_of(accept), type);
}

static bool
rather_json(const char *accept)
{
	return accept_prefers(
		bytes_of(accept), "application/json", "text/html");
}

static void
test_weights_are_read(void **state)
{
	(void)state;
	assert_int_equal(weight("text/html", "text/html"), 1000);
	assert_int_equal(weight("TEXT/HTML ; q=0.85", "text/html"), 850);
	assert_int_equal(weight("a/b;x=y;q=0.5;z", "a/b"), 500);
	assert_int_equal(weight("a/b;q=0.0005", "a/b"), 0);
	assert_int_equal(weight("a/b;q=0", "a/b"), 0);
	assert_int_equal(weight("a/b;q=1.000", "a/b"), 1000);
	assert_int_equal(weight("a/b;q=0.", "a/b"), 0);
	assert_int_equal(weight("a/b;q=junk", "a/b"), 1000);
	assert_int_equal(weight("x/y, a/b;q=0.2 ,c/d", "a/b"), 200);
	assert_int_equal(weight("a/b;q=0.2,a/b", "a/b"), 200);
}

static void
test_patterns_and_nothing_name_no_type(void **state)
{
	(void)state;
	assert_int_equal(weight("", "a/b"), 0);
	assert_int_equal(weight("*/*", "a/b"), 0);
	assert_int_equal(weight("a/*;q=0.9", "a/b"), 0);
	assert_int_equal(weight("a/bc", "a/b"), 0);
	assert_int_equal(weight(",;,=,;q=", "a/b"), 0);
}

static void
test_heavier_wins_then_earlier(void **state)
{
	(void)state;
	assert_true(rather_json("application/json"));
	assert_true(rather_json("application/json, text/html"));
	assert_true(rather_json("text/html;q=0.9, application/json"));
	assert_false(rather_json("text/html, application/json"));
	assert_false(rather_json("application/json;q=0.5, text/html"));
	assert_false(rather_json("application/json;q=0"));
	assert_false(rather_json("text/html"));
	assert_false(rather_json("*/*"));
	assert_false(rather_json(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights_are_read),
		cmocka_unit_test(test_patterns_and_nothing_name_no_type),
		cmocka_unit_test(test_heavier_wins_then_earlier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
