/*
 * What an identity is, and what it is never taken for.
 */
#include "fixture.h"

#include <string.h>

#include "lookup/query.h"
#include "pgp/user_id.h"

static struct query
parse(const char *text)
{
	struct query q;
	struct err err;

	assert_ok(query_parse_identity(scratch, bytes_of(text), &q, &err));
	assert_int_equal(q.count, 1);
	assert_true(q.exact);
	return q;
}

static void
test_address_is_searched_as_one(void **state)
{
	struct query q = parse(" Bob@Example.ORG ");

	(void)state;
	assert_int_equal(q.tries[0].kind, QUERY_EMAIL);
	assert_text(q.tries[0].octets, "bob@example.org");
	assert_false(q.whole_user_id);
	assert_false(q.by_words);
}

static void
test_anything_else_is_a_whole_user_id(void **state)
{
	static const char *const texts[] = {"Bob <bob@example.org>",
		"<bob@example.org>", "Bob Example", "0x0123456789ABCDEF",
		"0123456789ABCDEF0123456789ABCDEF01234567", "@example.org",
		"Bob (bob@example.org)"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct query q = parse(texts[i]);

		assert_int_equal(q.tries[0].kind, QUERY_WORDS);
		assert_true(q.whole_user_id);
		assert_true(q.by_words);
		assert_text(q.text, texts[i]);
	}
}

static void
expect(const char *text, enum status want)
{
	struct query q;
	struct err err;

	assert_status(
		query_parse_identity(scratch, bytes_of(text), &q, &err), want);
}

static void
test_what_cannot_be_found_is_said_at_once(void **state)
{
	char text[QUERY_TEXT_MAX + 2];

	(void)state;
	expect("", STATUS_MALFORMED);
	expect("  ", STATUS_MALFORMED);
	expect("<>", STATUS_NOT_FOUND);
	expect("a", STATUS_NOT_FOUND);
	expect("a@x.example <b@y.example>", STATUS_NOT_FOUND);
	memset(text, 'a', sizeof(text) - 1);
	text[QUERY_TEXT_MAX] = '\0';
	(void)parse(text);
	text[QUERY_TEXT_MAX] = 'a';
	text[QUERY_TEXT_MAX + 1] = '\0';
	expect(text, STATUS_MALFORMED);
}

static void
test_two_addresses_are_ambiguous_one_twice_is_not(void **state)
{
	(void)state;
	assert_true(user_id_is_ambiguous(bytes_of("a@x <b@x>")));
	assert_true(user_id_is_ambiguous(bytes_of("a@x b@x c")));
	assert_true(user_id_is_ambiguous(bytes_of("\"a@x\",b@x")));
	assert_false(user_id_is_ambiguous(bytes_of("a@x <A@X>")));
	assert_false(user_id_is_ambiguous(bytes_of("a@x")));
	assert_false(user_id_is_ambiguous(bytes_of("@x a@ <b@x>")));
	assert_false(user_id_is_ambiguous(bytes_of("a@b@c <b@x>")));
	assert_false(user_id_is_ambiguous(bytes_of("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_is_searched_as_one),
		cmocka_unit_test(test_anything_else_is_a_whole_user_id),
		cmocka_unit_test(test_what_cannot_be_found_is_said_at_once),
		cmocka_unit_test(
			test_two_addresses_are_ambiguous_one_twice_is_not),
	};

	return cmocka_run_group_tests(
		tests, scratch_arena_setup, scratch_arena_teardown);
}
