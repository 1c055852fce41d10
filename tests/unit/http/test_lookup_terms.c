/*
 * Every kind of search term, with a hit and a miss, as clients send them
 * (spec hkp section 2).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/http/lookup_site.h"
#include "tests/unit/unit.h"

#define V6 "727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define V6_SUB                                                                 \
	"2615FE479BCA9B4483B76D9F82EA128D33A2955B62FA3A25880D111C4242644A"
#define V5 "664D079376C6314F8D42BE142B831C3C91E875E5DCEE921D3B5989DE7CA6BFA3"
#define V4 "918118DBEC5FD87657B6CDB4FA05115A2AD41F49"
#define V4_SUB "E99206216D36CD6C095F10973AEBED80E29FC428"
#define V3 "9172CDAE9D0C7BF789993CE230C35B74"
#define V3_ID "A3C2D842202DD7B1"

struct text {
	char at[128];
};

static struct text
with_prefix(const char *prefix, const char *hex)
{
	struct text t;

	(void)snprintf(t.at, sizeof(t.at), "%s%s", prefix, hex);
	return t;
}

static struct text
lower(const char *hex)
{
	struct text t = with_prefix("", hex);
	char *p;

	for (p = t.at; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return t;
}

/* Another last digit: so long a number, and nobody's. */
static struct text
changed(const char *hex)
{
	struct text t = with_prefix("", hex);
	char *last = t.at + strlen(t.at) - 1;

	*last = *last == '0' ? '1' : '0';
	return t;
}

static void
get_is(const char *rest, const char *term, int status)
{
	answer_expect(lookup_ask(rest, term), status,
		status == 404 ? "No keys found" : NULL);
}

static void
test_row_1_version_6_and_5_fingerprints(void **state)
{
	static const char bin[] = "op=get&options=bin";

	(void)state;
	data_add("openpgp/v6-ed25519-uid.pgp");
	data_add("openpgp/v5-ed25519.pgp");
	get_is(bin, "0x" V6, 200);
	get_is(bin, "0X" V6, 200);
	get_is(bin, lower("0x" V6).at, 200);
	get_is(bin, "0x" V6_SUB, 200);
	get_is(bin, "0x" V5, 200);
	get_is("op=get", "0x" V5, 200);
	get_is(bin, changed("0x" V6).at, 404);
	get_is(bin, changed("0x" V5).at, 404);
}

static void
test_newer_than_version_4_is_never_found_by_key_id(void **state)
{
	(void)state;
	get_is("op=get&options=bin", "0x727009CC2EB10CAC", 404);
	get_is("op=get&options=bin", "0x727009CC", 404);
	get_is("op=get&options=bin", "0x664D079376C6314F", 404);
	get_is("op=get&options=bin", "0x7CA6BFA3", 404);
	get_is("op=get&options=bin", "0x22A5C6", 400);
}

static void
test_row_2_version_4_fingerprint(void **state)
{
	(void)state;
	data_add("openpgp/v4-ed25519-legacy.pgp");
	lookup_finds_one("0x" V4, V4);
	lookup_finds_one("0X" V4, V4);
	lookup_finds_one(lower("0X" V4).at, V4);
	lookup_finds_one("0x" V4_SUB, V4);
	lookup_finds_one(
		"0x9181 18DB EC5F D876 57B6  CDB4 FA05 115A 2AD4 1F49", V4);
	lookup_finds_exactly("0x" V4, V4);
	lookup_misses(changed("0x" V4).at);
	lookup_misses_exactly(changed("0x" V4).at);
}

static void
test_row_3_version_3_fingerprint(void **state)
{
	(void)state;
	data_add("openpgp/v3-rsa.pgp");
	lookup_finds_one("0x" V3, V3_ID);
	lookup_finds_one("0x" V3_ID, V3_ID);
	lookup_finds_one("0x202DD7B1", V3_ID);
	lookup_misses(changed("0x" V3).at);
	/* Without 0x it is no fingerprint: a word that nobody has. */
	lookup_misses(V3);
}

static void
test_rows_4_and_5_key_ids_of_primaries_and_subkeys(void **state)
{
	(void)state;
	lookup_finds_one("0xFA05115A2AD41F49", V4);
	lookup_finds_one("0xfa05115a2ad41f49", V4);
	lookup_finds_one("0x3AEBED80E29FC428", V4);
	lookup_finds_one("0x2AD41F49", V4);
	lookup_finds_one("0xE29FC428", V4);
	lookup_finds_exactly("0xE29FC428", V4);
	lookup_misses("0xFA05115A2AD41F40");
	lookup_misses("0x2AD41F40");
}

static void
test_row_6_anything_else_with_0x_is_malformed(void **state)
{
	static const char *const terms[] = {"0x", "0x1", "0xDEADBEE",
		"0x" V4 "0", "0x" V6 "0", "0xZZZZZZZZ", "0xalice@example.org"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		answer_expect(lookup_ask("op=get", terms[i]), 400,
			"malformed key ID");
}

static void
test_row_7_bare_digits_are_keys_and_then_words(void **state)
{
	char fpr[41];

	(void)state;
	lookup_finds_one(V4, V4);
	lookup_finds_one(lower(V4).at, V4);
	lookup_finds_one("FA05115A2AD41F49", V4);
	lookup_finds_one("FA05 115A 2AD4 1F49", V4);
	lookup_finds_one(V4_SUB, V4);
	/* As web pages print them: no-break and thin spaces. */
	lookup_finds_one("FA05\xC2\xA0"
			 "115A\xE2\x80\xAF"
			 "2AD4 1F49\xC2\xA0",
		V4);
	get_is("op=get&options=bin", V6, 200);
	lookup_misses("0123456789ABCDEF");
	lookup_misses(changed(V4).at);
	user_id_add("0123456789abcdef 1111 2222 3333 4444", fpr);
	lookup_finds_one("0123456789ABCDEF", fpr);
	lookup_finds_exactly("0123456789ABCDEF", fpr);
	lookup_finds_one("1111 2222 3333 4444", fpr);
	lookup_misses("1111 2222 3333 5555");
}

static void
test_row_8_bare_eight_digits_are_words_and_then_a_key(void **state)
{
	char fpr[41];

	(void)state;
	lookup_finds_one("2AD41F49", V4);
	lookup_misses("00000001");
	user_id_add("Agent 2ad41f49", fpr);
	lookup_finds_one("2AD41F49", fpr);
	lookup_finds_one("0x2AD41F49", V4);
	lookup_finds_one("2AD4 1F49", V4);
}

static void
test_fingerprints_as_they_are_scanned_from_a_card(void **state)
{
	(void)state;
	lookup_finds_one("openpgp4fpr:" V4, V4);
	lookup_finds_one(
		"OPENPGP4FPR:918118dbec5fd87657b6cdb4fa05115a2ad41f49", V4);
	lookup_misses(changed("openpgp4fpr:" V4).at);
	answer_expect(lookup_ask("op=get", "openpgp4fpr:alice"), 400,
		"malformed key ID");
}

static void
test_subkey_must_be_bound_to_match(void **state)
{
	(void)state;
	data_add("openpgp/foreign-binding.pgp");
	lookup_finds_one("0x82A3BEC0FCC429E84FF0FC8FD66CF218D31539BA",
		"82A3BEC0FCC429E84FF0FC8FD66CF218D31539BA");
	lookup_misses("0xF324EE0C289BF02A110A6EDF06861501BB0F8A2E");
	lookup_misses("0x06861501BB0F8A2E");
	/* Signs without a word of the subkey's own: the owner alone. */
	data_add("openpgp/adopted-subkey.pgp");
	lookup_finds_one("0x97ACE36B0C28B6813DB3B2954840A1659B49F960",
		"97ACE36B0C28B6813DB3B2954840A1659B49F960");
	lookup_finds_one("0x" V4, V4);
}

static void
test_collision_returns_every_certificate(void **state)
{
	static const char *const both[] = {
		"450CD9AFFC27C4D6B29AB8FC1252042A64CE6D27",
		"54C834CBE355EE9E74E22800EA97461F64CE6D27", NULL};
	struct answer a;

	(void)state;
	data_add("openpgp/evil32.pgp");
	lookup_finds("0x64CE6D27", both);
	lookup_finds("64ce6d27", both);
	lookup_finds_one("0x1252042A64CE6D27", both[0]);
	a = lookup_ask("op=get", "0x64CE6D27");
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "2");
	answer_done(&a);
}

static void
test_term_is_trimmed_and_must_hold_something(void **state)
{
	static const char *const empty[] = {
		"", " ", "\t \n", "<>", "< >", "\xC2\xA0", "mailto:"};
	char term[600];
	size_t i;

	(void)state;
	lookup_finds_one("  0x" V4 "\t", V4);
	lookup_finds_one("<0x" V4 ">", V4);
	for (i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		answer_expect(lookup_ask("op=index&options=mr", empty[i]), 400,
			"empty");
	memset(term, 'x', sizeof(term));
	term[512] = '\0';
	lookup_misses(term);
	memcpy(term + 512, "x", 2);
	answer_expect(lookup_ask("op=index", term), 400, "too long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_1_version_6_and_5_fingerprints),
		cmocka_unit_test(
			test_newer_than_version_4_is_never_found_by_key_id),
		cmocka_unit_test(test_row_2_version_4_fingerprint),
		cmocka_unit_test(test_row_3_version_3_fingerprint),
		cmocka_unit_test(
			test_rows_4_and_5_key_ids_of_primaries_and_subkeys),
		cmocka_unit_test(test_row_6_anything_else_with_0x_is_malformed),
		cmocka_unit_test(
			test_row_7_bare_digits_are_keys_and_then_words),
		cmocka_unit_test(
			test_row_8_bare_eight_digits_are_words_and_then_a_key),
		cmocka_unit_test(
			test_fingerprints_as_they_are_scanned_from_a_card),
		cmocka_unit_test(test_subkey_must_be_bound_to_match),
		cmocka_unit_test(test_collision_returns_every_certificate),
		cmocka_unit_test(test_term_is_trimmed_and_must_hold_something),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
