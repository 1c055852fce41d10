#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static void
test_empty_views_are_equal_whatever_they_point_to(void **state)
{
	(void)state;
	assert_true(bytes_eq(bytes_make(NULL, 0), bytes_of("")));
	assert_int_equal(bytes_cmp(bytes_make(NULL, 0), bytes_of("")), 0);
	assert_int_equal(bytes_trim(bytes_make(NULL, 0)).len, 0);
}

static void
test_order_is_unsigned_and_a_prefix_is_first(void **state)
{
	(void)state;
	assert_true(bytes_cmp(bytes_of("\x7f"), bytes_of("\x80")) < 0);
	assert_true(bytes_cmp(bytes_of("ab"), bytes_of("abc")) < 0);
	assert_true(bytes_cmp(bytes_of("abc"), bytes_of("ab")) > 0);
	assert_true(bytes_cmp(bytes_of("b"), bytes_of("abc")) > 0);
	assert_int_equal(bytes_cmp(bytes_of("abc"), bytes_of("abc")), 0);
}

static void
test_only_ascii_letters_fold(void **state)
{
	(void)state;
	assert_true(bytes_eq_nocase(bytes_of("AbZ@"), bytes_of("aBz@")));
	assert_false(bytes_eq_nocase(bytes_of("@"), bytes_of("`")));
	assert_false(bytes_eq_nocase(bytes_of("["), bytes_of("{")));
	assert_false(bytes_eq_nocase(bytes_of("\xc4"), bytes_of("\xe4")));
	assert_false(bytes_eq_nocase(bytes_of("a"), bytes_of("ab")));
	assert_true(bytes_starts_nocase(bytes_of("From: x"), "FROM:"));
	assert_false(bytes_starts_nocase(bytes_of("Fro"), "from"));
	assert_true(bytes_starts_nocase(bytes_make(NULL, 0), ""));
}

static void
test_trim_takes_blanks_at_both_ends_only(void **state)
{
	(void)state;
	assert_text(bytes_trim(bytes_of(" \t\r\na b\n ")), "a b");
	assert_text(bytes_trim(bytes_of(" \t\r\n")), "");
	assert_text(bytes_trim(bytes_of("x")), "x");
	assert_text(bytes_trim(bytes_of("\vx")), "\vx");
}

static void
test_zeroed_buf_is_empty_and_grows(void **state)
{
	struct buf b = {0};
	int i;

	(void)state;
	assert_int_equal(buf_view(&b).len, 0);
	for (i = 0; i < 1000; i++)
		assert_ok(buf_put_u8(&b, (uint8_t)i));
	assert_int_equal(b.len, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(b.data[i], (uint8_t)i);
	buf_done(&b);
	assert_null(b.data);
	buf_done(&b);
}

static void
test_limit_adds_nothing_and_exact_fit_is_taken(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_ok(buf_puts(&b, "123"));
	assert_status(buf_puts(&b, "456"), STATUS_LIMIT);
	assert_status(buf_put_be32(&b, 1), STATUS_LIMIT);
	assert_status(buf_printf(&b, "%d", 456), STATUS_LIMIT);
	assert_text(buf_view(&b), "123");
	assert_ok(buf_printf(&b, "%d", 45));
	assert_text(buf_view(&b), "12345");
	assert_status(buf_put_u8(&b, 6), STATUS_LIMIT);
	assert_ok(buf_put(&b, bytes_make(NULL, 0)));
	assert_true(b.cap <= 5);
	buf_clear(&b);
	assert_ok(buf_puts(&b, "abcde"));
	buf_done(&b);
	assert_int_equal(b.max, 5);
}

static void
test_absurd_size_is_a_limit_not_an_overflow(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_ok(buf_puts(&b, "x"));
	assert_status(buf_reserve(&b, SIZE_MAX), STATUS_LIMIT);
	assert_text(buf_view(&b), "x");
	buf_done(&b);
}

static void
test_numbers_are_big_endian(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_ok(buf_put_be32(&b, 0x01020304));
	assert_ok(buf_put_be64(&b, 0x1112131415161718));
	assert_int_equal(b.len, 12);
	assert_memory_equal(
		b.data, "\x01\x02\x03\x04\x11\x12\x13\x14\x15\x16\x17\x18", 12);
	buf_done(&b);
}

static void
test_printf_longer_than_its_first_guess(void **state)
{
	char text[1000];
	struct buf b = {0};

	(void)state;
	memset(text, 'y', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_ok(buf_printf(&b, "<%s>", text));
	assert_int_equal(b.len, 1001);
	assert_int_equal(b.data[0], '<');
	assert_int_equal(b.data[1000], '>');
	buf_done(&b);

	/* 255 fits the first guess, 256 does not; both come out whole. */
	buf_init(&b, 256);
	assert_ok(buf_printf(&b, "%.255s", text));
	buf_clear(&b);
	assert_ok(buf_printf(&b, "%.256s", text));
	assert_int_equal(b.len, 256);
	assert_status(buf_printf(&b, "%.256s", text), STATUS_LIMIT);
	buf_done(&b);
}

static void
test_text_is_a_c_string_too_even_at_the_limit(void **state)
{
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 64);
	assert_ok(buf_puts(&b, ""));
	assert_string_equal((char *)b.data, "");
	assert_ok(buf_puts(&b, "abc"));
	assert_string_equal((char *)b.data, "abc");
	buf_clear(&b);
	for (i = 0; i < 64; i++)
		assert_ok(buf_put_u8(&b, 0xff));
	buf_clear(&b);
	assert_ok(buf_printf(&b, "%s", "short"));
	assert_string_equal((char *)b.data, "short");
	assert_ok(buf_printf(&b, "%59d", 7));
	assert_int_equal(strlen((char *)b.data), 64);
	assert_int_equal(b.len, 64);
	buf_done(&b);
}

static void
test_wipe_leaves_an_empty_buf(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_wipe(&b);
	assert_ok(buf_puts(&b, "secret"));
	buf_wipe(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
}

static void
test_xmalloc_family_gives_memory_for_zero_too(void **state)
{
	char *s, *t;
	void *p;

	(void)state;
	p = xmalloc(0);
	assert_non_null(p);
	p = xrealloc(p, 0);
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
	s = xstrdup("abc");
	t = xstrndup("abc", 2);
	assert_string_equal(s, "abc");
	assert_string_equal(t, "ab");
	free(s);
	free(t);
	t = xstrndup("abc", 200);
	assert_string_equal(t, "abc");
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_empty_views_are_equal_whatever_they_point_to),
		cmocka_unit_test(test_order_is_unsigned_and_a_prefix_is_first),
		cmocka_unit_test(test_only_ascii_letters_fold),
		cmocka_unit_test(test_trim_takes_blanks_at_both_ends_only),
		cmocka_unit_test(test_zeroed_buf_is_empty_and_grows),
		cmocka_unit_test(
			test_limit_adds_nothing_and_exact_fit_is_taken),
		cmocka_unit_test(test_absurd_size_is_a_limit_not_an_overflow),
		cmocka_unit_test(test_numbers_are_big_endian),
		cmocka_unit_test(test_printf_longer_than_its_first_guess),
		cmocka_unit_test(test_text_is_a_c_string_too_even_at_the_limit),
		cmocka_unit_test(test_wipe_leaves_an_empty_buf),
		cmocka_unit_test(test_xmalloc_family_gives_memory_for_zero_too),
	};

	return cmocka_run_group_tests_name("base/bytes", tests, NULL, NULL);
}
