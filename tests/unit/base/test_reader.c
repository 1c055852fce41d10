#include "../unit.h"

#include "base/reader.h"

static void
test_reads_big_endian_in_order(void **state)
{
	struct reader r = reader_of(bytes_make("\x01\x02\x03\x04\x05\x06\x07"
					       "\x11\x12\x13\x14\x15\x16\x17"
					       "\x18",
		15));

	(void)state;
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_be16(&r), 0x0203);
	assert_int_equal(reader_be32(&r), 0x04050607);
	assert_int_equal(reader_left(&r), 8);
	assert_true(reader_be64(&r) == UINT64_C(0x1112131415161718));
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.failed);
}

static void
test_failure_is_zero_and_sticks(void **state)
{
	struct reader r = reader_of(bytes_of("abc"));
	struct bytes line;

	(void)state;
	assert_int_equal(reader_be32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_take(&r, 0).len, 0);
	assert_int_equal(reader_rest(&r).len, 0);
	assert_false(reader_line(&r, &line));
	assert_true(r.failed);
}

static void
test_take_of_exactly_the_rest_is_fine(void **state)
{
	struct reader r = reader_of(bytes_of("abcd"));

	(void)state;
	assert_text(reader_take(&r, 1), "a");
	assert_text(reader_take(&r, 3), "bcd");
	assert_int_equal(reader_take(&r, 0).len, 0);
	assert_false(r.failed);
	assert_int_equal(reader_take(&r, 1).len, 0);
	assert_true(r.failed);
}

static void
test_take_of_a_huge_length_fails_without_wrapping(void **state)
{
	struct reader r = reader_of(bytes_of("abcd"));

	(void)state;
	assert_int_equal(reader_u8(&r), 'a');
	assert_int_equal(reader_take(&r, SIZE_MAX).len, 0);
	assert_true(r.failed);
	assert_int_equal(r.pos, 1);
}

static void
test_empty_input_has_an_end_but_no_failure(void **state)
{
	struct reader r = reader_of(bytes_make(NULL, 0));
	struct bytes line;

	(void)state;
	assert_int_equal(reader_rest(&r).len, 0);
	assert_false(reader_line(&r, &line));
	assert_false(r.failed);
}

static void
test_lines_end_at_lf_crlf_or_cr(void **state)
{
	struct reader r = reader_of(bytes_of("a\nb\r\nc\rd\n\r\n\n\re"));
	const char *want[] = {"a", "b", "c", "d", "", "", "", "e"};
	struct bytes line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof want / sizeof want[0]; i++) {
		assert_true(reader_line(&r, &line));
		assert_text(line, want[i]);
	}
	assert_false(reader_line(&r, &line));
	assert_false(r.failed);
}

static void
test_last_line_needs_no_end(void **state)
{
	struct reader r = reader_of(bytes_of("a\r"));
	struct bytes line;

	(void)state;
	assert_true(reader_line(&r, &line));
	assert_text(line, "a");
	assert_false(reader_line(&r, &line));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_big_endian_in_order),
		cmocka_unit_test(test_failure_is_zero_and_sticks),
		cmocka_unit_test(test_take_of_exactly_the_rest_is_fine),
		cmocka_unit_test(
			test_take_of_a_huge_length_fails_without_wrapping),
		cmocka_unit_test(test_empty_input_has_an_end_but_no_failure),
		cmocka_unit_test(test_lines_end_at_lf_crlf_or_cr),
		cmocka_unit_test(test_last_line_needs_no_end),
	};

	return cmocka_run_group_tests_name("base/reader", tests, NULL, NULL);
}
