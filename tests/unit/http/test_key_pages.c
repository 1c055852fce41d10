/*
 * What people read of a key: entries of a search, and all there is to know.
 * Each promise submits a certificate of tests/data/openpgp first. At level sks,
 * since pages tell of signatures that do not fit, and of names nobody signed.
 */
#include <stdio.h>
#include <string.h>

#include "http/pages/key_entry.h"
#include "http/pages/signatures.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static struct answer
page_of(const char *op, const char *term)
{
	char target[512];
	struct answer a;

	snprintf(target, sizeof(target), "/pks/lookup?op=%s&search=%s", op,
		term);
	a = one_site_ask("GET", target, "Accept: text/html\r\n");
	assert_int_equal(a.status, 200);
	assert_text(
		answer_field(&a, "Content-Type"), "text/html; charset=UTF-8");
	return a;
}

/* Of many names those are shown that were asked for. */
static void
test_name_beyond_those_shown_is_shown_when_asked_for(void **state)
{
	static struct index_part uids[KEY_ENTRY_USER_IDS + 10];
	static char text[KEY_ENTRY_USER_IDS + 10][40];
	struct cert cert = {0};
	struct cert_row row = {.id.fpr = {.version = 4, .len = 20}};
	struct index_cert c = {.cert = &cert, .row = &row, .user_ids = uids};
	static const struct {
		const char *term, *shown, *rest;
	} rows[] = {
		{"N57@x.example", "<li><bdi>Name &lt;n57@X.example&gt;</bdi>",
			"and 8 more User IDs"},
		{" name", "n55@", "and 4 more User IDs"},
		{"n57@x.example.net", "n49@", "and 9 more User IDs"},
		{"", "n49@", "and 9 more User IDs"},
	};
	struct page p;
	size_t i;

	(void)state;
	for (i = 0; i < KEY_ENTRY_USER_IDS + 10; i++) {
		snprintf(text[i], sizeof(text[i]), "Name <n%zu@X.example>", i);
		uids[i].text = bytes_of(text[i]);
		uids[i].valid = true;
		c.user_id_count++;
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		page_init(&p, 1 << 20);
		key_entry_put(&p, &c, 1, false, bytes_of(rows[i].term));
		assert_ok(buf_put_u8(&p.out, '\0'));
		assert_non_null(strstr((char *)p.out.data, rows[i].shown));
		assert_non_null(strstr((char *)p.out.data, rows[i].rest));
		page_done(&p);
	}
}

#define REVOKED "0x0C1FB9FC57CD090F3FFE36384E8C74FF05F0B0CB"
#define MODERN                                                                 \
	"727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define SIGNED "0x37AE4603C4CBDA6591696146F5AE1AE14F1322E9"

static void
test_page_is_strict_and_has_its_landmarks(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("third-party.pgp");
	a = page_of("vindex", SIGNED);
	assert_text(answer_field(&a, "Content-Security-Policy"),
		"default-src 'none'; style-src 'self'; img-src 'self'; "
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
	assert_text(answer_field(&a, "Referrer-Policy"), "no-referrer");
	answer_must_say(&a, "<html lang=\"en\">");
	answer_must_say(&a, "name=\"viewport\"");
	answer_must_say(&a, "<a class=\"skip\" href=\"#main\">");
	answer_must_say(&a, "Entries are unverified");
	assert_int_equal(one_site_count(&a, "<h1>"), 1);
	assert_int_equal(one_site_count(&a, "<main "), 1);
	assert_int_equal(one_site_count(&a, "<nav "), 1);
	assert_int_equal(one_site_count(&a, "<header "), 1);
	assert_int_equal(one_site_count(&a, "<footer "), 1);
	assert_int_equal(one_site_count(&a, "<script"), 0);
	assert_int_equal(one_site_count(&a, " style="), 0);
	assert_int_equal(one_site_count(&a, "<a rel=\"nofollow\" href=\"/pks/"),
		one_site_count(&a, " href=\"/pks/") - 1 /* Statistics */);
	answer_done(&a);
}

static void
test_entry_tells_what_a_key_is(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("third-party.pgp");
	a = page_of("index", SIGNED);
	answer_must_say(&a, "<h1>Search results for " SIGNED "</h1>");
	answer_must_say(&a, "1 key found");
	answer_must_say(&a, "<span>37AE 4603 C4CB DA65 9169</span> "
			    "<span>6146 F5AE 1AE1 4F13 22E9</span>");
	answer_must_say(&a, "<bdi>Alice &lt;alice@example.org&gt;</bdi>");
	answer_must_say(&a,
		"<strong class=\"valid\">valid</strong> · EdDSA Ed25519 · "
		"created <time datetime=\"2017-07-14\">2017-07-14</time> "
		"· never expires");
	answer_must_say(&a, "op=vindex&amp;search=" SIGNED);
	answer_must_say(&a, "op=get&amp;search=" SIGNED);
	assert_int_equal(one_site_count(&a, "op=hget"), 0);
	/* Of its landmarks none is a key: there may be hundreds, all alike. */
	assert_int_equal(one_site_count(&a, "<section class=\"key\">"), 1);
	assert_int_equal(one_site_count(&a, " aria-labelledby="), 1);
	answer_done(&a);
	a = page_of("index", SIGNED "&hash=on");
	answer_must_say(
		&a, "op=hget&amp;search=58453467FAA95485F9ABE674914B1339");
	answer_done(&a);
	a = page_of("index", SIGNED "&x-hash=ON");
	answer_must_say(
		&a, "op=hget&amp;search=58453467FAA95485F9ABE674914B1339");
	answer_done(&a);
	a = page_of("index", SIGNED "&hash=yes");
	assert_int_equal(one_site_count(&a, "op=hget"), 0);
	answer_done(&a);
}

static void
test_eight_digits_are_not_taken_for_a_key(void **state)
{
	static const struct {
		const char *term;
		size_t notes;
	} rows[] = {{"0x4F1322E9", 1}, {"4f1322e9", 1},
		{"0xF5AE1AE14F1322E9", 0}, {SIGNED, 0}};
	struct answer a;
	size_t i;

	(void)state;
	one_site_store("third-party.pgp");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = page_of("index", rows[i].term);
		assert_int_equal(
			one_site_count(&a, "Eight digits do not name one key"),
			rows[i].notes);
		answer_done(&a);
	}
	a = page_of("vindex", "0x4F1322E9");
	assert_int_equal(
		one_site_count(&a, "Eight digits do not name one key"), 1);
	answer_done(&a);
}

static void
test_revocation_says_why(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("revoked-key.pgp");
	/* Nor are its subkeys valid, though none of them is revoked. */
	a = page_of("vindex", REVOKED);
	answer_must_say(&a, " · encrypts</p>");
	assert_int_equal(one_site_count(&a, ">valid</strong>"), 0);
	answer_done(&a);
	one_site_store("revoked-uid.pgp");
	one_site_store("revoked-subkey.pgp");
	one_site_store("revocation-certificate.pgp"); /* without a reason */
	a = page_of("index", REVOKED);
	answer_must_say(&a, "<strong class=\"revoked\">revoked</strong>");
	answer_must_say(&a, "Its secret is no longer secret");
	answer_must_say(&a, "<q><bdi>compromised</bdi></q>");
	assert_int_equal(one_site_count(&a, "No reason is given"), 0);
	answer_must_say(&a, "Rev Two &lt;rev2@example.org&gt;</bdi> "
			    "<strong class=\"revoked\">");
	answer_done(&a);
	a = page_of("vindex", REVOKED);
	answer_must_say(&a, "Its secret is no longer secret");
	answer_must_say(&a, "This name or address is no longer right.");
	answer_must_say(&a, "Another key has taken its place.");
	answer_must_say(&a, " · encrypts</p>");
	answer_must_say(&a, "certifies keys, signs");
	answer_done(&a);
}

static void
test_signers_are_linked_and_named_when_they_are_held(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("third-party.pgp");
	one_site_store("third-party-signers.pgp");
	a = page_of("vindex", SIGNED);
	answer_must_say(&a, "<h1>A key in detail</h1>");
	answer_must_say(&a, ">first learned <time ");
	answer_must_say(&a, "</time>, over HTTP<");
	answer_must_say(&a, "<td>self-signature</td>");
	answer_must_say(&a, "data-label=\"by\">this key<");
	answer_must_say(&a, "certification, level 0");
	answer_must_say(&a, "certification, level 2");
	answer_must_say(&a,
		"<bdi>Signer 0 &lt;s0@example.org&gt;</bdi><br>"
		"<a rel=\"nofollow\" href=\"/pks/lookup?op=vindex&amp;"
		"search=0xA39CFB5A2BB421CE66B7203272BBB2B55F9F487C\">");
	answer_must_say(&a, "<strong class=\"expired\">does not fit</strong>");
	/* One of the key's own and nothing else is a line, not a table. */
	assert_int_equal(one_site_count(&a, "<table class=\"sigs one\">"), 0);
	answer_done(&a);
	one_site_store("many-subkeys.pgp");
	a = page_of("vindex", "0xF21E802F35D87C85E075B5DC588E1CBF65C3F0C9");
	assert_true(one_site_count(&a, "<table class=\"sigs one\">") > 5);
	answer_done(&a);
}

static void
test_picture_is_mentioned_and_not_shown(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("user-attribute.pgp");
	a = page_of("vindex", "0x918118DBEC5FD87657B6CDB4FA05115A2AD41F49");
	answer_must_say(&a, "941 octets, usually a photo; not shown here");
	assert_int_equal(one_site_count(&a, "<img "), 1); /* of the header */
	answer_done(&a);
}

static void
test_crowd_of_signatures_is_folded_and_counted(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("flooded.pgp");
	a = page_of("vindex", "0x16CA4707F719CA55520AD603B3763914D784812A");
	assert_int_equal(
		one_site_count(&a, "<details><summary>480 more signatures"), 1);
	answer_must_say(&a, "more signatures, which are not shown");
	assert_true(one_site_count(&a, "<tr><td>") <= 2 * INDEX_SIGS_MAX);
	assert_true(one_site_count(&a, "<tr><td>") >= INDEX_SIGS_MAX);
	answer_done(&a);
}

static void
test_page_has_room_for_so_many_rows(void **state)
{
	struct signers nobody = {0};
	struct signatures list;
	struct signature sigs[6];
	struct index_sig shown[6];
	struct index_part part = {.sigs = shown, .sig_count = 6};
	struct page p;
	size_t i;

	(void)state;
	memset(sigs, 0, sizeof(sigs));
	memset(shown, 0, sizeof(shown));
	for (i = 0; i < 6; i++) {
		shown[i].sig = &sigs[i];
		shown[i].self = i < 2;
		shown[i].plausible = true;
	}
	signatures_init(&list, &nobody, false);
	list.rows_left = 3;
	page_init(&p, 1 << 20);
	signatures_put(&p, &list, &part);
	assert_int_equal(list.rows_left, 0);
	assert_non_null(memmem(p.out.data, p.out.len,
		"And 3 more signatures, which are not shown", 42));
	page_done(&p);
}

static void
test_hostile_names_are_harmless(void **state)
{
	static const char name[] = "<i>\"&'\xE2\x80\xAE\xE2\x81\xA6\x01 \xFF x";
	struct buf armor;
	struct answer a;
	char fpr[41], term[64];

	(void)state;
	site_key_of(one_site_next_key++, name, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	snprintf(term, sizeof(term), "0x%s", fpr);
	a = page_of("vindex", term);
	assert_int_equal(one_site_count(&a, "<i>"), 0);
	answer_must_say(&a,
		"<bdi>&lt;i&gt;&quot;&amp;&#39;\\u202E\\u2066\\u0001 \\xFF "
		"x</bdi>");
	answer_done(&a);
	buf_done(&armor);
}

static void
test_long_name_is_a_remark(void **state)
{
	static char name[PAGE_USER_ID_MAX + 2];
	struct buf armor;
	struct answer a;
	char fpr[41], term[64];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	site_key_of(one_site_next_key++, name, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	snprintf(term, sizeof(term), "0x%s", fpr);
	a = page_of("index", term);
	answer_must_say(&a, "<bdi>[1025-octet User ID]</bdi>");
	answer_done(&a);
	buf_done(&armor);
}

/* Programs that know no version 6 are not given one; people are, who ask. */
static void
test_key_of_version_6_is_downloaded_from_its_pages(void **state)
{
	static const char *const ops[] = {"index", "vindex"};
	static const char at[] = "/vks/v1/by-fingerprint/" MODERN;
	struct answer a;

	(void)state;
	one_site_store("v6-ed25519-uid.pgp");
	for (size_t i = 0; i < 2; i++) {
		a = page_of(ops[i], "0x" MODERN);
		answer_must_say(&a, at);
		assert_int_equal(one_site_count(&a, "op=get&amp;"), 0);
		assert_int_equal(one_site_count(&a, "op=hget&amp;"), 0);
		answer_done(&a);
	}
	answer_expect(one_site_ask("GET", at, ""), 200,
		"-----BEGIN PGP PUBLIC KEY BLOCK-----");
	answer_expect(one_site_ask("GET", "/pks/lookup?op=get&search=0x" MODERN,
			      "Accept: text/html\r\n"),
		404, "<h1>A key of a newer kind</h1>");
}

static void
test_key_without_a_name_of_its_own_takes_nobodys(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("no-selfsig.pgp");
	a = page_of("index", "0x82A3BEC0FCC429E84FF0FC8FD66CF218D31539BA");
	answer_must_say(&a, ">A key without a name of its own</h2>");
	answer_must_say(&a, "not confirmed by the key");
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_is_strict_and_has_its_landmarks),
		cmocka_unit_test(test_entry_tells_what_a_key_is),
		cmocka_unit_test(
			test_key_of_version_6_is_downloaded_from_its_pages),
		cmocka_unit_test(
			test_name_beyond_those_shown_is_shown_when_asked_for),
		cmocka_unit_test(test_eight_digits_are_not_taken_for_a_key),
		cmocka_unit_test(test_revocation_says_why),
		cmocka_unit_test(
			test_signers_are_linked_and_named_when_they_are_held),
		cmocka_unit_test(test_picture_is_mentioned_and_not_shown),
		cmocka_unit_test(
			test_crowd_of_signatures_is_folded_and_counted),
		cmocka_unit_test(test_page_has_room_for_so_many_rows),
		cmocka_unit_test(test_hostile_names_are_harmless),
		cmocka_unit_test(test_long_name_is_a_remark),
		cmocka_unit_test(
			test_key_without_a_name_of_its_own_takes_nobodys),
	};

	return cmocka_run_group_tests(tests, one_site_start_sks, one_site_stop);
}
