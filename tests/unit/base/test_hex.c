#include "../unit.h"

#include <string.h>

#include "base/hex.h"

static void
test_both_cases_are_written(void **state)
{
	struct bytes in = bytes_make("\x00\x1f\xab\xff", 4);
	char out[9];

	(void)state;
	hex_write_upper(in, out);
	assert_string_equal(out, "001FABFF");
	hex_write_lower(in, out);
	assert_string_equal(out, "001fabff");
	hex_write_lower(bytes_make(NULL, 0), out);
	assert_string_equal(out, "");
}

static void
test_every_octet_comes_back(void **state)
{
	uint8_t in[256], back[256];
	char text[513];
	size_t i, len = 0;

	(void)state;
	for (i = 0; i < 256; i++)
		in[i] = (uint8_t)i;
	hex_write_upper(bytes_make(in, sizeof in), text);
	assert_ok(hex_read(bytes_of(text), back, sizeof back, &len));
	assert_int_equal(len, 256);
	assert_memory_equal(in, back, 256);
}

static void
test_mixed_case_is_read(void **state)
{
	uint8_t out[2];
	size_t len = 0;

	(void)state;
	assert_ok(hex_read(bytes_of("aBCd"), out, 2, &len));
	assert_int_equal(len, 2);
	assert_memory_equal(out, "\xab\xcd", 2);
	assert_ok(hex_read(bytes_of(""), out, 2, &len));
	assert_int_equal(len, 0);
}

static void
test_what_is_not_hex_is_refused_and_nothing_written(void **state)
{
	const char *bad[] = {"a", "abc", "0x12", "12 3", "gg", "-1", "1234zz",
		"@a", "`a", "/1", ":1", "123456"};
	uint8_t out[2] = {7, 7};
	size_t len = 99, i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(hex_read(bytes_of(bad[i]), out, 2, &len),
			STATUS_MALFORMED);
		assert_int_equal(len, 99);
		assert_int_equal(out[0], 7);
	}
}

static void
test_digit_values(void **state)
{
	const char *digits = "0123456789abcdefABCDEF";
	int c;

	(void)state;
	for (c = 0; c < 256; c++)
		assert_int_equal(hex_digit((uint8_t)c) >= 0,
			c != 0 && strchr(digits, c) != NULL);
	assert_int_equal(hex_digit('f'), 15);
	assert_int_equal(hex_digit('A'), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_cases_are_written),
		cmocka_unit_test(test_every_octet_comes_back),
		cmocka_unit_test(test_mixed_case_is_read),
		cmocka_unit_test(
			test_what_is_not_hex_is_refused_and_nothing_written),
		cmocka_unit_test(test_digit_values),
	};

	return cmocka_run_group_tests_name("base/hex", tests, NULL, NULL);
}
