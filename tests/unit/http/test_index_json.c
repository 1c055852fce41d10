/*
 * The index as JSON: the same facts over both protocols, and valid JSON
 * whatever a user ID holds.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define V4 "0c1fb9fc57cd090f3ffe36384e8c74ff05f0b0cb" /* revoked-uid */
#define V6 "727009cc2eb10cac866f484cf7e239f983b164010a678d863ec92b156022a5c6"
#define V1 "/pks/lookup?op=index&options=json&search="
#define V2 "/pks/v2/index/"

static int
start(void **state)
{
	static const char *const files[] = {"revoked-uid.pgp",
		"v6-ed25519-uid.pgp", "uid-latin1.pgp", "uid-control.pgp",
		"uid-bidi.pgp", "expired.pgp", "v3-rsa.pgp"};
	size_t i;

	one_site_start(state);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		one_site_store(files[i]);
	return 0;
}

/* The array; RFC 8259 as jansson reads it, so UTF-8 too. */
static json_t *
ask(const char *target, size_t count)
{
	struct answer a = site_get(&site, target);
	json_error_t error;
	json_t *o;

	if (a.status != 200)
		fail_msg("%s: %d", target, a.status);
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	assert_text(answer_field(&a, "Cache-Control"), "no-cache");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_true(answer_field(&a, "ETag").len > 2);
	o = json_loadb((const char *)a.body.data, a.body.len,
		JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	if (o == NULL)
		fail_msg("%s: %s", target, error.text);
	assert_true(json_is_array(o));
	assert_int_equal(json_array_size(o), count);
	answer_done(&a);
	return o;
}

static json_t *
member(json_t *list, size_t i, const char *name)
{
	return json_object_get(json_array_get(list, i), name);
}

static void
is_text(json_t *v, const char *want)
{
	assert_non_null(v);
	assert_string_equal(json_string_value(v), want);
}

static void
test_draft_has_its_fields_and_no_others(void **state)
{
	json_t *list = ask(V2 "rev1@example.org", 1), *c, *uids, *algorithm;
	const char *key;
	json_t *value;

	(void)state;
	c = json_array_get(list, 0);
	assert_int_equal(json_integer_value(member(list, 0, "version")), 4);
	is_text(member(list, 0, "fingerprint"), V4);
	is_text(member(list, 0, "creation"), "2017-07-14T02:40:00Z");
	assert_null(member(list, 0, "expiration"));
	assert_true(json_is_false(member(list, 0, "isExpired")));
	assert_true(json_is_false(member(list, 0, "isRevoked")));
	algorithm = member(list, 0, "algorithm");
	assert_int_equal(
		json_integer_value(json_object_get(algorithm, "code")), 22);
	is_text(json_object_get(algorithm, "name"), "EdDSALegacy");
	is_text(json_object_get(algorithm, "curve"), "Ed25519");
	assert_null(json_object_get(algorithm, "bitLength"));
	uids = member(list, 0, "userIDs");
	assert_int_equal(json_array_size(uids), 2);
	is_text(member(uids, 0, "uidString"), "Rev One <rev1@example.org>");
	assert_true(json_is_false(member(uids, 0, "isRevoked")));
	is_text(member(uids, 1, "uidString"), "Rev Two <rev2@example.org>");
	assert_true(json_is_true(member(uids, 1, "isRevoked")));
	assert_null(member(uids, 0, "confidence"));
	assert_null(member(uids, 0, "keywords"));
	assert_int_equal(json_array_size(member(list, 0, "subkeys")), 0);
	json_object_foreach(c, key, value)
	{
		assert_string_not_equal(key, "md5");
		assert_string_not_equal(key, "longKeyID");
		assert_string_not_equal(key, "length");
	}
	json_decref(list);
}

static void
test_version_1_has_the_names_of_the_other_server_too(void **state)
{
	json_t *list = ask(V1 "rev1@example.org", 1), *uids;

	(void)state;
	is_text(member(list, 0, "fingerprint"), V4);
	is_text(member(list, 0, "longKeyID"), "4e8c74ff05f0b0cb");
	is_text(member(list, 0, "md5"), "64b4d073dd66452a702c0d58cd3c588d");
	assert_true(json_integer_value(member(list, 0, "length")) > 100);
	uids = member(list, 0, "userIDs");
	is_text(member(uids, 0, "keywords"), "Rev One <rev1@example.org>");
	is_text(member(uids, 0, "uidString"), "Rev One <rev1@example.org>");
	json_decref(list);
}

static void
test_version_6_and_its_subkeys_are_told(void **state)
{
	json_t *list = ask(V2 "v6@example.org", 1), *subkeys;

	(void)state;
	assert_int_equal(json_integer_value(member(list, 0, "version")), 6);
	is_text(member(list, 0, "fingerprint"), V6);
	subkeys = member(list, 0, "subkeys");
	assert_int_equal(json_array_size(subkeys), 2);
	assert_int_equal(json_integer_value(member(subkeys, 0, "version")), 6);
	is_text(json_object_get(member(subkeys, 0, "algorithm"), "name"),
		"X25519");
	assert_null(member(subkeys, 0, "userIDs"));
	json_decref(list);
	json_decref(ask(V1 "v6@example.org", 1));
}

static void
test_rsa_has_its_length_and_version_3_its_key_id(void **state)
{
	json_t *list = ask(V1 "0xA3C2D842202DD7B1", 1), *algorithm;

	(void)state;
	assert_int_equal(json_integer_value(member(list, 0, "version")), 3);
	is_text(member(list, 0, "fingerprint"),
		"9172cdae9d0c7bf789993ce230c35b74");
	is_text(member(list, 0, "longKeyID"), "a3c2d842202dd7b1");
	algorithm = member(list, 0, "algorithm");
	is_text(json_object_get(algorithm, "name"), "RSA (Encrypt or Sign)");
	assert_true(json_integer_value(
			    json_object_get(algorithm, "bitLength")) >= 512);
	assert_null(json_object_get(algorithm, "curve"));
	json_decref(list);
}

static char *
creation_of_gone(bool expired)
{
	json_t *list = ask(V2 "gone@example.org", 1), *uid;
	char *text;

	assert_int_equal(json_is_true(member(list, 0, "isExpired")), expired);
	assert_int_equal(member(list, 0, "expiration") != NULL, expired);
	uid = member(list, 0, "userIDs");
	text = xstrdup(json_string_value(member(uid, 0, "creation")));
	json_decref(list);
	return text;
}

static void
test_expiry_is_told_and_user_ids_keep_their_age(void **state)
{
	char *before = creation_of_gone(true), *after;

	(void)state;
	one_site_store("expired-renewed.pgp");
	after = creation_of_gone(false);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
test_hostile_user_ids_make_valid_json(void **state)
{
	json_t *list, *uid;

	(void)state;
	list = ask(V1 "joerg@example.org", 1);
	uid = member(member(list, 0, "userIDs"), 0, "uidString");
	is_text(uid, "J\xC3\xB6rg M\xC3\xBCller <joerg@example.org>");
	json_decref(list);
	list = ask(V1 "0x38A74D0299E6532982E7C278D5CCAA821997D875", 1);
	uid = member(member(list, 0, "userIDs"), 0, "uidString");
	assert_int_equal(json_string_length(uid), 61);
	assert_memory_equal(
		json_string_value(uid), "Evil\r\nuid:x\0\x1b[31m", 17);
	json_decref(list);
}

static void
test_accept_asks_for_json_and_mr_wins(void **state)
{
	static const char target[] =
		"/pks/lookup?op=index&search=rev1@example.org";
	struct answer a;

	(void)state;
	a = one_site_ask("GET", target, "Accept: application/json\r\n");
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	answer_done(&a);
	a = one_site_ask(
		"GET", target, "Accept: text/html, application/json;q=0.9\r\n");
	assert_text(
		answer_field(&a, "Content-Type"), "text/html; charset=UTF-8");
	answer_done(&a);
	a = site_get(&site, "/pks/lookup?op=index&options=json,mr&search="
			    "rev1@example.org");
	assert_true(answer_says(&a, "info:1:1\n"));
	answer_done(&a);
	a = one_site_ask("GET",
		"/pks/lookup?op=index&options=mr&search=rev1@example.org",
		"Accept: application/json\r\n");
	assert_true(answer_says(&a, "info:1:1\n"));
	answer_done(&a);
}

static void
test_no_certificate_is_404_as_json(void **state)
{
	(void)state;
	answer_expect(site_get(&site, V2 "nobody@example.org"), 404,
		"{\"error\":\"No keys found");
	answer_expect(site_get(&site, V1 "nobody@example.org"), 404,
		"{\"error\":\"No keys found");
	/* The same identities as by-identity, no others. */
	answer_expect(site_get(&site, V2 V4), 404, NULL);
	answer_expect(site_get(&site, V2 "Rev"), 404, NULL);
	json_decref(ask(V2 "Rev%20One%20%3Crev1%40example.org%3E", 1));
}

static void
test_index_is_revalidated(void **state)
{
	struct answer a = site_get(&site, V2 "rev1@example.org"), b;
	struct bytes tag = answer_field(&a, "ETag");
	char header[160];

	(void)state;
	snprintf(header, sizeof(header), "If-None-Match: %.*s\r\n",
		(int)tag.len, (const char *)tag.data);
	b = one_site_ask("GET", V2 "rev1@example.org", header);
	assert_int_equal(b.status, 304);
	assert_int_equal(b.body.len, 0);
	assert_text(answer_field(&b, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
	answer_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draft_has_its_fields_and_no_others),
		cmocka_unit_test(
			test_version_1_has_the_names_of_the_other_server_too),
		cmocka_unit_test(test_version_6_and_its_subkeys_are_told),
		cmocka_unit_test(
			test_rsa_has_its_length_and_version_3_its_key_id),
		cmocka_unit_test(
			test_expiry_is_told_and_user_ids_keep_their_age),
		cmocka_unit_test(test_hostile_user_ids_make_valid_json),
		cmocka_unit_test(test_accept_asks_for_json_and_mr_wins),
		cmocka_unit_test(test_no_certificate_is_404_as_json),
		cmocka_unit_test(test_index_is_revalidated),
	};

	return cmocka_run_group_tests(tests, start, one_site_stop);
}
