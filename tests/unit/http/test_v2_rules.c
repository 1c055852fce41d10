/*
 * HKP v2: categories, their methods, and what is not served.
 */
#include <string.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static void
is(const char *method, const char *target, int status)
{
	struct answer a = one_site_ask(method, target,
		strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0
			? "Content-Length: 0\r\n"
			: "");

	if (a.status != status)
		fail_msg("%s %s: %d, not %d", method, target, a.status, status);
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(&a, "X-Content-Type-Options"), "nosniff");
	assert_true(answer_field(&a, "Server").len > 0);
	assert_true(answer_field(&a, "Date").len > 0);
	answer_done(&a);
}

static void
test_category_without_identifier_is_403(void **state)
{
	static const char *const paths[] = {"/pks/v2/certs", "/pks/v2/certs/",
		"/pks/v2/index", "/pks/v2/index/", "/pks/v2/prefixlog",
		"/pks/v2/certs/by-vfingerprint", "/pks/v2/certs/by-keyid",
		"/pks/v2/certs/by-identity"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		is("GET", paths[i], 403);
		is("HEAD", paths[i], 403);
	}
}

static void
test_what_is_not_served_is_501(void **state)
{
	static const char *const paths[] = {"/pks/v2/canonical",
		"/pks/v2/canonical/a@example.org", "/pks/v2/sendtoken",
		"/pks/v2/sendtoken/x", "/pks/v2/bogus", "/pks/v2/bogus/x",
		"/pks/v2/certs/by-bogus/x"};
	static const char *const methods[] = {
		"GET", "HEAD", "PUT", "POST", "OPTIONS", "DELETE"};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		for (k = 0; k < sizeof(methods) / sizeof(methods[0]); k++)
			is(methods[k], paths[i], 501);
	/* Too much behind an identifier is no category. */
	is("GET", "/pks/v2/index/a/b", 404);
	is("GET", "/pks/v2", 404);
	is("GET", "/pks/v3/index/a", 404);
}

static void
expect_allow(const char *target, const char *allow, size_t types)
{
	struct answer a = one_site_ask("OPTIONS", target, "");
	size_t n = 0, i;

	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.len, 0);
	assert_text(answer_field(&a, "Allow"), allow);
	assert_text(answer_field(&a, "Access-Control-Allow-Methods"), allow);
	assert_text(answer_field(&a, "Access-Control-Allow-Headers"),
		"Content-Type, Authorization, Authentication, If-None-Match");
	assert_text(answer_field(&a, "Access-Control-Max-Age"), "86400");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	for (i = 0; i + 9 < a.head.len; i++)
		n += memcmp(a.head.data + i, "\nAccept: ", 9) == 0;
	assert_int_equal(n, types);
	answer_done(&a);
}

static void
test_options_tells_what_a_category_can(void **state)
{
	static const char reads[] = "GET, HEAD, OPTIONS";
	struct answer a;

	(void)state;
	expect_allow("/pks/v2/index", reads, 0);
	expect_allow("/pks/v2/index/x", reads, 0);
	expect_allow("/pks/v2/prefixlog", reads, 0);
	expect_allow("/pks/v2/certs/by-keyid", reads, 0);
	expect_allow("/pks/v2/certs/by-vfingerprint", reads, 0);
	expect_allow("/pks/v2/certs/by-vfingerprint/04/x", reads, 0);
	expect_allow("/pks/v2/certs/by-identity", reads, 0);
	expect_allow("/pks/v2/certs", "POST, OPTIONS", 3);
	expect_allow("/pks/add", "POST, OPTIONS", 7);
	expect_allow("/pks/hashquery", "POST, OPTIONS", 0);
	expect_allow("/vks/v1/by-email/x", reads, 0);
	expect_allow("/vks/v1/upload", "POST, OPTIONS", 7);
	expect_allow("/vks/v1/request-verify", "POST, OPTIONS", 1);
	a = one_site_ask("OPTIONS", "/pks/v2/certs", "");
	assert_non_null(memmem(
		a.head.data, a.head.len, "\nAccept: application/pgp\r", 25));
	assert_non_null(memmem(a.head.data, a.head.len,
		"\nAccept: application/pgp-keys\r", 30));
	assert_non_null(memmem(a.head.data, a.head.len,
		"\nAccept: multipart/form-data\r", 29));
	answer_done(&a);
}

static void
test_other_methods_are_405_with_allow(void **state)
{
	static const struct {
		const char *method, *target, *allow;
	} rows[] = {
		{"DELETE", "/pks/v2/certs", "POST, OPTIONS"},
		{"POST", "/pks/v2/index/x", "GET, HEAD, OPTIONS"},
		{"PUT", "/pks/v2/prefixlog/x", "GET, HEAD, OPTIONS"},
		{"GET", "/pks/add", "POST, OPTIONS"},
		{"HEAD", "/pks/add", "POST, OPTIONS"},
		{"GET", "/pks/hashquery", "POST, OPTIONS"},
		{"GET", "/vks/v1/upload", "POST, OPTIONS"},
		{"PUT", "/vks/v1/by-email/x", "GET, HEAD, OPTIONS"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer a = one_site_ask(rows[i].method, rows[i].target,
			rows[i].method[0] == 'P' ? "Content-Length: 0\r\n"
						 : "");

		assert_int_equal(a.status, 405);
		assert_text(answer_field(&a, "Allow"), rows[i].allow);
		assert_text(
			answer_field(&a, "Access-Control-Allow-Origin"), "*");
		answer_done(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_category_without_identifier_is_403),
		cmocka_unit_test(test_what_is_not_served_is_501),
		cmocka_unit_test(test_options_tells_what_a_category_can),
		cmocka_unit_test(test_other_methods_are_405_with_allow),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
