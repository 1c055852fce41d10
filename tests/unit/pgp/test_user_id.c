#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "../an_arena.h"
#include "pgp/user_id.h"

static void
check_email(const char *user_id, const char *want)
{
	struct bytes email;

	if (!want) {
		assert_status(user_id_email(arena, bytes_of(user_id), &email),
			STATUS_NOT_FOUND);
		return;
	}
	assert_ok(user_id_email(arena, bytes_of(user_id), &email));
	assert_text(email, want);
}

static void
test_address_is_what_the_last_angle_brackets_hold(void **state)
{
	(void)state;
	check_email("Bob <bob@example.org>", "bob@example.org");
	check_email("A <a@b.example> B <c@d.example>", "c@d.example");
	check_email("Bob <BOB@Example.ORG> (work)", "bob@example.org");
	check_email("< bob@example.org>", NULL);
	check_email("bob@example.org>", NULL);
}

static void
test_without_brackets_it_is_the_trimmed_text(void **state)
{
	(void)state;
	check_email("bob@example.org", "bob@example.org");
	check_email("  bob@example.org\t", "bob@example.org");
	check_email("Bob bob@example.org", NULL);
	check_email("Bob", NULL);
	check_email("", NULL);
}

static void
test_one_at_with_something_on_both_sides(void **state)
{
	(void)state;
	check_email("<@example.org>", NULL);
	check_email("<bob@>", NULL);
	check_email("<a@b@c>", NULL);
	check_email("<@>", NULL);
	check_email("<a@b>", "a@b");
	check_email("<a,b@c>", NULL);
	check_email("<a;b@c>", NULL);
	check_email("<\"a\"@c>", NULL);
	check_email("<a(x)@c>", NULL);
	check_email("<a\x01@c>", NULL);
	check_email("<a\x7f@c>", NULL);
	check_email("<a\xc2\x85@c>", NULL);
}

static void
test_254_characters_are_an_address_and_255_are_none(void **state)
{
	char text[600];
	struct bytes email;
	size_t i;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[1] = '@';
	assert_ok(user_id_email(arena, bytes_make(text, 254), &email));
	assert_status(user_id_email(arena, bytes_make(text, 255), &email),
		STATUS_NOT_FOUND);
	/* Characters, not octets. */
	for (i = 2; i < 2 + 2 * 252; i += 2)
		memcpy(text + i, "\xc3\xab", 2);
	assert_ok(user_id_email(arena, bytes_make(text, 506), &email));
	assert_int_equal(email.len, 506);
}

static void
test_only_ascii_letters_are_lowered_in_an_address(void **state)
{
	(void)state;
	check_email("Z <ZO\xc3\x8b@EXAMPLE.org>", "zo\xc3\x8b@example.org");
}

static void
check_key(const char *email, const char *want)
{
	struct bytes key;

	assert_ok(user_id_email_key(arena, bytes_of(email), &key));
	assert_text(key, want);
}

static void
test_addresses_are_compared_by_the_a_label_of_their_domain(void **state)
{
	(void)state;
	check_key("bob@example.org", "bob@example.org");
	check_key("j@b\xc3\xbc"
		  "cher.example",
		"j@xn--bcher-kva.example");
	check_key("j@B\xc3\x9c"
		  "CHER.example",
		"j@xn--bcher-kva.example");
	check_key("j@xn--bcher-kva.example", "j@xn--bcher-kva.example");
	/* The part before it is whoever's own. */
	check_key("j\xc3\xbc@example.org", "j\xc3\xbc@example.org");
	/* A soft hyphen is a domain of no letters once it is mapped. */
	check_key("ab@\xc2\xad", "ab@\xc2\xad");
}

static void
test_what_maps_to_no_domain_has_one_spelling(void **state)
{
	static const char *const rows[] = {
		/* Fullwidth '@' and '<', small '@', a blank, "(1)". */
		"a@b\xef\xbc\xa0"
		"c",
		"a@\xef\xbc\xa0",
		"a@\xef\xbc\x9c"
		"b",
		"a@\xef\xb9\xab"
		"b",
		"a@\xe3\x80\x80"
		"b",
		"a@\xe2\x91\xb4",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_key(rows[i], rows[i]);
	/* Other marks of width do map, and so do underscores. */
	check_key("a@b\xe3\x80\x82"
		  "c",
		"a@b.c");
	check_key("a@b_\xc3\xbc.c", "a@xn--b_-yka.c");
}

static void
test_text_is_utf8_or_latin_1(void **state)
{
	struct bytes out;

	(void)state;
	assert_ok(user_id_text(arena, bytes_of("J\xf6rg \x80\xff"), &out));
	assert_text(out, "J\xc3\xb6rg \xc2\x80\xc3\xbf");
	assert_ok(user_id_text(arena, bytes_of("J\xc3\xb6rg"), &out));
	assert_text(out, "J\xc3\xb6rg");
	assert_true(user_id_is_utf8(bytes_of("\xf0\x9f\x94\x91")));
	/* Surrogates, overlong forms and beyond U+10FFFF are not UTF-8. */
	assert_false(user_id_is_utf8(bytes_of("\xed\xa0\x80")));
	assert_false(user_id_is_utf8(bytes_of("\xc0\xaf")));
	assert_false(user_id_is_utf8(bytes_of("\xf4\x90\x80\x80")));
	assert_true(user_id_is_utf8(bytes_make(NULL, 0)));
}

static void
check_words(const char *text, const char *want)
{
	struct bytes *words;
	char all[4096] = "";
	size_t i, n, at = 0;

	assert_ok(user_id_words(arena, bytes_of(text), &words, &n));
	for (i = 0; i < n; i++) {
		memcpy(all + at, words[i].data, words[i].len);
		at += words[i].len;
		all[at++] = ' ';
	}
	all[at ? at - 1 : 0] = '\0';
	assert_string_equal(all, want);
}

static void
test_words_are_folded_unique_and_sorted(void **state)
{
	(void)state;
	check_words("Bob Example <bob@example.org>", "bob example org");
	check_words("one-two_three.4x", "4x one three two");
	check_words("a b c I x1", "x1");
	check_words("", "");
	check_words("<>@.", "");
}

static void
test_folding_is_simple_and_beyond_ascii(void **state)
{
	(void)state;
	check_words("ZO\xc3\x8b", "zo\xc3\xab");
	/* U+00DF would be two letters in full folding. */
	check_words("Stra\xc3\x9f"
		    "e",
		"stra\xc3\x9f"
		"e");
	/* Final sigma and sigma are one. */
	check_words("\xce\xa3\xce\x91\xce\xa3 \xcf\x83\xce\xb1\xcf\x82",
		"\xcf\x83\xce\xb1\xcf\x83");
	/* Latin-1 gives the same word as UTF-8. */
	check_words("J\xd6RG", "j\xc3\xb6rg");
	/* One character is no word, whatever its octets. */
	check_words("\xe7\x8e\x8b \xe7\x8e\x8b\xe6\x98\x8e",
		"\xe7\x8e\x8b\xe6\x98\x8e");
}

static void
test_64_words_of_64_octets_at_most(void **state)
{
	struct bytes *words;
	char text[1000] = "";
	size_t i, n;

	(void)state;
	for (i = 0; i < 70; i++)
		snprintf(text + strlen(text), 8, "w%02zu ", i);
	assert_ok(user_id_words(arena, bytes_of(text), &words, &n));
	assert_int_equal(n, USER_ID_WORDS_MAX);
	assert_text(words[63], "w63");
	memset(text, 'x', 100);
	text[100] = '\0';
	assert_ok(user_id_words(arena, bytes_of(text), &words, &n));
	assert_int_equal(n, 1);
	assert_int_equal(words[0].len, 64);
	/* Cut between characters: three octets each, 21 of them fit. */
	for (i = 0; i < 90; i += 3)
		memcpy(text + i, "\xe7\x8e\x8b", 3);
	text[90] = '\0';
	assert_ok(user_id_words(arena, bytes_of(text), &words, &n));
	assert_int_equal(words[0].len, 63);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_address_is_what_the_last_angle_brackets_hold),
		cmocka_unit_test(test_without_brackets_it_is_the_trimmed_text),
		cmocka_unit_test(test_one_at_with_something_on_both_sides),
		cmocka_unit_test(
			test_254_characters_are_an_address_and_255_are_none),
		cmocka_unit_test(
			test_only_ascii_letters_are_lowered_in_an_address),
		cmocka_unit_test(
			test_addresses_are_compared_by_the_a_label_of_their_domain),
		cmocka_unit_test(test_what_maps_to_no_domain_has_one_spelling),
		cmocka_unit_test(test_text_is_utf8_or_latin_1),
		cmocka_unit_test(test_words_are_folded_unique_and_sorted),
		cmocka_unit_test(test_folding_is_simple_and_beyond_ascii),
		cmocka_unit_test(test_64_words_of_64_octets_at_most),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
