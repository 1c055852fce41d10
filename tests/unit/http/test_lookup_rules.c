/*
 * Which searches a server answers, as its operator says (spec hkp section 2),
 * and which operations (section 3).
 */

#include "tests/unit/http/lookup_site.h"
#include "tests/unit/unit.h"

#define GOOD "0x82A3BEC0FCC429E84FF0FC8FD66CF218D31539BA"
#define V4 "918118DBEC5FD87657B6CDB4FA05115A2AD41F49"

static int
prepare(void **state)
{
	(void)state;
	site_init(&site);
	return 0;
}

static void
is(const char *term, int status, const char *says)
{
	answer_expect(lookup_ask("op=index&options=mr", term), status, says);
}

static void
test_without_short_ids_they_are_400_and_the_text_says_so(void **state)
{
	(void)state;
	site.settings.search.short_ids = false;
	site_start(&site);
	data_add("openpgp/v4-ed25519-legacy.pgp");
	is("0x2AD41F49", 400, "short key IDs are not accepted");
	is("0x2AD41F49", 400, "use the fingerprint");
	is("0x12345678", 400, "use the fingerprint");
	is("0xFA05115A2AD41F49", 200, V4);
	/* Bare, they are words first. */
	is("2AD41F49", 400, "short key IDs are not accepted");
	user_id_add("Agent 2ad41f49", NULL);
	is("2AD41F49", 200, "Agent");
}

static void
test_without_words_the_rest_is_found_and_a_miss_is_501(void **state)
{
	(void)state;
	site.settings.search.word_search = false;
	site_start(&site);
	data_add("openpgp/v4-ed25519-legacy.pgp");
	user_id_add("Some Words <some@words.example>", NULL);
	is("some words", 501, "Not implemented");
	answer_expect(lookup_ask("op=index&exact=on", "Some Words"), 501,
		"Not implemented");
	is("some@words.example", 200, "Some Words");
	is("other@words.example", 501, "Not implemented");
	is("2AD41F49", 200, V4);
	is("00000001", 501, "Not implemented");
	/* No words were asked for: it is not here. */
	answer_expect(lookup_ask("op=index&exact=on", "other@words.example"),
		404, "No keys found");
	is("0000000000000001", 404, "No keys found");
	is("0x0000000000000001", 404, "No keys found");
}

static void
test_a_domain_alone_is_501_by_default(void **state)
{
	(void)state;
	site_start(&site);
	user_id_add("Alice <alice@domain.example>", NULL);
	is("@domain.example", 501, "Not implemented");
	is("<@domain.example>", 501, "Not implemented");
	is("@nobody.example", 501, "Not implemented");
}

/* Words of one character do not count: what is left is a domain. */
static void
test_an_address_that_is_not_here_lists_no_domain(void **state)
{
	(void)state;
	site_start(&site);
	user_id_add("Alice <alice@domain.example>", NULL);
	user_id_add("Ann <a@domain.example>", NULL);
	is("a@domain.example", 200, "info:1:1\n");
	is("b@domain.example", 404, "No keys found");
	is("*@domain.example", 404, "No keys found");
}

static void
test_listed_domains_are_answered(void **state)
{
	static char one[] = "domain.example", two[] = "b\xC3\xBC"
						      "cher.example";
	static char *listed[] = {one, two};

	(void)state;
	site.settings.search.enumerate = listed;
	site.settings.search.enumerate_count = 2;
	site_start(&site);
	user_id_add("Alice <alice@domain.example>", NULL);
	user_id_add("Bob <bob@Domain.Example>", NULL);
	user_id_add("Domain Example <c@other.example>", NULL);
	user_id_add("Jo <jo@b\xC3\xBC"
		    "cher.example>",
		NULL);
	is("@domain.example", 200, "info:1:2\n");
	is("@DOMAIN.example", 200, "info:1:2\n");
	is("@xn--bcher-kva.example", 200, "info:1:1\n");
	is("@other.example", 501, "Not implemented");
	is("@sub.domain.example", 501, "Not implemented");
	is("b@domain.example", 200, "info:1:3\n");
}

static void
test_all_domains_are_answered(void **state)
{
	static char all[] = "all";
	static char *listed[] = {all};

	(void)state;
	site.settings.search.enumerate = listed;
	site.settings.search.enumerate_count = 1;
	site_start(&site);
	user_id_add("Alice <alice@domain.example>", NULL);
	user_id_add("Example with its domain", NULL);
	is("@domain.example", 200, "info:1:1\n");
	is("@nobody.example", 404, "No keys found");
	/* Nobody has an address there: then it is words. */
	is("@example.domain", 200, "info:1:2\n");
	answer_expect(lookup_ask("op=index&exact=on", "@example.domain"), 404,
		"No keys found");
}

static void
test_clean_off_is_honoured_where_it_is_allowed(void **state)
{
	struct answer clean, kept;

	(void)state;
	site.settings.serve_unclean = true;
	site.ingest_settings.policy.level = LEVEL_SKS;
	site_start(&site);
	data_add("openpgp/malformed-sig.pgp");
	clean = lookup_ask("op=get&options=bin", GOOD);
	kept = lookup_ask("op=get&options=bin&clean=off", GOOD);
	assert_true(kept.body.len > clean.body.len);
	assert_false(bytes_eq(
		answer_field(&clean, "ETag"), answer_field(&kept, "ETag")));
	answer_done(&clean);
	answer_done(&kept);
	kept = lookup_ask("op=get&options=bin&x-clean=off", GOOD);
	clean = lookup_ask("op=get&options=bin&clean=no", GOOD);
	assert_true(kept.body.len > clean.body.len);
	answer_done(&clean);
	answer_done(&kept);
}

static void
test_local_and_malformed_signatures_are_not_served(void **state)
{
	struct buf sent = data_read("openpgp/malformed-sig.pgp");
	char target[100];
	struct answer a, by_digest;

	(void)state;
	site.ingest_settings.policy.level = LEVEL_SKS;
	site_start(&site);
	data_add("openpgp/malformed-sig.pgp");
	data_add("openpgp/nonexportable.pgp");
	a = lookup_ask("op=get&options=bin&clean=off", GOOD);
	assert_int_equal(a.status, 200);
	assert_true(a.body.len < sent.len);
	snprintf(target, sizeof(target),
		"/pks/lookup?op=hget&options=bin&search=%.32s",
		(const char *)answer_field(&a, "ETag").data + 1);
	/* What is asked for by its digest hashes to it. */
	by_digest = site_get(&site, target);
	assert_int_equal(by_digest.status, 200);
	assert_true(by_digest.body.len > sent.len);
	answer_done(&a);
	answer_done(&by_digest);
	a = lookup_ask_with("op=vindex", GOOD, "Accept: text/html\r\n");
	assert_int_equal(a.status, 200);
	answer_done(&a);
	buf_done(&sent);
}

static void
test_comment_line_only_if_configured(void **state)
{
	struct answer a;

	(void)state;
	site.settings.armor_comment = "keys.example.org: unverified";
	site_start(&site);
	data_add("openpgp/v4-ed25519-legacy.pgp");
	a = lookup_ask("op=get", "0x" V4);
	assert_true(bytes_starts_nocase(a.body,
		"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
		"Comment: keys.example.org: unverified\n\n"));
	answer_done(&a);
}

static void
test_op_decides(void **state)
{
	(void)state;
	site_start(&site);
	data_add("openpgp/v4-ed25519-legacy.pgp");
	answer_expect(
		lookup_ask("options=mr", "0x" V4), 200, "info:1:1\npub:" V4);
	answer_expect(
		lookup_ask("op=x-unknown", "0x" V4), 501, "Not implemented");
	answer_expect(lookup_ask("op=", "0x" V4), 400, "Bad request");
	answer_expect(lookup_ask("op=photo", "0x" V4), 400, "Bad request");
	answer_expect(site_get(&site, "/pks/lookup"), 400, "Bad request");
	answer_expect(site_get(&site, "/pks/lookup?op=index"), 400, "empty");
	answer_expect(site_get(&site, "/pks/lookup?op=x-unknown"), 501, NULL);
	answer_expect(site_get(&site, "/pks/lookup?op=x-stats"), 200, NULL);
	answer_expect(lookup_ask("op=hget", "0x" V4), 400, "32 hexadecimal");
	answer_expect(
		lookup_ask("op=x-hget", "00000000000000000000000000000000"),
		404, "No keys found");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test)                                                      \
	cmocka_unit_test_setup_teardown(test, prepare, one_site_stop)
		WITH_SERVER(
			test_without_short_ids_they_are_400_and_the_text_says_so),
		WITH_SERVER(
			test_without_words_the_rest_is_found_and_a_miss_is_501),
		WITH_SERVER(test_a_domain_alone_is_501_by_default),
		WITH_SERVER(test_an_address_that_is_not_here_lists_no_domain),
		WITH_SERVER(test_listed_domains_are_answered),
		WITH_SERVER(test_all_domains_are_answered),
		WITH_SERVER(test_clean_off_is_honoured_where_it_is_allowed),
		WITH_SERVER(test_local_and_malformed_signatures_are_not_served),
		WITH_SERVER(test_comment_line_only_if_configured),
		WITH_SERVER(test_op_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
