/*
 * What /pks/lookup answers with certificates, and from whose cache (spec hkp
 * sections 1.9, 3 and 3.1).
 */
#include <stdio.h>
#include <string.h>

#include "http/keys/get_answer.h"
#include "http/services.h"
#include "tests/unit/http/lookup_site.h"
#include "tests/unit/unit.h"

#define V6 "727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define V4 "918118DBEC5FD87657B6CDB4FA05115A2AD41F49"

static bool
ends_with(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.data + b.len - n, text, n) == 0;
}

static void
check_armor(struct answer *a)
{
	struct bytes rest;
	const uint8_t *crc;

	assert_int_equal(a->status, 200);
	assert_text(answer_field(a, "Content-Type"), "application/pgp-keys");
	assert_true(bytes_starts_nocase(
		a->body, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"));
	assert_true(
		ends_with(a->body, "\n-----END PGP PUBLIC KEY BLOCK-----\n"));
	/* One block, 64 columns, LF alone, a CRC. */
	rest = bytes_make(a->body.data + 1, a->body.len - 1);
	assert_null(memmem(rest.data, rest.len, "-----BEGIN", 10));
	assert_int_equal(a->body.data[38 + 64], '\n');
	assert_null(memchr(a->body.data, '\r', a->body.len));
	crc = a->body.data + a->body.len - 42;
	assert_memory_equal(crc, "\n=", 2);
}

static void
test_get_is_one_armor_block_with_and_without_mr(void **state)
{
	static const char *const rests[] = {"op=get", "op=get&options=mr",
		"op=GET&options=nm,mr", "op=get&options=mr&exact=on",
		"op=get&fingerprint=on", "op=get&clean=off", "op=get&idx=1"};
	struct answer first, a;
	size_t i;

	(void)state;
	data_add("openpgp/v4-ed25519-legacy.pgp");
	first = lookup_ask("op=get", "0x" V4);
	check_armor(&first);
	assert_text(answer_field(&first, "Content-Disposition"),
		"attachment; filename=\"" V4 ".asc\"");
	assert_text(answer_field(&first, "X-HKP-Results-Count"), "1");
	for (i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		a = lookup_ask_with(rests[i], "0x" V4, "Accept: text/html\r\n");
		assert_int_equal(a.status, 200);
		assert_true(bytes_eq(a.body, first.body));
		answer_done(&a);
	}
	answer_done(&first);
}

static void
test_bin_is_the_packets(void **state)
{
	struct answer a = lookup_ask("op=get&options=mr,bin", "0x" V4);

	(void)state;
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "application/pgp");
	assert_text(answer_field(&a, "Content-Disposition"),
		"attachment; filename=\"" V4 ".pgp\"");
	assert_true(a.body.data[0] >= 0x80);
	answer_done(&a);
}

static void
test_several_are_one_block_named_keys(void **state)
{
	struct answer a;

	(void)state;
	data_add("openpgp/evil32.pgp");
	a = lookup_ask("op=get", "0x64CE6D27");
	check_armor(&a);
	assert_text(answer_field(&a, "Content-Disposition"),
		"attachment; filename=\"keys.asc\"");
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "2");
	answer_done(&a);
}

static void
test_version_6_is_for_bin_and_v2(void **state)
{
	struct answer a;

	(void)state;
	data_add("openpgp/v6-ed25519-uid.pgp");
	a = lookup_ask("op=get", "0x" V6);
	assert_int_equal(a.status, 404);
	assert_true(bytes_starts_nocase(a.body, "No keys found"));
	assert_true(
		answer_says(&a, "/pks/v2/certs/by-vfingerprint/06/" V6 "\n"));
	answer_done(&a);
	answer_expect(site_get(&site, "/pks/v2/certs/by-vfingerprint/06/" V6),
		200, NULL);
	answer_expect(lookup_ask("op=index&options=mr", "0x" V6), 404,
		"/pks/v2/certs/by-vfingerprint/06/" V6);
	answer_expect(lookup_ask("op=get&options=bin", "0x" V6), 200, NULL);
	answer_expect(
		lookup_ask_with("op=index", "0x" V6, "Accept: text/html\r\n"),
		200, "7270");
	answer_expect(lookup_ask("op=index&options=json", "0x" V6), 200,
		"\"version\"");
}

/* What a format does not hold takes no place of what it does. */
static void
test_limit_counts_what_is_given(void **state)
{
	struct answer a;

	(void)state;
	user_id_add("Six Good <six@example.org>", NULL);
	a = lookup_ask("op=get&options=bin", "example org");
	assert_int_equal(a.status, 200);
	answer_done(&a);
	a = lookup_ask("op=get&limit=1", "example org");
	check_armor(&a);
	answer_done(&a);
	a = lookup_ask("op=index&options=mr&limit=1", "example org");
	assert_int_equal(a.status, 200);
	assert_true(bytes_starts_nocase(a.body, "info:1:1\npub:"));
	answer_done(&a);
}

static void
test_certificate_without_user_id_is_sent_as_it_is(void **state)
{
	struct buf sent = data_read("index/no-user-id.pgp");
	struct answer a;

	(void)state;
	data_add("index/no-user-id.pgp");
	a = lookup_ask("op=get&options=bin",
		"0x702C6053CCA662032FEFABE3B73FEBE3CFBDC804");
	assert_int_equal(a.status, 200);
	assert_true(bytes_eq(a.body, buf_view(&sent)));
	answer_done(&a);
	buf_done(&sent);
}

static void
test_limit_0_gives_the_number(void **state)
{
	struct answer a = lookup_ask("op=get&limit=0", "0x64CE6D27");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.len, 0);
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "2");
	answer_done(&a);
	a = lookup_ask("op=index&options=mr&limit=0", "0x64CE6D27");
	assert_int_equal(a.status, 200);
	assert_text(a.body, "info:1:0\n");
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "2");
	answer_done(&a);
	answer_expect(lookup_ask("op=get&limit=0", "0x00000000"), 404,
		"No keys found");
	/* Beyond every number, and no number at all. */
	answer_expect(lookup_ask("op=index&options=mr&limit="
				 "99999999999999999999999999",
			      "0x64CE6D27"),
		200, "info:1:2\n");
	answer_expect(lookup_ask("op=index&options=mr&limit=-1", "0x64CE6D27"),
		200, "info:1:2\n");
}

/* ---- caches ----------------------------------------------------------- */

/* Before and after the tag, where it is one of a list. */
static const char *const around[][2] = {{"", ""}, {"W/", ""}, {"\"a\", ", ""},
	{"\"a\" , W/", " ,\"b\""}, {"*, ", ""}};

static void
check_tag(const char *rest, const char *term)
{
	struct answer a = lookup_ask(rest, term), b;
	struct bytes tag = answer_field(&a, "ETag");
	char field[240];
	size_t i;

	assert_int_equal(a.status, 200);
	assert_true(tag.len > 34 && tag.data[0] == '"');
	assert_text(answer_field(&a, "Cache-Control"), "no-cache");
	assert_int_equal(answer_field(&a, "Last-Modified").len, 0);
	for (i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		snprintf(field, sizeof(field), "If-None-Match: %s%.*s%s\r\n",
			around[i][0], (int)tag.len, (const char *)tag.data,
			around[i][1]);
		b = lookup_ask_with(rest, term, field);
		assert_int_equal(b.status, 304);
		assert_int_equal(b.body.len, 0);
		assert_true(bytes_eq(answer_field(&b, "ETag"), tag));
		assert_text(answer_field(&b, "Cache-Control"), "no-cache");
		answer_done(&b);
	}
	answer_expect(
		lookup_ask_with(rest, term, "If-None-Match: *\r\n"), 304, NULL);
	b = lookup_ask_with(rest, term, "If-None-Match: \"other\"\r\n");
	assert_int_equal(b.status, 200);
	assert_true(bytes_eq(b.body, a.body));
	answer_done(&b);
	answer_done(&a);
}

static void
test_every_form_has_a_tag_and_gives_304(void **state)
{
	(void)state;
	check_tag("op=get", "0x" V4);
	check_tag("op=get&options=bin", "0x" V4);
	check_tag("op=get", "0x64CE6D27");
	check_tag("op=index&options=mr", "0x64CE6D27");
	check_tag("op=vindex&options=mr", "0x" V4);
	check_tag("op=index&options=json", "0x" V4);
	answer_expect(lookup_ask_with("op=get", "0x0000000000000001",
			      "If-None-Match: *\r\n"),
		404, "No keys found");
}

static void
test_tag_of_one_is_its_digest_and_of_several_their_set(void **state)
{
	struct answer one = lookup_ask("op=get", "0x" V4);
	struct answer bin = lookup_ask("op=get&options=bin", "0x" V4);
	struct answer two = lookup_ask("op=get", "0x64CE6D27");
	struct answer first = lookup_ask("op=get&limit=1", "0x64CE6D27");
	char target[100];

	(void)state;
	snprintf(target, sizeof(target), "/pks/lookup?op=hget&search=%.32s",
		(const char *)answer_field(&one, "ETag").data + 1);
	answer_expect(site_get(&site, target), 200, "BEGIN PGP");
	assert_memory_equal(answer_field(&one, "ETag").data,
		answer_field(&bin, "ETag").data, 33);
	assert_false(bytes_eq(
		answer_field(&one, "ETag"), answer_field(&bin, "ETag")));
	assert_false(bytes_eq(
		answer_field(&two, "ETag"), answer_field(&first, "ETag")));
	answer_done(&one);
	answer_done(&bin);
	answer_done(&two);
	answer_done(&first);
}

static void
test_misses_are_not_cached(void **state)
{
	struct answer a = lookup_ask("op=get", "0x0000000000000001");

	(void)state;
	assert_int_equal(a.status, 404);
	assert_text(answer_field(&a, "Cache-Control"), "no-cache");
	assert_int_equal(answer_field(&a, "ETag").len, 0);
	answer_done(&a);
}

/* Nothing is armored for who has it: the body is not even made. */
static void
test_304_makes_no_body(void **state)
{
	struct services sv = {.settings = &site.settings};
	struct request *req = request_new();
	struct cert_row row = {.octets = bytes_of("packets")};
	struct cert_rows rows = {&row, 1, 1};

	(void)state;
	req->services = &sv;
	row.id.fpr.version = 4;
	row.id.fpr.len = 20;
	assert_ok(get_answer_write(req, &req->reply, &rows, false));
	assert_true(req->reply.body.len > 0);
	reply_clear(&req->reply);
	req->head.if_none_match =
		bytes_of("\"00000000000000000000000000000000-asc\"");
	assert_ok(get_answer_write(req, &req->reply, &rows, false));
	assert_string_equal(
		req->reply.etag, "\"00000000000000000000000000000000-asc\"");
	assert_int_equal(req->reply.body.len, 0);
	request_free(req);
}

static void
test_head_is_get_without_the_body(void **state)
{
	static const char *const targets[] = {"op=get&search=0x" V4,
		"op=index&options=mr&search=0x" V4, "op=vindex&search=0x" V4,
		"op=get&search=0x0000000000000001", "op=index&search=a",
		"op=x-y", "op=get&options=bin&search=0x64CE6D27"};
	static const char *const fields[] = {"Content-Type", "Content-Length",
		"ETag", "Cache-Control", "X-HKP-Results-Count",
		"Content-Disposition", "Access-Control-Allow-Origin"};
	struct answer get, head;
	char text[300];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		snprintf(text, sizeof(text), "/pks/lookup?%s", targets[i]);
		get = site_get(&site, text);
		snprintf(text, sizeof(text),
			"HEAD /pks/lookup?%s HTTP/1.1\r\nHost: x\r\n"
			"Connection: close\r\n\r\n",
			targets[i]);
		head = site_asks(&site, text);
		assert_int_equal(head.status, get.status);
		assert_int_equal(head.body.len, 0);
		for (j = 0; j < sizeof(fields) / sizeof(fields[0]); j++)
			assert_true(bytes_eq(answer_field(&head, fields[j]),
				answer_field(&get, fields[j])));
		answer_done(&get);
		answer_done(&head);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_get_is_one_armor_block_with_and_without_mr),
		cmocka_unit_test(test_bin_is_the_packets),
		cmocka_unit_test(test_several_are_one_block_named_keys),
		cmocka_unit_test(test_version_6_is_for_bin_and_v2),
		cmocka_unit_test(test_limit_counts_what_is_given),
		cmocka_unit_test(
			test_certificate_without_user_id_is_sent_as_it_is),
		cmocka_unit_test(test_limit_0_gives_the_number),
		cmocka_unit_test(test_every_form_has_a_tag_and_gives_304),
		cmocka_unit_test(
			test_tag_of_one_is_its_digest_and_of_several_their_set),
		cmocka_unit_test(test_misses_are_not_cached),
		cmocka_unit_test(test_304_makes_no_body),
		cmocka_unit_test(test_head_is_get_without_the_body),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
