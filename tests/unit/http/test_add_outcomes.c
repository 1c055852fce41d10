/*
 * Of each certificate, and each packet of it, the submitter learns what became
 * of it and why; and what a mirror, a lone revocation and a secret key get.
 */
#include <stdio.h>
#include <string.h>

#include "pgp/armor.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define REVOKED "0C1FB9FC57CD090F3FFE36384E8C74FF05F0B0CB" /* revoked-uid */

static struct answer
submit(const char *name, const char *headers)
{
	struct buf b = {0};
	struct answer a;

	one_site_file(name, &b);
	a = site_post(&site, "/pks/add", NULL, buf_view(&b), headers);
	buf_done(&b);
	return a;
}

/* A certificate whose second user ID is over the limit. */
static void
long_key(struct buf *raw, char fpr[41])
{
	static char long_id[3000];
	struct bytes ids[2];
	struct gen_shape shape = {.created = 1500000000,
		.user_ids = ids,
		.user_id_count = 2,
		.others = 1};
	uint8_t octets[20];
	int i;

	memset(long_id, 'a', sizeof(long_id));
	ids[0] = bytes_of("Short <short@example.org>");
	ids[1] = bytes_make(long_id, sizeof(long_id));
	gen_shaped(NULL, 12, one_site_next_key++, &shape, raw, octets);
	for (i = 0; i < 20; i++)
		snprintf(fpr + 2 * i, 3, "%02X", octets[i]);
}

static void
test_each_dropped_packet_has_a_line_with_its_reason(void **state)
{
	struct buf raw = {0};
	char fpr[41], line[256];
	struct answer a;

	(void)state;
	long_key(&raw, fpr);
	a = site_post(&site, "/pks/add", NULL, buf_view(&raw), NULL);
	assert_int_equal(a.status, 200);
	snprintf(line, sizeof(line),
		"inserted %s 1 packet was not kept: a packet over the size "
		"limit was left out\n  dropped user ID: a packet over the size "
		"limit was left out\n",
		fpr);
	assert_text(a.body, line);
	answer_done(&a);
	buf_done(&raw);
}

static void
test_json_and_html_tell_the_same(void **state)
{
	struct buf raw = {0};
	char fpr[41];

	(void)state;
	long_key(&raw, fpr);
	answer_expect(site_post(&site, "/pks/add?options=json", NULL,
			      buf_view(&raw), NULL),
		200, "limit was left out; dropped user ID: a packet over");
	buf_clear(&raw);
	long_key(&raw, fpr);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&raw),
			      "Accept: text/html\r\n"),
		200, "<li>User ID: a packet over the size limit");
	buf_done(&raw);
}

static void
test_nm_refuses_only_for_what_is_the_keys_own(void **state)
{
	struct buf raw = {0};
	char fpr[41];

	(void)state;
	long_key(&raw, fpr);
	answer_expect(site_post(&site, "/pks/add?options=nm", NULL,
			      buf_view(&raw), NULL),
		422, "\n  dropped user ID: ");
	/* In the words, and the language, of the page. */
	answer_expect(site_post(&site, "/pks/add?options=nm", NULL,
			      buf_view(&raw), "Accept: text/html\r\n"),
		422, "<li>User ID: a packet over the size limit");
	answer_expect(site_get_key(&site, fpr), 404, NULL);
	buf_done(&raw);
}

static void
test_nm_may_be_a_field_of_its_own(void **state)
{
	static const char *const values[] = {"on", "", "off"};
	size_t i, k;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct buf raw = {0}, form = {0};
		char fpr[41];

		long_key(&raw, fpr);
		assert_ok(buf_printf(&form, "nm=%s&keytext=", values[i]));
		for (k = 0; k < raw.len; k++)
			assert_ok(buf_printf(&form, "%%%02X", raw.data[k]));
		answer_expect(site_post(&site, "/pks/add",
				      "application/x-www-form-urlencoded",
				      buf_view(&form), NULL),
			i < 2 ? 422 : 200, fpr);
		buf_done(&raw);
		buf_done(&form);
	}
}

static void
test_lone_revocation_finds_its_key(void **state)
{
	(void)state;
	answer_expect(submit("revocation-certificate.pgp", NULL), 422,
		"invalid - the signature belongs to a key that is not here");
	one_site_store("revoked-uid.pgp");
	answer_expect(
		site_get(&site,
			"/pks/lookup?op=index&options=mr&search=0x" REVOKED),
		200, "::\nuid:");
	answer_expect(submit("revocation-certificate.pgp", NULL), 200,
		"updated " REVOKED "\n");
	answer_expect(
		site_get(&site,
			"/pks/lookup?op=index&options=mr&search=0x" REVOKED),
		200, "::r\nuid:");
	answer_expect(submit("revocation-certificate.pgp", NULL), 200,
		"ignored " REVOKED "\n");
}

static void
test_lone_revocation_joins_its_key_in_the_same_text(void **state)
{
	static const char ask[] = "/pks/lookup?op=index&options=mr&search=0x";
	struct buf key = {0}, rev = {0}, text = {0};
	struct bytes parts[2];
	char fpr[41], target[128];

	(void)state;
	/* Of the key of the test before, whose row it changes no more; and
	 * beside it one that is new, so that both ways are gone. */
	one_site_file("revoked-uid.pgp", &key);
	one_site_file("revocation-certificate.pgp", &rev);
	parts[0] = buf_view(&key);
	parts[1] = buf_view(&rev);
	assert_ok(armor_write(&text, &parts[0], 1, NULL, true));
	assert_ok(armor_write(&text, &parts[1], 1, NULL, true));
	one_site_wrap(&text, "", "", fpr);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&text), NULL),
		200, "joined with its key in the same submission");
	snprintf(target, sizeof(target), "%s" REVOKED, ask);
	answer_expect(site_get(&site, target), 200, "::r\nuid:");
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	buf_done(&key);
	buf_done(&rev);
	buf_done(&text);
}

/* Nothing is stored before; the key comes before its revocation, and after. */
static void
test_new_key_and_its_revocation_come_together(void **state)
{
	struct site whole = site;
	struct buf key = {0}, rev = {0};
	int order;

	(void)state;
	one_site_file("revoked-uid.pgp", &key);
	one_site_file("revocation-certificate.pgp", &rev);
	for (order = 0; order < 2; order++) {
		struct bytes parts[2] = {buf_view(&key), buf_view(&rev)};
		struct buf text = {0};

		site_init(&site);
		site_start(&site);
		assert_ok(armor_write(&text, &parts[order], 1, NULL, true));
		assert_ok(armor_write(&text, &parts[1 - order], 1, NULL, true));
		answer_expect(site_post(&site, "/pks/add", NULL,
				      buf_view(&text), NULL),
			200, "inserted " REVOKED "\n");
		answer_expect(site_get(&site, "/pks/lookup?op=index&options=mr"
					      "&search=0x" REVOKED),
			200, "::r\nuid:");
		site_stop(&site);
		buf_done(&text);
	}
	site = whole;
	buf_done(&key);
	buf_done(&rev);
}

static void
test_spoilt_revocation_is_refused(void **state)
{
	struct buf rev = {0};

	(void)state;
	one_site_file("revocation-certificate.pgp", &rev);
	rev.data[rev.len - 1] ^= 1;
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&rev), NULL),
		422,
		"invalid - the signature belongs to a key that is not here");
	buf_done(&rev);
}

static void
test_secret_key_is_refused_whatever_is_beside_it(void **state)
{
	static const char *const files[] = {"secret-key.pgp",
		"secret-armor.asc", "secret-in-public-armor.asc",
		"secret-second.pgp", "secret-subkey.pgp"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		answer_expect(submit(files[i], NULL), 422, "secret key");
		answer_expect(submit(files[i], "Accept: application/json\r\n"),
			422, "{\"error\":\"Not usable: this holds a secret");
	}
}

static void
test_armor_is_read_with_any_crc_and_line_end(void **state)
{
	static const char *const files[] = {"armor-bad-crc.asc",
		"armor-no-crc.asc", "armor-crlf-headers.asc",
		"armor-junk-around.asc", "armor-two-blocks.asc"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		answer_expect(submit(files[i], NULL), 200, NULL);
}

#define BOTH "Accept, Accept-Language"

static void
test_form_of_the_answer_follows_options_then_accept(void **state)
{
	static const struct {
		const char *target, *headers, *type, *vary;
	} rows[] = {
		{"/pks/add", NULL, "text/plain; charset=UTF-8", "Accept"},
		{"/pks/add?options=mr", NULL, "application/json", ""},
		{"/pks/add?options=nm,json", "Accept: text/html\r\n",
			"application/json", ""},
		{"/pks/add", "Accept: application/json\r\n", "application/json",
			"Accept"},
		{"/pks/add", "Accept: text/html;q=0.9,application/json\r\n",
			"application/json", "Accept"},
		{"/pks/add", "Accept: text/html,application/json;q=0.8\r\n",
			"text/html; charset=UTF-8", BOTH},
		{"/pks/add", "Accept: text/html,*/*;q=0.8\r\n",
			"text/html; charset=UTF-8", BOTH},
		{"/pks/add", "Accept: */*\r\n", "text/plain; charset=UTF-8",
			"Accept"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = {0};
		char fpr[41];
		struct answer a;

		one_site_wrap(&b, "", "", fpr);
		a = site_post(&site, rows[i].target, "text/plain", buf_view(&b),
			rows[i].headers);
		assert_int_equal(a.status, 200);
		assert_text(answer_field(&a, "Content-Type"), rows[i].type);
		assert_text(answer_field(&a, "Cache-Control"), "no-store");
		assert_text(answer_field(&a, "Vary"), rows[i].vary);
		assert_text(
			answer_field(&a, "Access-Control-Allow-Origin"), "*");
		answer_done(&a);
		buf_done(&b);
	}
}

static void
test_mirror_refuses_before_it_reads(void **state)
{
	static const char *const targets[] = {
		"/pks/add", "/pks/v2/certs", "/vks/v1/upload"};
	struct site mirror;
	struct buf b = {0};
	char fpr[41];
	size_t i;

	(void)state;
	one_site_wrap(&b, "", "", fpr);
	site_init(&mirror);
	mirror.settings.submissions = false;
	site_start(&mirror);
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		answer_expect(
			site_post(&mirror, targets[i], "application/pgp-keys",
				buf_view(&b), NULL),
			403, "Forbidden: this server takes no submissions");
	answer_expect(site_get_key(&mirror, fpr), 404, "No keys found");
	site_stop(&mirror);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_each_dropped_packet_has_a_line_with_its_reason),
		cmocka_unit_test(test_json_and_html_tell_the_same),
		cmocka_unit_test(test_nm_refuses_only_for_what_is_the_keys_own),
		cmocka_unit_test(test_nm_may_be_a_field_of_its_own),
		cmocka_unit_test(test_lone_revocation_finds_its_key),
		cmocka_unit_test(
			test_lone_revocation_joins_its_key_in_the_same_text),
		cmocka_unit_test(test_new_key_and_its_revocation_come_together),
		cmocka_unit_test(test_spoilt_revocation_is_refused),
		cmocka_unit_test(
			test_secret_key_is_refused_whatever_is_beside_it),
		cmocka_unit_test(test_armor_is_read_with_any_crc_and_line_end),
		cmocka_unit_test(
			test_form_of_the_answer_follows_options_then_accept),
		cmocka_unit_test(test_mirror_refuses_before_it_reads),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
