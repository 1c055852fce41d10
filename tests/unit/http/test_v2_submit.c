/*
 * HKP v2: submissions, and what is told of them.
 */
#include <jansson.h>
#include <stdio.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static const char certs[] = "/pks/v2/certs";

/* All five lists, and how many entries each has. */
static json_t *
lists_of(struct answer *a)
{
	static const char *const names[] = {
		"inserted", "updated", "deleted", "ignored", "invalid"};
	json_t *o =
		json_loadb((const char *)a->body.data, a->body.len, 0, NULL);
	size_t i;

	assert_text(answer_field(a, "Content-Type"), "application/json");
	assert_text(answer_field(a, "Cache-Control"), "no-store");
	assert_text(answer_field(a, "Access-Control-Allow-Origin"), "*");
	assert_true(json_is_object(o));
	assert_int_equal(json_object_size(o), 5);
	for (i = 0; i < 5; i++)
		assert_true(json_is_array(json_object_get(o, names[i])));
	return o;
}

static void
expect_one(
	const char *type, struct bytes body, const char *list, const char *fpr)
{
	struct answer a = site_post(&site, certs, type, body, NULL);
	json_t *o, *e;
	char lower[41];
	size_t i;

	for (i = 0; i < sizeof(lower); i++)
		lower[i] = (char)(fpr[i] >= 'A' ? fpr[i] + 32 : fpr[i]);
	assert_int_equal(a.status, 200);
	o = lists_of(&a);
	assert_int_equal(json_array_size(json_object_get(o, list)), 1);
	e = json_array_get(json_object_get(o, list), 0);
	assert_int_equal(json_integer_value(json_object_get(e, "version")), 4);
	assert_string_equal(
		json_string_value(json_object_get(e, "fingerprint")), lower);
	json_decref(o);
	answer_done(&a);
}

static void
hex20(const uint8_t octets[20], char fpr[41])
{
	int i;

	for (i = 0; i < 20; i++)
		snprintf(fpr + 2 * i, 3, "%02X", octets[i]);
}

static void
test_bundle_is_taken_in_each_of_its_types(void **state)
{
	static const char *const types[] = {"application/pgp",
		"application/pgp-keys", "application/pgp-keys;armor=no", NULL};
	uint8_t octets[20];
	char fpr[41];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct buf raw = {0};

		gen_cert(NULL, 7, one_site_next_key++, &raw, octets);
		hex20(octets, fpr);
		expect_one(types[i], buf_view(&raw), "inserted", fpr);
		expect_one(types[i], buf_view(&raw), "ignored", fpr);
		buf_done(&raw);
	}
}

static void
test_multipart_keytext_and_armor_are_taken(void **state)
{
	struct buf body = {0}, armor;
	char fpr[41];

	(void)state;
	one_site_wrap(&body,
		"--b\r\nContent-Disposition: form-data; name=keytext\r\n\r\n",
		"\r\n--b--\r\n", fpr);
	expect_one("multipart/form-data; boundary=b", buf_view(&body),
		"inserted", fpr);
	site_key(one_site_next_key++, &armor, fpr);
	expect_one("application/pgp-keys", buf_view(&armor), "inserted", fpr);
	buf_done(&body);
	buf_done(&armor);
}

static void
test_bundle_of_several_is_told_one_by_one(void **state)
{
	struct buf raw = {0};
	struct answer a;
	json_t *o;
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		gen_cert(NULL, 7, one_site_next_key++, &raw, NULL);
	a = site_post(&site, certs, "application/pgp", buf_view(&raw), NULL);
	assert_int_equal(a.status, 200);
	o = lists_of(&a);
	assert_int_equal(json_array_size(json_object_get(o, "inserted")), 3);
	json_decref(o);
	answer_done(&a);
	buf_done(&raw);
}

static void
test_what_is_malformed_or_empty_is_422(void **state)
{
	static const char *const type = "application/pgp";
	struct buf b = {0};

	(void)state;
	answer_expect(site_post(&site, certs, type, bytes_of(""), NULL), 422,
		"{\"error\":\"");
	answer_expect(site_post(&site, certs, type, bytes_of("\x99zz"), NULL),
		422, "{\"error\":\"Not usable");
	answer_expect(site_post(&site, certs, type, bytes_of("words"), NULL),
		422, "{\"error\":\"Not usable");
	one_site_file("secret-key.pgp", &b);
	answer_expect(site_post(&site, certs, type, buf_view(&b), NULL), 422,
		"secret key");
	buf_clear(&b);
	one_site_file("revocation-certificate.pgp", &b);
	answer_expect(site_post(&site, certs, type, buf_view(&b), NULL), 422,
		"\"invalid\": [\n  {\n   \"comment\": \"the signature");
	buf_done(&b);
}

static void
test_other_types_are_415_and_a_great_body_413(void **state)
{
	static const char *const types[] = {"application/json", "text/plain",
		"application/x-www-form-urlencoded", "image/png"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		answer_expect(site_post(&site, certs, types[i],
				      bytes_of("keytext=x"), NULL),
			415, "{\"error\":\"");
	answer_expect(site_asks(&site, "POST /pks/v2/certs HTTP/1.1\r\n"
				       "Host: x\r\nContent-Length: 8388609"
				       "\r\n\r\n"),
		413, "{\"error\":\"");
	answer_expect(site_asks(&site, "POST /pks/v2/certs HTTP/1.1\r\n"
				       "Host: x\r\n\r\n"),
		411, "{\"error\":\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bundle_is_taken_in_each_of_its_types),
		cmocka_unit_test(test_multipart_keytext_and_armor_are_taken),
		cmocka_unit_test(test_bundle_of_several_is_told_one_by_one),
		cmocka_unit_test(test_what_is_malformed_or_empty_is_422),
		cmocka_unit_test(test_other_types_are_415_and_a_great_body_413),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
