/*
 * HKP v2: certificates by what names them, octet for octet.
 */
#include <stdio.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define V4 "0C1FB9FC57CD090F3FFE36384E8C74FF05F0B0CB" /* revoked-uid */
#define V6 "727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define V6_SUBKEY                                                              \
	"2615FE479BCA9B4483B76D9F82EA128D33A2955B62FA3A25880D111C4242644A"
#define CERTS "/pks/v2/certs/"

static int
start(void **state)
{
	one_site_start(state);
	one_site_store("revoked-uid.pgp");
	one_site_store("v6-ed25519-uid.pgp");
	return 0;
}

static void
is(const char *target, int status)
{
	answer_expect(site_get(&site, target), status,
		status == 404 ? "No keys found" : NULL);
}

/* The stored octets, whichever way leads to them. */
static void
gives(const char *target, const char *v1_target)
{
	struct answer a = site_get(&site, target);
	struct answer b = site_get(&site, v1_target);

	assert_int_equal(a.status, 200);
	assert_int_equal(b.status, 200);
	assert_true(a.body.len > 0);
	assert_true(bytes_eq(a.body, b.body));
	answer_done(&a);
	answer_done(&b);
}

static void
test_fingerprint_is_found_in_both_forms(void **state)
{
	static const char v4[] = "/pks/lookup?op=get&options=bin&search=0x" V4;
	static const char v6[] = "/pks/lookup?op=get&options=bin&search=0x" V6;

	(void)state;
	gives(CERTS "by-vfingerprint/04/" V4, v4);
	gives(CERTS "by-vfingerprint/04" V4, v4);
	gives(CERTS "by-vfingerprint/04/0c1fb9fc57cd090f3ffe36384e8c74ff05f0b0"
		    "cb",
		v4);
	gives(CERTS "by-vfingerprint/06/" V6, v6);
	gives(CERTS "by-vfingerprint/06" V6, v6);
	gives(CERTS "by-vfingerprint/06/" V6_SUBKEY, v6);
}

static void
test_what_is_no_versioned_fingerprint_is_404(void **state)
{
	static const char *const wrong[] = {V4, V6, "0x04" V4, "04/0x" V4,
		"06/" V4, "04/" V6, "05/" V6, "4/" V4, "004/" V4, "04/" V4 "0",
		"04/", "04", "0", "zz/" V4, "04/" V4 "/x",
		"04/0000000000000000000000000000000000000000"};
	char target[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(target, sizeof(target), CERTS "by-vfingerprint/%s",
			wrong[i]);
		answer_expect(site_get(&site, target), 404, NULL);
	}
}

static void
test_key_id_never_names_what_is_newer_than_version_4(void **state)
{
	(void)state;
	gives(CERTS "by-keyid/4E8C74FF05F0B0CB",
		"/pks/lookup?op=get&options=bin&search=0x" V4);
	gives(CERTS "by-keyid/4e8c74ff05f0b0cb",
		"/pks/lookup?op=get&options=bin&search=0x" V4);
	is(CERTS "by-keyid/727009CC2EB10CAC", 404);
	is(CERTS "by-keyid/2615FE479BCA9B44", 404);
	is(CERTS "by-keyid/0x4E8C74FF05F0B0CB", 404);
	is(CERTS "by-keyid/05F0B0CB", 404);
	is(CERTS "by-keyid/" V4, 404);
	is(CERTS "by-keyid/0000000000000000", 404);
}

static void
test_identity_matches_exactly(void **state)
{
	static const char v6[] = "/pks/lookup?op=get&options=bin&search=0x" V6;

	(void)state;
	gives(CERTS "by-identity/v6@example.org", v6);
	gives(CERTS "by-identity/V6%40Example.ORG", v6);
	gives(CERTS "by-identity/Six%20%3Cv6%40example.org%3E", v6);
	gives(CERTS "by-identity/sIX%20%3Cv6%40EXAMPLE.org%3E", v6);
	is(CERTS "by-identity/Six", 404);
	is(CERTS "by-identity/example.org", 404);
	is(CERTS "by-identity/6@example.org", 404);
	is(CERTS "by-identity/Seven%20%3Cv6%40example.org%3E", 404);
	/* A fingerprint is no identity, and a plus is no blank. */
	is(CERTS "by-identity/" V6, 404);
	is(CERTS "by-identity/0x" V6, 404);
	is(CERTS "by-identity/Six+%3Cv6%40example.org%3E", 404);
	is(CERTS "by-identity/%3C%3E", 404);
}

static void
test_ambiguous_user_ids_never_match(void **state)
{
	(void)state;
	one_site_store("uid-two-addresses.pgp");
	is(CERTS "by-identity/real@example.org", 404);
	is(CERTS "by-identity/fake@victim.example", 404);
	is(CERTS "by-identity/%22A%20%3Cfake%40victim.example%3E%22%20(work)"
		 "%20%3Creal%40example.org%3E",
		404);
}

static void
test_identities_are_limited_and_newest_first(void **state)
{
	struct buf raw = {0}, all = {0};
	struct bytes id = bytes_of("Many <many@example.org>");
	struct gen_shape shape = {.user_ids = &id, .user_id_count = 1};
	char fpr[41], target[160];
	struct answer a, newest;
	uint8_t octets[20];
	uint32_t i, k;

	(void)state;
	for (i = 0; i < 21; i++) {
		shape.created = 1500000000 + i * 1000;
		gen_shaped(NULL, 99, i, &shape, &all, octets);
	}
	for (k = 0; k < 20; k++)
		snprintf(fpr + 2 * k, 3, "%02X", octets[k]);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&all), NULL),
		200, fpr);
	a = site_get(&site, CERTS "by-identity/many@example.org");
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "21");
	snprintf(target, sizeof(target), CERTS "by-vfingerprint/04/%s", fpr);
	newest = site_get(&site, target);
	assert_true(a.body.len > newest.body.len);
	assert_memory_equal(a.body.data, newest.body.data, newest.body.len);
	/* All are of one size: twenty of them, not twenty-one. */
	assert_int_equal(a.body.len, 20 * newest.body.len);
	answer_done(&a);
	answer_done(&newest);
	buf_done(&raw);
	buf_done(&all);
}

static void
expect_type(const char *accept, const char *type)
{
	struct answer a;
	char header[256];

	snprintf(header, sizeof(header),
		accept[0] == '\0' ? "%s" : "Accept: %s\r\n", accept);
	a = one_site_ask("GET", CERTS "by-vfingerprint/04/" V4, header);
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), type);
	assert_text(answer_field(&a, "Content-Disposition"),
		"attachment; filename=\"" V4 ".pgp\"");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_true(a.body.data[0] >= 0x80);
	answer_done(&a);
}

static void
test_media_type_follows_accept(void **state)
{
	static const char new[] = "application/pgp";
	static const char old[] = "application/pgp-keys;armor=no";

	(void)state;
	expect_type("", new);
	expect_type("*/*", new);
	expect_type("application/pgp", new);
	expect_type("application/pgp-keys", old);
	expect_type("application/pgp-keys;armor=no", old);
	expect_type("text/html, application/pgp-keys;q=0.5", old);
	expect_type("application/pgp-keys;q=0.5, application/pgp", new);
	expect_type("application/pgp-keys;q=0", new);
}

static void
test_head_and_304_are_as_get(void **state)
{
	struct answer a, b;
	char header[160];
	struct bytes tag;

	(void)state;
	one_site_head_is_get(CERTS "by-vfingerprint/04/" V4);
	one_site_head_is_get(CERTS "by-identity/v6@example.org");
	one_site_head_is_get(CERTS "by-keyid/0000000000000000");
	one_site_head_is_get("/pks/v2/index/v6@example.org");
	a = site_get(&site, CERTS "by-keyid/4E8C74FF05F0B0CB");
	tag = answer_field(&a, "ETag");
	snprintf(header, sizeof(header), "If-None-Match: %.*s\r\n",
		(int)tag.len, (const char *)tag.data);
	b = one_site_ask("GET", CERTS "by-keyid/4E8C74FF05F0B0CB", header);
	assert_int_equal(b.status, 304);
	assert_int_equal(b.body.len, 0);
	assert_true(bytes_eq(answer_field(&b, "ETag"), tag));
	assert_text(answer_field(&b, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(&b, "Cache-Control"), "no-cache");
	assert_text(answer_field(&b, "X-Content-Type-Options"), "nosniff");
	answer_done(&b);
	/* The other form of the same octets has another tag. */
	snprintf(header, sizeof(header),
		"If-None-Match: %.*s\r\nAccept: application/pgp-keys\r\n",
		(int)tag.len, (const char *)tag.data);
	b = one_site_ask("GET", CERTS "by-keyid/4E8C74FF05F0B0CB", header);
	assert_int_equal(b.status, 200);
	answer_done(&a);
	answer_done(&b);
}

static void
test_without_word_search_only_addresses_are_found(void **state)
{
	struct site whole = site;

	(void)state;
	site_init(&site);
	site.settings.search.word_search = false;
	site.settings.max_reply = 100;
	site_start(&site);
	one_site_store("v6-ed25519-uid.pgp");
	answer_expect(site_get(&site, CERTS "by-identity/Six%20%3Cv6%40"
					    "example.org%3E"),
		501, "Not implemented");
	/* What is found and too large for a reply is 413. */
	answer_expect(site_get(&site, CERTS "by-identity/v6@example.org"), 413,
		"Too many responses");
	answer_expect(site_get(&site, "/pks/v2/index/v6@example.org"), 413,
		"{\"error\":\"Too many responses");
	site_stop(&site);
	site = whole;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fingerprint_is_found_in_both_forms),
		cmocka_unit_test(test_what_is_no_versioned_fingerprint_is_404),
		cmocka_unit_test(
			test_key_id_never_names_what_is_newer_than_version_4),
		cmocka_unit_test(test_identity_matches_exactly),
		cmocka_unit_test(test_ambiguous_user_ids_never_match),
		cmocka_unit_test(test_identities_are_limited_and_newest_first),
		cmocka_unit_test(test_media_type_follows_accept),
		cmocka_unit_test(test_head_and_304_are_as_get),
		cmocka_unit_test(
			test_without_word_search_only_addresses_are_found),
	};

	return cmocka_run_group_tests(tests, start, one_site_stop);
}
