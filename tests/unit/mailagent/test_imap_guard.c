/* How much an IMAP server may say. */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "mailagent/imap_guard.h"

/* A guard of its own for each promise: in memory, nothing is read by it. */
static mailstream *
fresh(size_t literals)
{
	mailstream *s = mailstream_socket_open(-1);

	assert_non_null(s);
	imap_guard_set(s);
	imap_guard_expect(literals);
	return s;
}

static void
done(mailstream *s)
{
	mailstream_close(s);
}

static bool
count(const char *text)
{
	return imap_guard_count(text, strlen(text));
}

static void
count_many(char c, size_t n, bool want)
{
	char *text = xmalloc(n);

	memset(text, c, n);
	assert_int_equal(imap_guard_count(text, n), want);
	free(text);
}

static void
test_a_line_has_an_end(void **state)
{
	mailstream *s = fresh(0);

	(void)state;
	for (int i = 0; i < 3; i++) {
		count_many('x', IMAP_LINE_MAX - 1, true);
		assert_true(count("\r\n"));
	}
	done(s);
	s = fresh(0);
	count_many('x', IMAP_LINE_MAX + 1, false);
	assert_string_equal(imap_guard_tripped(), "a line without end");
	/* And stays so. */
	imap_guard_expect(0);
	assert_false(count("* OK\r\n"));
	done(s);
}

static void
test_an_answer_has_an_end(void **state)
{
	mailstream *s = fresh(0);
	size_t n = 0;

	(void)state;
	while (count("* 1 FETCH (FLAGS ())\r\n") && n <= IMAP_ANSWER_MAX)
		n += 22;
	assert_true(n <= IMAP_ANSWER_MAX && n + 22 > IMAP_ANSWER_MAX);
	assert_string_equal(imap_guard_tripped(), "an answer without end");
	done(s);
}

static void
test_literals_are_what_was_asked_for(void **state)
{
	mailstream *s = fresh(10000);

	(void)state;
	assert_true(count("* 1 FETCH (BODY[] {6000}\r\n"));
	/* Lines, quotes and braces in it mean nothing. */
	count_many('(', 5998, true);
	assert_true(count("\"{"));
	assert_true(count(" FLAGS ())\r\n* 2 FETCH (BODY[] {4000}\r\n"));
	count_many('x', 4000, true);
	assert_false(count(" BODY[] {1}\r\n"));
	assert_string_equal(
		imap_guard_tripped(), "a literal longer than was asked for");
	done(s);
}

static void
test_a_literal_of_any_length_is_understood(void **state)
{
	static const char *const lengths[] = {"{10001}", "{4294967296}",
		"{18446744073709551616}", "{99999999999999999999999999}",
		"{10001+}", "{10001 }", "{ 10001}"};
	char line[100];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		mailstream *s = fresh(10000);

		snprintf(line, sizeof(line), "* 1 FETCH (BODY[] %s\r\n",
			lengths[i]);
		assert_false(count(line));
		done(s);

		s = fresh(10000);
		snprintf(line, sizeof(line), "* FLAGS (a\"%s\rx\r\n",
			lengths[i]);
		assert_false(count(line));
		done(s);
	}
}

/* The library makes room for it before it has seen the end of the line. */
static void
test_a_huge_one_needs_no_end_of_line(void **state)
{
	mailstream *s = fresh(10000);

	(void)state;
	assert_true(count("* FLAGS (a {10001}EXISTS\r\n"));
	assert_false(count("* FLAGS (a {429449934590}"));
	done(s);
}

static void
test_what_is_no_literal_is_a_line(void **state)
{
	static const char *const lines[] = {"* OK {9} more\r\n",
		"* OK {9x}\r\n", "* OK {9\r\n", "* OK 9}\r\n",
		"* 1 FETCH (ENVELOPE (\"a {9\"))\r\n"};
	mailstream *s = fresh(0);

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_true(count(lines[i]));
	done(s);
}

static void
test_nesting_is_bounded(void **state)
{
	mailstream *s = fresh(0);

	(void)state;
	count_many('(', IMAP_DEPTH_MAX, true);
	count_many(')', IMAP_DEPTH_MAX, true);
	/* In quotes they are letters. */
	assert_true(count("\"(((((((((((((((((((((((\\\"((((((((\"\r\n"));
	count_many('(', IMAP_DEPTH_MAX, true);
	assert_true(count("\r\n"));
	count_many('(', IMAP_DEPTH_MAX + 1, false);
	assert_string_equal(
		imap_guard_tripped(), "parentheses nested too deep");
	done(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_has_an_end),
		cmocka_unit_test(test_an_answer_has_an_end),
		cmocka_unit_test(test_literals_are_what_was_asked_for),
		cmocka_unit_test(test_a_literal_of_any_length_is_understood),
		cmocka_unit_test(test_a_huge_one_needs_no_end_of_line),
		cmocka_unit_test(test_what_is_no_literal_is_a_line),
		cmocka_unit_test(test_nesting_is_bounded),
	};

	return cmocka_run_group_tests_name("imap_guard", tests, NULL, NULL);
}
