/*
 * VKS: the routes that clients of keys.openpgp.org call.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/keys/vks_token.h"
#include "pgp/base64.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define V4 "0C1FB9FC57CD090F3FFE36384E8C74FF05F0B0CB" /* revoked-uid */
#define V6 "727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define V6_SUBKEY                                                              \
	"2615FE479BCA9B4483B76D9F82EA128D33A2955B62FA3A25880D111C4242644A"
#define VKS "/vks/v1/"

static int
start(void **state)
{
	one_site_start(state);
	one_site_store("revoked-uid.pgp");
	one_site_store("v6-ed25519-uid.pgp");
	return 0;
}

static void
gives(const char *target, const char *name)
{
	struct answer a = site_get(&site, target);
	char disposition[128];

	assert_int_equal(a.status, 200);
	assert_true(answer_says(&a, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
	assert_text(answer_field(&a, "Content-Type"), "application/pgp-keys");
	snprintf(disposition, sizeof(disposition),
		"attachment; filename=\"%s.asc\"", name);
	assert_text(answer_field(&a, "Content-Disposition"), disposition);
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
}

/* Plain text, even for a browser. */
static void
refuses(const char *target, int status)
{
	struct answer a = one_site_ask("GET", target, "Accept: text/html\r\n");

	assert_int_equal(a.status, status);
	assert_text(
		answer_field(&a, "Content-Type"), "text/plain; charset=UTF-8");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
}

static void
test_certificate_is_found_by_each_of_its_names(void **state)
{
	(void)state;
	gives(VKS "by-fingerprint/" V4, V4);
	gives(VKS "by-fingerprint/0x" V4, V4);
	gives(VKS "by-fingerprint/0c1fb9fc57cd090f3ffe36384e8c74ff05f0b0cb",
		V4);
	gives(VKS "by-fingerprint/" V6, V6);
	gives(VKS "by-fingerprint/" V6_SUBKEY, V6);
	gives(VKS "by-keyid/4E8C74FF05F0B0CB", V4);
	gives(VKS "by-keyid/0x4e8c74ff05f0b0cb", V4);
	gives(VKS "by-email/rev1%40example.org", V4);
	gives(VKS "by-email/rev2@example.org", V4);
	gives(VKS "by-email/REV1@EXAMPLE.org", V4);
	one_site_head_is_get(VKS "by-fingerprint/" V4);
	one_site_head_is_get(VKS "by-email/nobody@example.org");
}

static void
test_version_6_is_armored_without_a_checksum(void **state)
{
	struct answer a = site_get(&site, VKS "by-fingerprint/" V6);

	(void)state;
	assert_false(answer_says(&a, "\n="));
	answer_done(&a);
	a = site_get(&site, VKS "by-fingerprint/" V4);
	assert_true(answer_says(&a, "\n="));
	answer_done(&a);
}

static void
test_nothing_found_is_404_and_nonsense_400(void **state)
{
	(void)state;
	refuses(VKS "by-fingerprint/0000000000000000000000000000000000000000",
		404);
	refuses(VKS "by-keyid/0000000000000000", 404);
	refuses(VKS "by-keyid/727009CC2EB10CAC", 404); /* version 6 */
	refuses(VKS "by-email/nobody@example.org", 404);
	refuses(VKS "by-email/rev@example.org", 404);
	refuses(VKS "by-fingerprint/x", 400);
	refuses(VKS "by-fingerprint/" V4 "00", 400);
	refuses(VKS "by-fingerprint/4E8C74FF05F0B0CB", 400);
	refuses(VKS "by-keyid/05F0B0CB", 400);
	refuses(VKS "by-keyid/" V4, 400);
	refuses(VKS "by-email/Rev", 400);
	refuses(VKS "by-email/example.org", 400);
	refuses(VKS "by-email/Rev%20One%20%3Crev1%40example.org%3E", 400);
	refuses(VKS "by-email/a@x%20b@y", 400);
}

static json_t *
upload(const char *target, const char *type, struct bytes body, int status)
{
	struct answer a = site_post(&site, target, type, body, NULL);
	json_t *o = json_loadb((const char *)a.body.data, a.body.len, 0, NULL);

	if (a.status != status)
		fail_msg("%d: %.*s", a.status, (int)a.body.len,
			(const char *)a.body.data);
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_non_null(o);
	answer_done(&a);
	return o;
}

/* {"keytext": the octets in base64, in lines} */
static void
base64_body(struct bytes raw, struct buf *body)
{
	size_t n = base64_encoded_size(raw.len), i;
	char *text = xmalloc(n);

	base64_encode(raw, text);
	assert_ok(buf_puts(body, "{\"locale\": [\"de\"], \"keytext\": \""));
	for (i = 0; i < n; i += 60)
		assert_ok(buf_printf(body, "%.*s\\r\\n",
			(int)(n - i < 60 ? n - i : 60), text + i));
	assert_ok(buf_puts(body, "\"}"));
	free(text);
}

static void
test_upload_tells_the_key_and_its_addresses(void **state)
{
	struct buf raw = {0}, body = {0};
	json_t *o, *again, *status;
	const char *token;

	(void)state;
	one_site_file("revoked-uid.pgp", &raw);
	base64_body(buf_view(&raw), &body);
	o = upload(VKS "upload", "application/json; charset=utf-8",
		buf_view(&body), 200);
	assert_int_equal(json_object_size(o), 3);
	assert_string_equal(
		json_string_value(json_object_get(o, "key_fpr")), V4);
	status = json_object_get(o, "status");
	assert_int_equal(json_object_size(status), 2);
	assert_string_equal(
		json_string_value(json_object_get(status, "rev1@example.org")),
		"published");
	assert_string_equal(
		json_string_value(json_object_get(status, "rev2@example.org")),
		"revoked");
	token = json_string_value(json_object_get(o, "token"));
	assert_true(token != NULL && token[0] != '\0');
	buf_clear(&body);
	assert_ok(buf_printf(&body,
		"{\"addresses\": [\"rev1@example.org\"], \"token\": \"%s\"}",
		token));
	again = upload(
		VKS "request-verify", "application/json", buf_view(&body), 200);
	assert_true(json_equal(o, again));
	json_decref(o);
	json_decref(again);
	buf_done(&raw);
	buf_done(&body);
}

static void
test_armor_form_and_raw_are_taken(void **state)
{
	struct buf body = {0}, armor;
	char fpr[41];
	size_t i;
	json_t *o;

	(void)state;
	site_key(one_site_next_key++, &armor, fpr);
	assert_ok(buf_puts(&body, "{\"keytext\":\""));
	for (i = 0; i < armor.len; i++)
		assert_ok(buf_printf(&body,
			armor.data[i] == '\n' ? "\\n" : "%c", armor.data[i]));
	assert_ok(buf_puts(&body, "\"}"));
	o = upload(VKS "upload", "application/json", buf_view(&body), 200);
	assert_string_equal(
		json_string_value(json_object_get(o, "key_fpr")), fpr);
	json_decref(o);
	o = upload(VKS "upload", "text/plain", buf_view(&armor), 200);
	assert_string_equal(
		json_string_value(json_object_get(o, "key_fpr")), fpr);
	json_decref(o);
	buf_clear(&body);
	assert_ok(buf_puts(&body, "keytext="));
	for (i = 0; i < armor.len; i++)
		assert_ok(buf_printf(&body, "%%%02x", armor.data[i]));
	o = upload(VKS "upload", "application/x-www-form-urlencoded",
		buf_view(&body), 200);
	assert_string_equal(
		json_string_value(json_object_get(o, "key_fpr")), fpr);
	json_decref(o);
	buf_done(&armor);
	buf_done(&body);
}

static void
test_several_keys_are_a_bare_list(void **state)
{
	struct buf raw = {0}, body = {0};
	json_t *o;

	(void)state;
	gen_cert(NULL, 7, one_site_next_key++, &raw, NULL);
	gen_cert(NULL, 7, one_site_next_key++, &raw, NULL);
	base64_body(buf_view(&raw), &body);
	o = upload(VKS "upload", "application/json", buf_view(&body), 200);
	assert_true(json_is_array(o));
	assert_int_equal(json_array_size(o), 2);
	assert_int_equal(strlen(json_string_value(json_array_get(o, 0))), 40);
	json_decref(o);
	buf_done(&raw);
	buf_done(&body);
}

static void
expect_error(const char *target, const char *type, const char *text, int status)
{
	json_t *o = upload(target, type, bytes_of(text), status);

	assert_int_equal(json_object_size(o), 1);
	assert_true(json_is_string(json_object_get(o, "error")));
	json_decref(o);
}

static void
test_errors_are_json(void **state)
{
	static const char json[] = "application/json";
	struct buf raw = {0}, body = {0};

	(void)state;
	expect_error(VKS "upload", json, "", 400);
	expect_error(VKS "upload", json, "{", 400);
	expect_error(VKS "upload", json, "[]", 400);
	expect_error(VKS "upload", json, "{\"keytext\": 5}", 400);
	expect_error(VKS "upload", json, "{\"key\": \"x\"}", 400);
	expect_error(VKS "upload", json, "{\"keytext\": \"not a key\"}", 400);
	expect_error(VKS "upload", json, "{\"keytext\": \"AAAA\"}", 400);
	expect_error(VKS "upload", json, "{\"keytext\": \"mQ==\"}", 400);
	expect_error(VKS "upload", "image/png", "x", 400);
	one_site_file("secret-key.pgp", &raw);
	base64_body(buf_view(&raw), &body);
	json_decref(upload(VKS "upload", json, buf_view(&body), 400));
	buf_clear(&body);
	buf_clear(&raw);
	one_site_file("revocation-certificate.pgp", &raw);
	raw.data[raw.len - 1] ^= 1;
	base64_body(buf_view(&raw), &body);
	json_decref(upload(VKS "upload", json, buf_view(&body), 400));
	answer_expect(site_asks(&site, "POST /vks/v1/upload HTTP/1.1\r\n"
				       "Host: x\r\nContent-Length: 8388609"
				       "\r\n\r\n"),
		413, "{\"error\":\"");
	expect_error(VKS "request-verify", json, "{}", 400);
	expect_error(VKS "request-verify", json, "{\"token\": \"x\"}", 400);
	expect_error(VKS "request-verify", json, "{\"token\": \"\"}", 400);
	expect_error(VKS "request-verify", json, "nonsense", 400);
	expect_error(
		VKS "request-verify", "text/plain", "{\"token\": \"x\"}", 400);
	buf_done(&raw);
	buf_done(&body);
}

static void
test_token_is_good_for_its_key_and_its_process_only(void **state)
{
	struct vks_key key = {{1, 2, 3}}, other = {{1, 2, 4}};
	struct fingerprint f = {.version = 4, .len = 20, .octets = {9, 8}};
	struct fingerprint got;
	char token[VKS_TOKEN_MAX];
	size_t i, n;

	(void)state;
	vks_token_write(&key, &f, token);
	n = strlen(token);
	assert_ok(vks_token_read(&key, bytes_of(token), &got));
	assert_true(fingerprint_eq(&f, &got));
	assert_status(vks_token_read(&other, bytes_of(token), &got),
		STATUS_MALFORMED);
	for (i = 0; i < n; i++) {
		char was = token[i];

		token[i] = was == '0' ? '1' : '0';
		assert_status(vks_token_read(&key, bytes_of(token), &got),
			STATUS_MALFORMED);
		token[i] = was;
	}
	for (i = 0; i < n; i++)
		assert_status(vks_token_read(&key, bytes_make(token, i), &got),
			STATUS_MALFORMED);
	/* Of the longest fingerprint, too. */
	f.version = 6;
	f.len = 32;
	vks_token_write(&key, &f, token);
	assert_int_equal(strlen(token), VKS_TOKEN_MAX - 1);
	assert_ok(vks_token_read(&key, bytes_of(token), &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_certificate_is_found_by_each_of_its_names),
		cmocka_unit_test(test_version_6_is_armored_without_a_checksum),
		cmocka_unit_test(test_nothing_found_is_404_and_nonsense_400),
		cmocka_unit_test(test_upload_tells_the_key_and_its_addresses),
		cmocka_unit_test(test_armor_form_and_raw_are_taken),
		cmocka_unit_test(test_several_keys_are_a_bare_list),
		cmocka_unit_test(test_errors_are_json),
		cmocka_unit_test(
			test_token_is_good_for_its_key_and_its_process_only),
	};

	return cmocka_run_group_tests(tests, start, one_site_stop);
}
