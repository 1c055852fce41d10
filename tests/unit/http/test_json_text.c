/* One string out of a JSON object, whatever stands beside it. */
#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "http/message/json_text.h"

/* In memory of its own, so that a sanitizer sees one octet too many. */
static enum status
find(const char *text, size_t len, char *out, size_t size)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct bytes value = {NULL, 0};
	enum status st;

	assert_non_null(copy);
	memcpy(copy, text, len);
	st = json_text_find(copy, len, "keytext", &value);
	if (st == STATUS_OK) {
		assert_true(value.len < size);
		memcpy(out, value.data, value.len);
		out[value.len] = '\0';
	}
	free(copy);
	return st;
}

static void
gives(const char *text, const char *want)
{
	char out[100];

	assert_int_equal(find(text, strlen(text), out, sizeof(out)), STATUS_OK);
	assert_string_equal(out, want);
}

static void
test_string_is_found_among_other_members(void **state)
{
	(void)state;
	gives("{\"keytext\":\"abc\"}", "abc");
	gives(" {\n \"keytext\" : \"abc\" }\r\n", "abc");
	gives("{\"a\":[1,{\"keytext\":\"no\"},\"]\"],\"keytext\":\"yes\"}",
		"yes");
	gives("{\"a\":null,\"b\":-1.5e3,\"c\":true,\"keytext\":\"\"}", "");
	gives("{\"keytext\":\"first\",\"keytext\":\"second\"}", "first");
	gives("{\"keytext\":1,\"keytext\":\"a string\"}", "a string");
	gives("{\"a\\\"keytext\":\"no\",\"keytext\":\"yes\"}", "yes");
}

static void
test_escapes_become_octets(void **state)
{
	(void)state;
	gives("{\"keytext\":\"a\\nb\\r\\t\\\\\\\"\\/\\b\\f\"}",
		"a\nb\r\t\\\"/\b\f");
	gives("{\"keytext\":\"\\u002d\\u002D\"}", "--");
	gives("{\"keytext\":\"J\\u00fcrgen \\ud83d\\ude00 \\u0000\"}",
		"J?rgen ?? ?");
}

static void
is(const char *text, size_t len, enum status want)
{
	char out[100];

	assert_int_equal(find(text, len, out, sizeof(out)), want);
}

static void
test_an_object_without_it_is_not_found(void **state)
{
	(void)state;
	is("{}", 2, STATUS_NOT_FOUND);
	is("{\"x\":{\"keytext\":\"a\"}}", 21, STATUS_NOT_FOUND);
	is("{\"keytext\":[\"a\"]}", 17, STATUS_NOT_FOUND);
}

static void
test_what_is_no_object_is_malformed(void **state)
{
	static const char *const bad[] = {"", " ", "[]", "\"keytext\"", "{",
		"{\"keytext\"", "{\"keytext\":", "{\"keytext\":\"a",
		"{\"keytext\":\"a\"", "{\"keytext\":\"a\\\"}", "{\"a\":}",
		"{\"a\":1 2}", "{a:1}", "{\"a\":[}", "{\"keytext\":\"\\x\"}",
		"{\"keytext\":\"\\u12\"}", "{\"keytext\":\"\\u12g4\"}",
		"{\"keytext\":\"a\"} x", "{\"keytext\":\"a\"}{"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is(bad[i], strlen(bad[i]), STATUS_MALFORMED);
	is("{\"keytext\":\"a\0b\"}", 18, STATUS_MALFORMED);
}

static void
test_every_cut_of_a_good_one_is_malformed(void **state)
{
	static const char good[] =
		"{\"a\":[1,\"]\",{}],\"keytext\":\"x\\n\\u0041\"}";

	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++)
		is(good, n, STATUS_MALFORMED);
}

static void
test_depth_costs_nothing(void **state)
{
	size_t n = 4 * 1024 * 1024;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, '[', n);
	memcpy(text, "{\"a\":", 5);
	is(text, n, STATUS_MALFORMED);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_string_is_found_among_other_members),
		cmocka_unit_test(test_escapes_become_octets),
		cmocka_unit_test(test_an_object_without_it_is_not_found),
		cmocka_unit_test(test_what_is_no_object_is_malformed),
		cmocka_unit_test(test_every_cut_of_a_good_one_is_malformed),
		cmocka_unit_test(test_depth_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
