/*
 * What becomes of a submission, in every wrapping that clients use.
 */
#include <stdio.h>
#include <string.h>

#include "pgp/armor.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define DISPOSITION "Content-Disposition: form-data; name=\"keytext\""

static void
test_armor_is_taken_in_every_wrapping(void **state)
{
	(void)state;
	one_site_takes("application/pgp-keys", "", "");
	one_site_takes("application/pgp; charset=UTF-8", "", "");
	one_site_takes(
		"text/plain", "some words before it\n", "and after it\n");
	one_site_takes("application/octet-stream", "", "");
	one_site_takes(NULL, "", "");
	one_site_takes("multipart/form-data; boundary=\"b\"",
		"--b\r\n" DISPOSITION "\r\n\r\n", "\r\n--b--\r\n");
	one_site_takes("multipart/form-data; boundary=b",
		"--b\r\n" DISPOSITION "\r\n\r\n\r\n--b\r\n" DISPOSITION
		"; filename=\"a.asc\"\r\nContent-Type: x/y\r\n\r\n",
		"\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n"
		"1\r\n--b--\r\n");
	/* What curl --data-binary @key.asc sends. */
	one_site_takes("application/x-www-form-urlencoded", "", "");
}

static void
test_json_object_is_taken(void **state)
{
	struct buf armor, body = {0};
	char fpr[41];

	(void)state;
	site_key(one_site_next_key++, &armor, fpr);
	assert_ok(buf_puts(&body, "{\"x\": [1, {}], \"keytext\": \""));
	for (size_t i = 0; i < armor.len; i++)
		assert_ok(buf_printf(&body,
			armor.data[i] == '\n' ? "\\n" : "%c", armor.data[i]));
	assert_ok(buf_puts(&body, "\"}"));
	answer_expect(
		site_post(&site, "/pks/add", "application/json; charset=utf-8",
			buf_view(&body), NULL),
		200, "inserted ");
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	answer_expect(site_post(&site, "/pks/add", "application/json",
			      bytes_of("{\"a\":\"b\"}"), NULL),
		400, "no keytext");
	answer_expect(site_post(&site, "/pks/add", "application/json",
			      bytes_of("[]"), NULL),
		400, "no JSON object");
	buf_done(&armor);
	buf_done(&body);
}

static void
test_nm_refuses_what_would_lose_packets(void **state)
{
	struct buf armor, body = {0};
	char fpr[41], long_id[3001];

	(void)state;
	memset(long_id, 'a', sizeof(long_id) - 1);
	long_id[sizeof(long_id) - 1] = '\0';
	site_key_of(one_site_next_key++, long_id, &armor, fpr);
	assert_ok(buf_puts(&body, "options=nm&keytext="));
	for (size_t i = 0; i < armor.len; i++)
		assert_ok(buf_printf(&body, "%%%02x", armor.data[i]));
	answer_expect(site_post(&site, "/pks/add",
			      "application/x-www-form-urlencoded",
			      buf_view(&body), NULL),
		422, "invalid ");
	answer_expect(site_get_key(&site, fpr), 404, NULL);
	answer_expect(site_post(&site, "/pks/add", "application/pgp-keys",
			      buf_view(&armor), NULL),
		200, "not kept");
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	buf_done(&armor);
	buf_done(&body);
}

static void
test_form_fields_come_in_any_order(void **state)
{
	struct buf armor, form = {0};
	char fpr[41];
	size_t i;

	(void)state;
	site_key(one_site_next_key++, &armor, fpr);
	assert_ok(buf_puts(&form, "options=nm&keytext="));
	for (i = 0; i < armor.len; i++)
		assert_ok(buf_printf(&form, "%%%02x", armor.data[i]));
	assert_ok(buf_puts(&form, "&x=y"));
	answer_expect(
		site_post(&site, "/pks/add",
			"application/x-www-form-urlencoded; charset=UTF-8",
			buf_view(&form), NULL),
		200, "inserted ");
	buf_done(&armor);
	buf_done(&form);
}

static void
test_binary_file_and_text_are_taken_together(void **state)
{
	struct buf body = {0}, raw = {0};
	char fpr[41], line[64];

	(void)state;
	gen_cert(NULL, 7, one_site_next_key++, &raw, NULL);
	assert_true(raw.data[0] >= 0x80);
	assert_ok(
		buf_puts(&body, "--b\r\n" DISPOSITION "; filename=x\r\n\r\n"));
	assert_ok(buf_put(&body, buf_view(&raw)));
	one_site_wrap(&body, "\r\n--b\r\n" DISPOSITION "\r\n\r\n",
		"\r\n--b--\r\n", fpr);
	snprintf(line, sizeof(line), "inserted %s", fpr);
	answer_expect(
		site_post(&site, "/pks/add", "multipart/form-data; boundary=b",
			buf_view(&body), NULL),
		200, line);
	answer_expect(site_post(&site, "/pks/add", "application/pgp",
			      buf_view(&raw), NULL),
		200, "ignored ");
	buf_done(&body);
	buf_done(&raw);
}

static void
test_all_blocks_of_a_text_are_taken(void **state)
{
	struct buf body = {0};
	char one[41], two[41], line[64];
	struct answer a;

	(void)state;
	one_site_wrap(&body, "first\n", "\nsecond\n", one);
	one_site_wrap(&body, "", "\nend\n", two);
	a = site_post(&site, "/pks/add", "text/plain", buf_view(&body), NULL);
	assert_int_equal(a.status, 200);
	snprintf(line, sizeof(line), "inserted %s\n", one);
	assert_true(answer_says(&a, line));
	snprintf(line, sizeof(line), "inserted %s\n", two);
	assert_true(answer_says(&a, line));
	answer_done(&a);
	buf_done(&body);
}

static void
test_missing_keytext_is_400(void **state)
{
	static const char form[] = "application/x-www-form-urlencoded";

	(void)state;
	answer_expect(site_post(&site, "/pks/add", form, bytes_of(""), NULL),
		400, "Bad request: no keytext");
	answer_expect(site_post(&site, "/pks/add", form, bytes_of("a=b"), NULL),
		400, "no keytext");
	answer_expect(site_post(&site, "/pks/add", form,
			      bytes_of("keytext=%0A+"), NULL),
		400, "no keytext");
	answer_expect(site_post(&site, "/pks/add", NULL, bytes_of(" \n"), NULL),
		400, "no keytext");
	answer_expect(site_post(&site, "/pks/add", "multipart/form-data",
			      bytes_of("x"), NULL),
		400, "boundary");
	answer_expect(
		site_post(&site, "/pks/add", "image/png", bytes_of("x"), NULL),
		415, NULL);
}

static void
test_what_is_no_key_is_422(void **state)
{
	(void)state;
	answer_expect(site_post(&site, "/pks/add", "text/plain",
			      bytes_of("not a key at all"), NULL),
		422, NULL);
	answer_expect(site_post(&site, "/pks/add", "application/pgp",
			      bytes_of("\x99\x01\x02garbage"), NULL),
		422, NULL);
}

static void
test_secret_key_is_422_with_a_warning(void **state)
{
	static const char text[] = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n"
				   "lFgEZVPxABYJKwYBBAHaRw8BAQdA\n"
				   "-----END PGP PRIVATE KEY BLOCK-----\n";

	(void)state;
	answer_expect(site_post(&site, "/pks/add", "text/plain", bytes_of(text),
			      NULL),
		422, "secret key");
}

static void
test_good_ones_are_stored_beside_bad_ones(void **state)
{
	struct buf body = {0};
	char fpr[41];

	(void)state;
	one_site_wrap(&body,
		"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"
		"-----END PGP PUBLIC KEY BLOCK-----\n",
		"", fpr);
	answer_expect(site_post(&site, "/pks/add", "text/plain",
			      buf_view(&body), NULL),
		200, fpr);
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	buf_done(&body);
}

static void
test_answer_is_json_when_asked_for(void **state)
{
	struct buf body = {0};
	char fpr[41], line[80];
	struct answer a;
	size_t i;

	(void)state;
	one_site_wrap(&body, "", "", fpr);
	a = site_post(&site, "/pks/add", "text/plain", buf_view(&body),
		"Accept: application/json\r\n");
	assert_int_equal(a.status, 200);
	for (i = 0; fpr[i] != '\0'; i++)
		if (fpr[i] >= 'A')
			fpr[i] = (char)(fpr[i] + 32);
	snprintf(line, sizeof(line), "\"fingerprint\": \"%s\"", fpr);
	assert_true(answer_says(&a, line));
	assert_true(answer_says(&a, "\"deleted\": []"));
	answer_done(&a);
	buf_done(&body);
}

static void
test_options_hold_beside_several_keytexts(void **state)
{
	struct buf body = {0};
	char one[41], two[41];

	(void)state;
	one_site_wrap(&body,
		"--b\r\nContent-Disposition: form-data; name=options\r\n\r\n"
		"nm,json\r\n--b\r\n" DISPOSITION "\r\n\r\n",
		"\r\n--b\r\n" DISPOSITION "\r\n\r\n", one);
	one_site_wrap(&body, "", "\r\n--b--\r\n", two);
	answer_expect(
		site_post(&site, "/pks/add", "multipart/form-data; boundary=b",
			buf_view(&body), NULL),
		200, "\"inserted\": [");
	buf_done(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_armor_is_taken_in_every_wrapping),
		cmocka_unit_test(test_json_object_is_taken),
		cmocka_unit_test(test_nm_refuses_what_would_lose_packets),
		cmocka_unit_test(test_form_fields_come_in_any_order),
		cmocka_unit_test(test_binary_file_and_text_are_taken_together),
		cmocka_unit_test(test_all_blocks_of_a_text_are_taken),
		cmocka_unit_test(test_missing_keytext_is_400),
		cmocka_unit_test(test_what_is_no_key_is_422),
		cmocka_unit_test(test_secret_key_is_422_with_a_warning),
		cmocka_unit_test(test_good_ones_are_stored_beside_bad_ones),
		cmocka_unit_test(test_answer_is_json_when_asked_for),
		cmocka_unit_test(test_options_hold_beside_several_keytexts),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
