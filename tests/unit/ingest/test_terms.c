#include "fixture.h"

#include "../an_arena.h"
#include "../pgp/forge.h"
#include "ingest/terms.h"
#include "pgp/cert.h"
#include "tests/bench/gen_cert.h"

static const struct terms_rules rules = {.level = LEVEL_SKS};
static bool spent;

static int
setup(void **state)
{
	struct err err;

	assert_ok(crypto_init(&err));
	return arena_begin(state);
}

static struct cert_search
terms_of(const struct gen_shape *shape)
{
	struct cert_list list = {0};
	struct cert_search s;
	struct buf out = {0};
	struct bytes octets;
	struct err err;

	gen_shaped(NULL, 7, 1, shape, &out, NULL);
	assert_ok(arena_copy(arena, buf_view(&out), &octets));
	buf_done(&out);
	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, &err));
	assert_int_equal(list.count, 1);
	assert_ok(terms_collect(arena, list.list[0], &rules, &s, &spent));
	return s;
}

static struct cert_search
terms_of_user_id(const char *text)
{
	struct bytes uid = bytes_of(text);
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = &uid, .user_id_count = 1};

	return terms_of(&shape);
}

static bool
has_word(const struct cert_search *s, const char *word)
{
	size_t i;

	for (i = 0; i < s->word_count; i++)
		if (bytes_eq(s->words[i], bytes_of(word)))
			return true;
	return false;
}

static void
test_words_address_and_domain_of_a_user_id(void **state)
{
	struct cert_search s =
		terms_of_user_id("Ada Lovelace (work) <Ada@Example.ORG>");

	(void)state;
	assert_int_equal(s.email_count, 1);
	assert_text(s.emails[0], "ada@example.org");
	assert_int_equal(s.domain_count, 1);
	assert_text(s.domains[0], "example.org");
	assert_true(has_word(&s, "lovelace"));
	assert_true(has_word(&s, "work"));
	assert_true(has_word(&s, "example"));
	assert_false(has_word(&s, "Ada"));
}

static void
test_two_different_addresses_are_found_by_words_only(void **state)
{
	struct cert_search s = terms_of_user_id(
		"\"A <fake@victim.example>\" (work) <real@example.org>");

	(void)state;
	assert_int_equal(s.email_count, 0);
	assert_int_equal(s.domain_count, 0);
	assert_true(has_word(&s, "fake"));
	assert_true(has_word(&s, "real"));
}

static void
test_the_same_address_twice_is_one(void **state)
{
	struct cert_search s =
		terms_of_user_id("bob@example.org <Bob@example.org>");

	(void)state;
	assert_int_equal(s.email_count, 1);
	assert_text(s.emails[0], "bob@example.org");
}

static void
test_domain_is_kept_by_its_a_label(void **state)
{
	struct cert_search s = terms_of_user_id("J <j@B\xC3\x9C"
						"CHER.example>");

	(void)state;
	assert_int_equal(s.email_count, 1);
	assert_text(s.emails[0], "j@xn--bcher-kva.example");
	assert_text(s.domains[0], "xn--bcher-kva.example");
}

static void
test_user_id_without_self_signature_takes_no_part(void **state)
{
	struct bytes uid = bytes_of("Mallory <mallory@example.org>");
	struct gen_shape shape = {.created = 1500000000,
		.user_ids = &uid,
		.user_id_count = 1,
		.others = 3,
		.no_self_signature = true};
	struct cert_search s = terms_of(&shape);

	(void)state;
	assert_int_equal(s.word_count, 0);
	assert_int_equal(s.email_count, 0);
	assert_int_equal(s.key_count, 2);
}

/* How many addresses are found when the self-signature says this of itself. */
static size_t
addresses_of(uint8_t exportable)
{
	const uint8_t area[] = {2, 4, exportable};
	struct forge_sig s = {.type = SIG_POSITIVE_CERT,
		.created = 1000000000,
		.user_id = bytes_of("Alice <alice@example.org>"),
		.hashed = bytes_make(area, sizeof(area))};
	struct cert_list list = {0};
	struct cert_search search;
	struct buf out = {0};
	struct bytes octets;
	struct forge f;

	forge_open(&f, 1);
	s.signer = &f;
	forge_put(&out, PACKET_PUBLIC_KEY, buf_view(&f.body));
	forge_put(&out, PACKET_USER_ID, s.user_id);
	forge_put_sig(&f, &s, &out);
	forge_close(&f);
	assert_ok(arena_copy(arena, buf_view(&out), &octets));
	buf_done(&out);
	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, NULL));
	assert_ok(terms_collect(arena, list.list[0], &rules, &search, &spent));
	return search.email_count;
}

static void
test_what_is_local_makes_nobody_found(void **state)
{
	(void)state;
	assert_int_equal(addresses_of(1), 1);
	assert_int_equal(addresses_of(0), 0);
}

static void
test_terms_of_several_user_ids_are_sorted_and_unique(void **state)
{
	struct bytes uids[] = {bytes_of("Zoe <zoe@example.org>"),
		bytes_of("Zoe <anna@example.org>")};
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = uids, .user_id_count = 2};
	struct cert_search s = terms_of(&shape);
	size_t i;

	(void)state;
	assert_int_equal(s.email_count, 2);
	assert_text(s.emails[0], "anna@example.org");
	assert_text(s.emails[1], "zoe@example.org");
	assert_int_equal(s.domain_count, 1);
	assert_true(s.word_count >= 4);
	for (i = 1; i < s.word_count; i++)
		assert_true(bytes_cmp(s.words[i - 1], s.words[i]) < 0);
}

static void
test_keys_are_primary_and_bound_subkey(void **state)
{
	struct cert_search s = terms_of_user_id("X Y <xy@example.org>");

	(void)state;
	assert_int_equal(s.key_count, 2);
	assert_true(s.keys[0].primary);
	assert_true(s.keys[0].bound);
	assert_false(s.keys[1].primary);
	assert_true(s.keys[1].bound);
	assert_false(fingerprint_eq(&s.keys[0].fpr, &s.keys[1].fpr));
}

/* Somebody hangs another's subkey, with its binding, below their own key. */
static void
test_borrowed_subkey_is_not_bound(void **state)
{
	struct buf mine = {0}, other = {0}, both = {0};
	struct cert_list list = {0};
	struct cert_search s;
	struct err err;

	(void)state;
	make_cert(&mine, 1, 0);
	make_cert(&other, 2, 0);
	make_part(&both, buf_view(&mine), 0, 3);
	make_part(&both, buf_view(&other), 3, 5);
	assert_ok(cert_read(
		arena, buf_view(&both), &cert_limits_default, &list, &err));
	assert_int_equal(list.count, 1);
	assert_ok(terms_collect(arena, list.list[0], &rules, &s, &spent));
	assert_int_equal(s.key_count, 2);
	assert_false(s.keys[1].bound);
	buf_done(&mine);
	buf_done(&other);
	buf_done(&both);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, arena_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_words_address_and_domain_of_a_user_id),
		CASE(test_two_different_addresses_are_found_by_words_only),
		CASE(test_the_same_address_twice_is_one),
		CASE(test_domain_is_kept_by_its_a_label),
		CASE(test_user_id_without_self_signature_takes_no_part),
		CASE(test_what_is_local_makes_nobody_found),
		CASE(test_terms_of_several_user_ids_are_sorted_and_unique),
		CASE(test_keys_are_primary_and_bound_subkey),
		CASE(test_borrowed_subkey_is_not_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
