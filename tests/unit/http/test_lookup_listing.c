/*
 * The machine-readable index as it leaves a server (spec hkp section 4): the
 * golden files byte for byte, and that it is always text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/http/lookup_site.h"
#include "tests/unit/unit.h"

/* But those that change with time before 2037. */
static const char *const golden[] = {"ascii", "percent", "colon", "plus",
	"utf8", "latin1", "empty", "long", "long-utf8", "newline", "no-user-id",
	"expired", "revoked", "revoked-soft", "v3", "several",
	"revoked-user-id", "expired-user-id", "unsigned-user-id",
	"two-primaries"};

/* "0x" and what the second line of a listing begins with. */
static void
id_of(const struct buf *listing, char id[48])
{
	const char *pub = memmem(listing->data, listing->len, "\npub:", 5);

	assert_non_null(pub);
	(void)snprintf(id, 48, "0x%.*s", (int)strcspn(pub + 5, ":"), pub + 5);
}

static void
test_listing_is_its_golden_file_byte_for_byte(void **state)
{
	static const char *const rests[] = {"op=index&options=mr",
		"op=vindex&options=mr", "op=index&options=mr,nm",
		"options=mr&fingerprint=on&hash=on&exact=on"};
	char name[64], id[48];
	struct answer a;
	struct buf want;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		(void)snprintf(name, sizeof(name), "index/%s.pgp", golden[i]);
		data_add(name);
		(void)snprintf(name, sizeof(name), "index/%s.mr", golden[i]);
		want = data_read(name);
		id_of(&want, id);
		for (j = 0; j < sizeof(rests) / sizeof(rests[0]); j++) {
			a = lookup_ask(rests[j], id);
			assert_int_equal(a.status, 200);
			assert_text(answer_field(&a, "Content-Type"),
				"text/plain; charset=UTF-8");
			assert_text(
				answer_field(&a, "X-HKP-Results-Count"), "1");
			if (!bytes_eq(a.body, buf_view(&want)))
				fail_msg("%s: %.*s", name, (int)a.body.len,
					(const char *)a.body.data);
			answer_done(&a);
		}
		buf_done(&want);
	}
}

static int
compare_time(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Valid before expired before revoked, newest first, then by fingerprint. */
static void
test_listing_of_several_is_sorted_and_limit_cuts_it(void **state)
{
	struct bytes id = bytes_of("Sorted Sample");
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = &id, .user_id_count = 1};
	char fprs[6][41], rest[64];
	const char *want[7], *some[7];
	struct answer a;
	uint8_t octets[20];
	struct buf key;
	size_t i, j, n;

	(void)state;
	for (i = 0; i < 6; i++) {
		shape.revoked = i == 0;
		shape.expires_after = i == 1 ? 86400 : 0;
		shape.created = 1500000000 + (i == 5 ? 1 : 0);
		buf_init(&key, 0);
		gen_shaped(NULL, 99, i, &shape, &key, octets);
		for (j = 0; j < 20; j++)
			(void)snprintf(fprs[i] + 2 * j, 3, "%02X", octets[j]);
		answer_expect(
			site_post(&site, "/pks/add", "application/pgp-keys",
				buf_view(&key), NULL),
			200, "inserted");
		buf_done(&key);
		want[5 - i] = fprs[i];
	}
	want[6] = NULL;
	qsort(want + 1, 3, sizeof(want[0]), compare_time);
	lookup_finds("sorted sample", want);
	for (n = 1; n < 6; n++) {
		(void)snprintf(
			rest, sizeof(rest), "op=index&options=mr&limit=%zu", n);
		a = lookup_ask(rest, "sorted sample");
		assert_text(answer_field(&a, "X-HKP-Results-Count"), "6");
		memcpy(some, want, sizeof(some));
		some[n] = NULL;
		for (i = 0; i < 6; i++)
			assert_int_equal(answer_says(&a, want[i]), i < n);
		answer_done(&a);
	}
}

struct key_size {
	const char *file;
	const char *id;
	const char *fields;
};

static void
test_algorithm_and_bits(void **state)
{
	static const struct key_size sizes[] = {
		{"openpgp/v4-rsa.pgp", NULL, ":1:2048:"},
		{"openpgp/v4-ed25519-legacy.pgp", NULL, ":22:255:"},
		{"openpgp/v4-ed25519-native.pgp", NULL, ":27:255:"},
		{"openpgp/v4-ed448.pgp", NULL, ":28:448:"},
		{"openpgp/v4-dsa-elgamal.pgp", NULL, ":17:1024:"},
		{"openpgp/v4-dsa2048-sha512.pgp", NULL, ":17:2048:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"259ECCDA8E751498D7590F156F164C9FC903BC90", ":19:256:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"34B9C80882CE07C813CBDE3052424A0396299FE9", ":19:384:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"96A2CEEAE04D3364E13388E0FE00F9FBBB062993", ":19:521:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"14A695AD2D5BCBD3BEB04191B7F74C59E9FBBE10", ":19:256:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"FBB53B6FEC0EF7FDE3434000071A5B6877538D9D", ":19:384:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"DCF8E8767ADCEE678EF71ECDC9AFE968B1668B83", ":19:512:"},
		{"openpgp/v4-ecdsa-curves.pgp",
			"1C4434D86625317A1EFA0578FEF2A90C0A2531C6", ":19:256:"},
		{"openpgp/time-zero.pgp",
			"8A151DFD02D1B68B5590AAA66716F97733842D38",
			":22:255:1:"},
	};
	struct answer add;
	char id[48], line[100];
	const char *fpr;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		b = data_read(sizes[i].file);
		add = site_post(&site, "/pks/add", "application/pgp-keys",
			buf_view(&b), NULL);
		assert_int_equal(add.status, 200);
		fpr = memchr(add.body.data, ' ', add.body.len);
		assert_non_null(fpr);
		(void)snprintf(id, sizeof(id), "0x%.40s",
			sizes[i].id != NULL ? sizes[i].id : fpr + 1);
		(void)snprintf(line, sizeof(line), "pub:%s%s", id + 2,
			sizes[i].fields);
		answer_expect(lookup_ask("op=index&options=mr", id), 200, line);
		answer_done(&add);
		buf_done(&b);
	}
}

/* dirmngr takes a body that begins with '<' for another encoding. */
static void
test_mr_is_text_whatever_else_is_asked_for(void **state)
{
	static const char html[] = "Accept: text/html,application/json\r\n";
	static const char *const terms[] = {"sorted sample", "nobody here",
		"0xZZ", "a", "", "@example.org"};
	static const char *const rests[] = {"op=index&options=mr",
		"op=vindex&options=json,mr", "op=bogus&options=mr",
		"op=x-bogus&options=mr", "op=hget&options=mr",
		"op=get&options=mr"};
	struct answer a;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		for (j = 0; j < sizeof(terms) / sizeof(terms[0]); j++) {
			a = lookup_ask_with(rests[i], terms[j], html);
			assert_true(a.status >= 200);
			assert_true(a.body.len > 0);
			assert_int_not_equal(a.body.data[0], '<');
			assert_int_not_equal(a.body.data[0], '{');
			answer_done(&a);
		}
	}
	/* The search is what is wrong, and the options stand behind it. */
	a = site_asks(&site,
		"GET /pks/lookup?op=index&search=%00&options=mr HTTP/1.1\r\n"
		"Host: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
	assert_int_equal(a.status, 400);
	assert_int_not_equal(a.body.data[0], '<');
	answer_done(&a);
}

#define BOTH "Accept, Accept-Language"

/* A cache between must not give a program the page that a person asked for. */
static void
test_what_accept_decides_is_told_to_caches(void **state)
{
	static const struct {
		const char *target, *vary;
		int status;
	} rows[] = {
		{"/pks/lookup?search=sorted+sample", BOTH, 200},
		{"/pks/lookup?op=vindex&search=sorted+sample", BOTH, 200},
		{"/pks/lookup?search=sorted+sample&options=mr", "", 200},
		{"/pks/lookup?search=sorted+sample&options=json", "", 200},
		{"/pks/lookup?op=get&search=nobody+here", BOTH, 404},
		{"/pks/lookup?op=get&search=nobody+here&options=mr", "", 404},
		{"/pks/v2/index/nobody", "", 404},
		{"/vks/v1/by-keyid/0000000000000000", "", 404},
	};
	struct answer a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = one_site_ask(
			"GET", rows[i].target, "Accept: text/html\r\n");
		assert_int_equal(a.status, rows[i].status);
		assert_text(answer_field(&a, "Vary"), rows[i].vary);
		answer_done(&a);
	}
	a = one_site_ask("GET", rows[0].target, "If-None-Match: *\r\n");
	assert_int_equal(a.status, 304);
	assert_text(answer_field(&a, "Vary"), BOTH);
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listing_is_its_golden_file_byte_for_byte),
		cmocka_unit_test(
			test_listing_of_several_is_sorted_and_limit_cuts_it),
		cmocka_unit_test(test_algorithm_and_bits),
		cmocka_unit_test(test_mr_is_text_whatever_else_is_asked_for),
		cmocka_unit_test(test_what_accept_decides_is_told_to_caches),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
