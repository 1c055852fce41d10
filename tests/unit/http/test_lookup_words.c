/*
 * Addresses and words (spec hkp section 2, rows 9 and 10), and in which order
 * what was found is told.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/http/lookup_site.h"
#include "tests/unit/unit.h"

static void
test_row_9_address_alone_or_at_the_end_of_a_text(void **state)
{
	char bob[41];

	(void)state;
	user_id_add("Bob Builder <bob@nine.example>", bob);
	lookup_finds_one("bob@nine.example", bob);
	lookup_finds_one("BOB@Nine.Example", bob);
	lookup_finds_one("<bob@nine.example>", bob);
	lookup_finds_one("=Bob <bob@nine.example>", bob);
	lookup_finds_one("Somebody Else <bob@nine.example>", bob);
	lookup_finds_one("mailto:bob@nine.example", bob);
	lookup_finds_exactly("bob@nine.example", bob);
	lookup_finds_exactly("Bob Builder <bob@nine.example>", bob);
	lookup_misses("robert@nine.example");
	lookup_misses_exactly("robert@nine.example");
	/* As dirmngr sends it: nothing escaped but the blanks. */
	answer_expect(site_get(&site, "/pks/lookup?op=index&options=mr&search="
				      "Bob%20Builder%20<bob@nine.example>"),
		200, bob);
}

static void
test_row_9_falls_through_to_words_unless_exact(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("example fallen at nine.example", fpr);
	lookup_finds_one("fallen@nine.example", fpr);
	lookup_misses_exactly("fallen@nine.example");
}

static void
test_address_in_the_last_brackets_or_the_whole_user_id(void **state)
{
	char last[41], whole[41], none[41];

	(void)state;
	user_id_add("Last <one@last.example> (work)", last);
	user_id_add("alone@whole.example", whole);
	user_id_add("not.one@none.example, really", none);
	lookup_finds_exactly("one@last.example", last);
	lookup_finds_exactly("Alone@whole.example", whole);
	lookup_misses_exactly("not.one@none.example");
	lookup_misses_exactly("one@whole.example");
}

static void
test_two_plausible_addresses_match_neither(void **state)
{
	char two[41], twice[41];

	(void)state;
	user_id_add("\"Eve <ceo@two.example>\" <eve@two.example>", two);
	user_id_add("dup@two.example <DUP@two.example>", twice);
	lookup_misses_exactly("ceo@two.example");
	lookup_misses_exactly("eve@two.example");
	lookup_finds_exactly("dup@two.example", twice);
	lookup_finds_one("eve ceo", two);
}

static void
test_domains_are_compared_by_their_a_labels(void **state)
{
	char u[41], upper[41], a[41];
	const char *all[4] = {u, upper, a, NULL};
	const char *swap;
	int i, j;

	(void)state;
	user_id_add("One <idn@b\xC3\xBC"
		    "cher.example>",
		u);
	user_id_add("Two <idn@B\xC3\x9C"
		    "CHER.example>",
		upper);
	user_id_add("Three <idn@xn--bcher-kva.example>", a);
	/* Of one age: by fingerprint. */
	for (i = 0; i < 3; i++)
		for (j = 0; j < 2; j++)
			if (strcmp(all[j], all[j + 1]) > 0) {
				swap = all[j];
				all[j] = all[j + 1];
				all[j + 1] = swap;
			}
	lookup_finds("idn@b\xC3\xBC"
		     "cher.example",
		all);
	lookup_finds("idn@B\xC3\x9C"
		     "cher.EXAMPLE",
		all);
	lookup_finds("idn@xn--bcher-kva.example", all);
	/* Latin-1, as Thunderbird escapes it. */
	lookup_finds("idn@b\xFC"
		     "cher.example",
		all);
	lookup_misses("idn@bucher.example");
}

static void
test_user_ids_in_latin_1_are_found_as_text(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("J\xFCrgen Gr\xF6n <jg@latin.example>", fpr);
	lookup_finds_one("j\xC3\xBCrgen gr\xC3\xB6n", fpr);
	lookup_finds_one("J\xDCRGEN", fpr);
	lookup_finds_exactly("jg@latin.example", fpr);
	lookup_misses("jurgen");
}

static void
test_row_10_every_word_must_occur_whole(void **state)
{
	struct bytes ids[] = {bytes_of("Ada Tenth <ada@ten.example>"),
		bytes_of("Countess Lovelace")};
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = ids, .user_id_count = 2};
	uint8_t octets[20];
	struct buf key = {0};
	char fpr[41];
	size_t i;

	(void)state;
	gen_shaped(NULL, 77, 1, &shape, &key, octets);
	for (i = 0; i < 20; i++)
		(void)snprintf(fpr + 2 * i, 3, "%02X", octets[i]);
	answer_expect(site_post(&site, "/pks/add", "application/pgp-keys",
			      buf_view(&key), NULL),
		200, "inserted");
	buf_done(&key);
	lookup_finds_one("tenth", fpr);
	/* In any of its user IDs, in any order. */
	lookup_finds_one("lovelace ada", fpr);
	lookup_finds_one("LOVELACE, Ada (x)", fpr);
	lookup_misses("lovelace bob");
	lookup_misses("love");
	lookup_misses("adatenth");
}

static void
test_case_is_folded_beyond_ascii(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("\xCE\xA3\xCE\x9F\xCE\xA6\xCE\x9F\xCE\xA3 "
		    "Stra\xC3\x9F"
		    "er",
		fpr);
	lookup_finds_one("\xCF\x83\xCE\xBF\xCF\x86\xCE\xBF\xCF\x82", fpr);
	lookup_finds_one("STRA\xE1\xBA\x9E"
			 "ER",
		fpr);
	lookup_misses("strasser");
}

static void
test_words_of_one_character_do_not_count(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("Xavier Onechar", fpr);
	lookup_finds_one("x. onechar q", fpr);
	answer_expect(
		lookup_ask("op=index", "a b"), 400, "Insufficiently specific");
	answer_expect(lookup_ask("op=index", "\xC3\xA9"), 400,
		"Insufficiently specific");
	answer_expect(
		lookup_ask("op=get", "- . @"), 400, "Insufficiently specific");
}

static void
test_the_eight_longest_words_count(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("eighty11 eighty22 eighty33 eighty44 eighty55 eighty66 "
		    "eighty77 eighty88",
		fpr);
	lookup_finds_one("eighty11 eighty22 eighty33 eighty44 nope eighty55 "
			 "eighty66 eighty77 eighty88 nor",
		fpr);
	lookup_misses("eighty11 eighty22 eighty33 eighty44 nope eighty55");
}

static void
test_exact_words_are_a_whole_user_id(void **state)
{
	char fpr[41];

	(void)state;
	user_id_add("Whole Name", fpr);
	user_id_add("Whole Name Junior", NULL);
	lookup_finds_exactly("whole NAME", fpr);
	lookup_misses_exactly("Whole");
	lookup_misses_exactly("Name Whole");
	/* Anything but "on" is off. */
	answer_expect(lookup_ask("op=index&options=mr&exact=1", "whole name"),
		200, "info:1:2\n");
	answer_expect(lookup_ask("op=index&options=mr&exact=off", "whole name"),
		200, "info:1:2\n");
}

static void
test_only_user_ids_with_a_self_signature_take_part(void **state)
{
	(void)state;
	data_add("index/unsigned-user-id.pgp");
	lookup_misses("nobody@example.org");
	lookup_misses("nobody");
	lookup_misses_exactly("Nobody <nobody@example.org>");
}

static void
test_revoked_and_expired_ones_are_found(void **state)
{
	(void)state;
	data_add("index/revoked.pgp");
	data_add("index/expired.pgp");
	answer_expect(lookup_ask("op=index&options=mr", "gone@example.org"),
		200, "::r\n");
	answer_expect(lookup_ask("op=index&options=mr", "old@example.org"), 200,
		":e\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_row_9_address_alone_or_at_the_end_of_a_text),
		cmocka_unit_test(
			test_row_9_falls_through_to_words_unless_exact),
		cmocka_unit_test(
			test_address_in_the_last_brackets_or_the_whole_user_id),
		cmocka_unit_test(test_two_plausible_addresses_match_neither),
		cmocka_unit_test(test_domains_are_compared_by_their_a_labels),
		cmocka_unit_test(test_user_ids_in_latin_1_are_found_as_text),
		cmocka_unit_test(test_row_10_every_word_must_occur_whole),
		cmocka_unit_test(test_case_is_folded_beyond_ascii),
		cmocka_unit_test(test_words_of_one_character_do_not_count),
		cmocka_unit_test(test_the_eight_longest_words_count),
		cmocka_unit_test(test_exact_words_are_a_whole_user_id),
		cmocka_unit_test(
			test_only_user_ids_with_a_self_signature_take_part),
		cmocka_unit_test(test_revoked_and_expired_ones_are_found),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
