#include "../unit.h"

#include <string.h>

#include "base/mailaddr.h"

/* Parses one field; "" if it is malformed. */
static const char *
parsed(const char *field)
{
	static struct mailaddr m;

	memset(&m, 0, sizeof m);
	if (mailaddr_parse(bytes_of(field), &m) != STATUS_OK)
		return "";
	return m.text;
}

static void
test_forms_that_mailers_write(void **state)
{
	static const char *const table[][2] = {
		{"pgp-public-keys@keys.example",
			"pgp-public-keys@keys.example"},
		{"PGP Key Server <pks@keys.example>", "pks@keys.example"},
		{"pks@keys.example (PGP Key Server)", "pks@keys.example"},
		{"\"Server, Key\" <pks@keys.example>", "pks@keys.example"},
		{"\"a <b@c>\" <pks@keys.example>", "pks@keys.example"},
		{"\"quo\\\"ted <x@y>\" <a@b>", "a@b"},
		{"(c (d \\) e) f) a@b (g)", "a@b"},
		{"a (x) @ (y) b . c", "a@b.c"},
		{"  \t a@b \r\n ", "a@b"},
		{"Name\r\n <a@b>", "a@b"},
		{"< a@b >", "a@b"},
		{"<(x)a@b(y)>", "a@b"},
		{"<@relay,@other:a@b>", "a@b"},
		{"<@relay:a@b>", "a@b"},
		{"\"john doe\"@b", "\"john doe\"@b"},
		{"\"a@b\"@c", "\"a@b\"@c"},
		{"<\"a>b\"@c>", "\"a>b\"@c"},
		{"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
		{"<a@[127.0.0.1]>", "a@[127.0.0.1]"},
		{"servers: a@b, c@d;", "a@b"},
		{"A@B.Example.", "A@B.Example."},
		{"Key, Server <a@b>", "a@b"},
		{", ,, a@b", "a@b"},
		/* SKS, with a quoted from_addr in its configuration */
		{"\"a@b\"", "a@b"},
		{" \"Name <a@b>\" ", "a@b"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_string_equal(parsed(table[i][0]), table[i][1]);
}

static void
test_what_is_no_address_is_malformed(void **state)
{
	static const char *const table[] = {"", " ", "name", "@", "a@", "@b",
		"a@b@c", "<>", "<a>", "Name <>", "Name", "(a@b)", "\"a@b\" x",
		"<a@b", "a@b (", "a@b \"", "a b@c", "a@b c", "<a b@c>",
		"<a@b> <c@d>", "a@b\x01", "<a@b,c@d>", "<<a@b>>", "a@b>",
		"a)@b", "a\\@b", "a@[1.2.3.4", "undisclosed-recipients:;"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof table / sizeof table[0]; i++)
		assert_string_equal(parsed(table[i]), "");
}

static void
test_failure_leaves_the_result_untouched(void **state)
{
	struct mailaddr m = {"before"};

	(void)state;
	assert_status(mailaddr_parse(bytes_of("nobody"), &m), STATUS_MALFORMED);
	assert_string_equal(m.text, "before");
}

static void
test_comments_nest_to_32_and_no_deeper(void **state)
{
	char text[100];
	int depth;

	(void)state;
	for (depth = 32; depth <= 33; depth++) {
		memset(text, '(', (size_t)depth);
		memset(text + depth, ')', (size_t)depth);
		strcpy(text + 2 * depth, "a@b");
		assert_string_equal(parsed(text), depth == 32 ? "a@b" : "");
	}
}

static void
test_a_megabyte_of_parentheses_is_only_malformed(void **state)
{
	static char text[1 << 20];
	struct mailaddr m;

	(void)state;
	memset(text, '(', sizeof text);
	assert_status(mailaddr_parse(bytes_make(text, sizeof text), &m),
		STATUS_MALFORMED);
	memset(text, '"', sizeof text);
	assert_status(mailaddr_parse(bytes_make(text, sizeof text), &m),
		STATUS_MALFORMED);
	memset(text, '<', sizeof text);
	assert_status(mailaddr_parse(bytes_make(text, sizeof text), &m),
		STATUS_MALFORMED);
	memset(text, ',', sizeof text);
	assert_status(mailaddr_parse(bytes_make(text, sizeof text), &m),
		STATUS_MALFORMED);
}

static void
test_length_limit_is_met_and_not_passed(void **state)
{
	char text[MAILADDR_MAX + 2];

	(void)state;
	memset(text, 'a', sizeof text);
	text[1] = '@';
	text[MAILADDR_MAX] = '\0';
	assert_string_equal(parsed(text), text);
	assert_true(mailaddr_is_safe(text));
	text[MAILADDR_MAX] = 'a';
	text[MAILADDR_MAX + 1] = '\0';
	assert_string_equal(parsed(text), "");
	assert_false(mailaddr_is_safe(text));
}

static void
test_long_display_name_does_not_hide_the_address(void **state)
{
	char text[4000];

	(void)state;
	memset(text, 'n', sizeof text);
	strcpy(text + 3000, " <a@b>");
	assert_string_equal(parsed(text), "a@b");
}

static void
test_list_gives_each_and_names_what_is_broken(void **state)
{
	struct bytes field =
		bytes_of("A <a@b>,, junk, \"x, y\" <c@d>; g: e@f, h@i; (end)");
	struct mailaddr m;
	size_t pos = 0;

	(void)state;
	assert_ok(mailaddr_next(field, &pos, &m));
	assert_string_equal(m.text, "a@b");
	assert_status(mailaddr_next(field, &pos, &m), STATUS_MALFORMED);
	assert_ok(mailaddr_next(field, &pos, &m));
	assert_string_equal(m.text, "c@d");
	assert_ok(mailaddr_next(field, &pos, &m));
	assert_string_equal(m.text, "e@f");
	assert_ok(mailaddr_next(field, &pos, &m));
	assert_string_equal(m.text, "h@i");
	assert_status(mailaddr_next(field, &pos, &m), STATUS_NOT_FOUND);
	assert_status(mailaddr_next(field, &pos, &m), STATUS_NOT_FOUND);
}

static void
test_normalised_is_lower_case_without_trailing_dot(void **state)
{
	struct mailaddr in = {"PKS@Keys.Example."}, out;

	(void)state;
	mailaddr_normalise(&in, &out);
	assert_string_equal(out.text, "pks@keys.example");
	mailaddr_normalise(&out, &out);
	assert_string_equal(out.text, "pks@keys.example");
	assert_true(mailaddr_same("A@B.", "a@b"));
	assert_true(mailaddr_same("a@b", "a@b"));
	assert_false(mailaddr_same("a@b", "a@bc"));
	assert_false(mailaddr_same("a@b.c", "a@bc"));
}

static void
test_a_mailbox_has_one_name(void **state)
{
	static const char *const rows[][2] = {
		{"Joe@Keys.Example", "joe@keys.example"},
		{"joe+A+b@keys.example.", "joe@keys.example"},
		{"+joe@keys.example", "+joe@keys.example"},
		{"joe@a+b.example", "joe@a+b.example"}, {"joe", "joe"}};
	struct mailaddr out;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mailaddr_mailbox(rows[i][0], &out);
		assert_string_equal(out.text, rows[i][1]);
	}
}

static void
test_safe_is_what_an_smtp_command_may_carry(void **state)
{
	static const char *const bad[] = {"", "a", "@", "a@", "@a", "a@b@c",
		"a b@c", "a@b\r\nDATA", "a@b\n", "<a@b>", "a,b@c", "\"a\"@b",
		"a\\b@c", "a@b\x7f", "\xc3\xa4@b", "a@b\t"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(mailaddr_is_safe(bad[i]));
	assert_true(mailaddr_is_safe("a@b"));
	assert_true(mailaddr_is_safe("pgp-public-keys+x=y@keys.example."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_that_mailers_write),
		cmocka_unit_test(test_what_is_no_address_is_malformed),
		cmocka_unit_test(test_failure_leaves_the_result_untouched),
		cmocka_unit_test(test_comments_nest_to_32_and_no_deeper),
		cmocka_unit_test(
			test_a_megabyte_of_parentheses_is_only_malformed),
		cmocka_unit_test(test_length_limit_is_met_and_not_passed),
		cmocka_unit_test(
			test_long_display_name_does_not_hide_the_address),
		cmocka_unit_test(test_list_gives_each_and_names_what_is_broken),
		cmocka_unit_test(
			test_normalised_is_lower_case_without_trailing_dot),
		cmocka_unit_test(test_a_mailbox_has_one_name),
		cmocka_unit_test(test_safe_is_what_an_smtp_command_may_carry),
	};

	return cmocka_run_group_tests_name("base/mailaddr", tests, NULL, NULL);
}
