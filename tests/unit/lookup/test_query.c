#include "fixture.h"

#include <string.h>

#include "lookup/query.h"

#define FPR_V6                                                                 \
	"AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDEEEEEEEEFFFFFFFF0000000011111111"
#define FPR_V4 "AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDEEEEEEEE"
#define FPR_V3 "AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDD"

static struct query
parse(const char *text)
{
	struct query q;
	struct err err;

	assert_ok(query_parse(scratch, bytes_of(text), false, &q, &err));
	return q;
}

static struct query
parse_exact(const char *text)
{
	struct query q;
	struct err err;

	assert_ok(query_parse(scratch, bytes_of(text), true, &q, &err));
	return q;
}

static void
check_refused(const char *text, const char *why)
{
	struct query q;
	struct err err;

	assert_status(query_parse(scratch, bytes_of(text), false, &q, &err),
		STATUS_MALFORMED);
	assert_non_null(strstr(err.text, why));
}

static void
check_kinds(const struct query *q, size_t count, enum query_kind first,
	enum query_kind second)
{
	assert_int_equal(q->count, count);
	assert_int_equal(q->tries[0].kind, first);
	if (count > 1)
		assert_int_equal(q->tries[1].kind, second);
}

static void
test_rows_1_to_3_fingerprints_with_0x(void **state)
{
	struct query q;

	(void)state;
	q = parse("0x" FPR_V6);
	check_kinds(&q, 1, QUERY_FINGERPRINT, 0);
	assert_int_equal(q.tries[0].octets.len, 32);
	q = parse("0X" FPR_V4);
	check_kinds(&q, 1, QUERY_FINGERPRINT, 0);
	assert_int_equal(q.tries[0].octets.len, 20);
	assert_int_equal(q.tries[0].octets.data[0], 0xAA);
	assert_int_equal(q.tries[0].octets.data[19], 0xEE);
	q = parse("0x" FPR_V3);
	check_kinds(&q, 1, QUERY_FINGERPRINT, 0);
	assert_int_equal(q.tries[0].octets.len, 16);
	q = parse("0xaaaa aaaa bbbb bbbb cccc  cccc dddd dddd eeee eeee");
	check_kinds(&q, 1, QUERY_FINGERPRINT, 0);
	assert_int_equal(q.tries[0].octets.len, 20);
	assert_false(q.by_words);
}

static void
test_rows_4_and_5_key_ids(void **state)
{
	struct query q;

	(void)state;
	q = parse("0x0123456789abCDEF");
	check_kinds(&q, 1, QUERY_KEY_ID, 0);
	assert_true(q.tries[0].number == 0x0123456789ABCDEF);
	q = parse("0xDEADBEEF");
	check_kinds(&q, 1, QUERY_SHORT_ID, 0);
	assert_true(q.tries[0].number == 0xDEADBEEF);
}

static void
test_row_6_anything_else_with_0x_is_malformed(void **state)
{
	(void)state;
	check_refused("0x", "malformed key ID");
	check_refused("0xABC", "malformed key ID");
	check_refused("0xDEADBEEF0", "malformed key ID");
	check_refused("0xDEADBEEG", "malformed key ID");
	check_refused("0x" FPR_V6 "00", "malformed key ID");
	check_refused("0xalice@example.org", "malformed key ID");
}

static void
test_row_7_bare_digits_then_words(void **state)
{
	struct query q;

	(void)state;
	q = parse(FPR_V4);
	check_kinds(&q, 2, QUERY_FINGERPRINT, QUERY_WORDS);
	assert_true(q.by_words);
	q = parse(FPR_V6);
	check_kinds(&q, 2, QUERY_FINGERPRINT, QUERY_WORDS);
	q = parse("F596 3295 0708 7E4B");
	check_kinds(&q, 2, QUERY_KEY_ID, QUERY_WORDS);
	assert_true(q.tries[0].number == 0xF596329507087E4B);
	assert_int_equal(q.tries[1].word_count, 4);
	/* 32 bare digits are no version 3 fingerprint. */
	q = parse(FPR_V3);
	check_kinds(&q, 1, QUERY_WORDS, 0);
}

static void
test_row_8_bare_eight_digits_are_words_first(void **state)
{
	struct query q = parse("deadbeef");

	(void)state;
	check_kinds(&q, 2, QUERY_WORDS, QUERY_SHORT_ID);
	assert_text(q.tries[0].words[0], "deadbeef");
	assert_true(q.tries[1].number == 0xDEADBEEF);
}

static void
test_row_9_addresses_then_words(void **state)
{
	static const char *const texts[] = {"Bob@Example.ORG",
		"<bob@example.org>", " bob@example.org ",
		"=Bob Example <bob@example.org>", "Bob <bob@example.org>"};
	struct query q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		q = parse(texts[i]);
		check_kinds(&q, 2, QUERY_EMAIL, QUERY_WORDS);
		assert_true(bytes_eq_nocase(
			q.tries[0].octets, bytes_of("bob@example.org")));
		assert_false(q.whole_user_id);
		q = parse_exact(texts[i]);
		check_kinds(&q, 1, QUERY_EMAIL, 0);
		assert_false(q.by_words);
	}
}

/* dirmngr sends a plus raw, and in a query that is a blank. */
static void
test_row_9_address_that_lost_its_plus_is_found(void **state)
{
	static const char *const texts[] = {"bob tag@example.org",
		"<bob tag@example.org>", "Bob <bob tag@example.org>"};
	struct query q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		q = parse(texts[i]);
		check_kinds(&q, 2, QUERY_EMAIL, QUERY_WORDS);
		assert_text(q.tries[0].octets, "bob+tag@example.org");
		q = parse_exact(texts[i]);
		check_kinds(&q, 2, QUERY_EMAIL, QUERY_WORDS);
		assert_true(q.whole_user_id);
	}
	q = parse("bob tag");
	check_kinds(&q, 1, QUERY_WORDS, 0);
}

static void
test_row_9_domain_is_asked_for_by_its_a_label(void **state)
{
	struct query q = parse_exact("J@B\xC3\x9C"
				     "cher.example");

	(void)state;
	check_kinds(&q, 1, QUERY_EMAIL, 0);
	assert_text(q.tries[0].octets, "j@xn--bcher-kva.example");
	q = parse("j@xn--bcher-kva.example");
	check_kinds(&q, 2, QUERY_EMAIL, QUERY_WORDS);
	assert_text(q.tries[0].octets, "j@xn--bcher-kva.example");
}

static void
test_row_10_words_longest_first_and_at_most_eight(void **state)
{
	struct query q = parse("Ada Lovelace-King of-x England");

	(void)state;
	check_kinds(&q, 1, QUERY_WORDS, 0);
	assert_int_equal(q.tries[0].word_count, 5);
	assert_text(q.tries[0].words[0], "lovelace");
	assert_text(q.tries[0].words[4], "of");
	q = parse("aa bb cc dd ee ff gg hh ii jj kkkk");
	assert_int_equal(q.tries[0].word_count, QUERY_WORDS_MAX);
	assert_text(q.tries[0].words[0], "kkkk");
}

static void
test_row_10_exact_is_the_whole_user_id(void **state)
{
	struct query q = parse_exact("Ada Lovelace");

	(void)state;
	assert_true(q.whole_user_id);
	assert_text(q.text, "Ada Lovelace");
	assert_false(parse("Ada Lovelace").whole_user_id);
}

static void
test_exact_changes_nothing_for_keys(void **state)
{
	struct query q = parse_exact("0x" FPR_V4);

	(void)state;
	check_kinds(&q, 1, QUERY_FINGERPRINT, 0);
	assert_false(q.whole_user_id);
	q = parse_exact("deadbeef");
	check_kinds(&q, 2, QUERY_WORDS, QUERY_SHORT_ID);
	assert_false(q.whole_user_id);
}

static void
test_terms_without_a_word_are_not_specific(void **state)
{
	(void)state;
	check_refused("a b c", "Insufficiently specific");
	check_refused("@", "Insufficiently specific");
	check_refused("-- ++", "Insufficiently specific");
}

static void
test_empty_and_overlong_terms_are_refused(void **state)
{
	char text[QUERY_TEXT_MAX + 2];
	struct query q;
	struct err err;

	(void)state;
	check_refused("", "empty");
	check_refused("  \t ", "empty");
	check_refused("<>", "empty");
	memset(text, 'x', sizeof(text));
	assert_ok(query_parse(
		scratch, bytes_make(text, QUERY_TEXT_MAX), false, &q, &err));
	assert_status(query_parse(scratch, bytes_make(text, QUERY_TEXT_MAX + 1),
			      false, &q, &err),
		STATUS_MALFORMED);
	assert_status(
		query_parse(scratch, bytes_make("ab\0cd", 5), false, &q, &err),
		STATUS_MALFORMED);
}

static void
test_a_domain_alone_is_marked(void **state)
{
	(void)state;
	assert_true(parse("@example.org").domain_only);
	assert_false(parse("a@example.org").domain_only);
	assert_false(parse("example.org").domain_only);
	assert_false(parse("@example.org someone").domain_only);
}

static void
test_a_name_that_begins_with_an_at_is_no_domain(void **state)
{
	struct query q = parse("@Bob <bob@example.org>");

	(void)state;
	check_kinds(&q, 2, QUERY_EMAIL, QUERY_WORDS);
	assert_false(q.domain_only);
	assert_text(q.tries[0].octets, "bob@example.org");
	/* Nothing asks for an address that is not at the end. */
	q = parse("@Bob <bob@example.org> (work)");
	check_kinds(&q, 1, QUERY_WORDS, 0);
	assert_false(q.domain_only);
}

static void
test_a_domain_holds_no_at_whatever_it_maps_to(void **state)
{
	/* U+FF20, the fullwidth '@', maps to '@'. */
	struct query q = parse("@b\xEF\xBC\xA0"
			       "c");

	(void)state;
	assert_true(q.domain_only);
	assert_text(q.domain, "b\xEF\xBC\xA0"
			      "c");
}

static void
test_digest_of_32_digits(void **state)
{
	struct query q;
	struct err err;

	(void)state;
	assert_ok(query_parse_digest(scratch, bytes_of(FPR_V3), &q, &err));
	check_kinds(&q, 1, QUERY_SKS_DIGEST, 0);
	assert_int_equal(q.tries[0].octets.len, 16);
	assert_status(query_parse_digest(scratch, bytes_of(FPR_V4), &q, &err),
		STATUS_MALFORMED);
	assert_status(query_parse_digest(scratch, bytes_of(""), &q, &err),
		STATUS_MALFORMED);
	assert_status(
		query_parse_digest(scratch,
			bytes_of("zzAAAAAABBBBBBBBCCCCCCCCDDDDDDDD"), &q, &err),
		STATUS_MALFORMED);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, scratch_arena_setup, scratch_arena_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_rows_1_to_3_fingerprints_with_0x),
		CASE(test_rows_4_and_5_key_ids),
		CASE(test_row_6_anything_else_with_0x_is_malformed),
		CASE(test_row_7_bare_digits_then_words),
		CASE(test_row_8_bare_eight_digits_are_words_first),
		CASE(test_row_9_addresses_then_words),
		CASE(test_row_9_address_that_lost_its_plus_is_found),
		CASE(test_row_9_domain_is_asked_for_by_its_a_label),
		CASE(test_row_10_words_longest_first_and_at_most_eight),
		CASE(test_row_10_exact_is_the_whole_user_id),
		CASE(test_exact_changes_nothing_for_keys),
		CASE(test_terms_without_a_word_are_not_specific),
		CASE(test_empty_and_overlong_terms_are_refused),
		CASE(test_a_domain_alone_is_marked),
		CASE(test_a_name_that_begins_with_an_at_is_no_domain),
		CASE(test_a_domain_holds_no_at_whatever_it_maps_to),
		CASE(test_digest_of_32_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
