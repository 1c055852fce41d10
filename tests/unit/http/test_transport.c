/*
 * What goes over the wire: methods, heads, bodies that are none.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "http/route.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static void
test_submitted_key_is_served(void **state)
{
	struct buf armor;
	char fpr[41], line[80];
	struct answer a;

	(void)state;
	site_key(1, &armor, fpr);
	snprintf(line, sizeof(line), "inserted %s", fpr);
	answer_expect(site_get_key(&site, fpr), 404, "No keys found");
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, line);
	snprintf(line, sizeof(line), "ignored %s", fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, line);
	a = site_get_key(&site, fpr);
	assert_int_equal(a.status, 200);
	assert_true(bytes_eq(answer_field(&a, "Content-Type"),
		bytes_of("application/pgp-keys")));
	assert_true(bytes_eq(
		answer_field(&a, "X-HKP-Results-Count"), bytes_of("1")));
	assert_true(answer_says(&a, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
	assert_true(a.body.len > 0 && a.body.data[a.body.len - 1] == '\n');
	answer_done(&a);
	buf_done(&armor);
}

static void
test_request_of_dirmngr_is_taken(void **state)
{
	struct buf armor;
	char fpr[41];
	struct answer a;

	(void)state;
	site_key_of(1, "Bob Example <bob@example.test>", &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	/* HTTP/1.0, raw '<', '>' and '@', Host of no matter. */
	a = site_asks(&site,
		"GET /pks/lookup?op=index&options=mr&fingerprint=on&search="
		"Bob%20Example%20<bob@example.test> HTTP/1.0\r\n"
		"Host: localhost:11371\r\nPragma: no-cache\r\n"
		"Cache-Control: no-cache\r\n\r\n");
	assert_int_equal(a.status, 200);
	assert_true(bytes_starts_nocase(a.body, "info:1:1\npub:"));
	assert_true(answer_says(&a, fpr));
	assert_true(answer_says(&a, "\nuid:Bob Example <bob@example.test>:"));
	assert_int_equal(answer_field(&a, "Transfer-Encoding").len, 0);
	answer_done(&a);
	answer_expect(
		site_asks(&site,
			"GET /pks/lookup?op=get&exact=on&options=mr&search="
			"bob@example.test HTTP/1.0\r\nHost: x\r\n\r\n"),
		200, "BEGIN PGP");
	buf_done(&armor);
}

static void
check_head_of(const char *target)
{
	static const char *const same[] = {
		"Content-Length", "Content-Type", "Cache-Control", "ETag"};
	struct answer get = site_get(&site, target), head;
	char request[256];
	size_t i;

	snprintf(request, sizeof(request),
		"HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
	head = site_asks(&site, request);
	assert_int_equal(head.status, get.status);
	assert_int_equal(head.body.len, 0);
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(bytes_eq(answer_field(&head, same[i]),
			answer_field(&get, same[i])));
	answer_done(&get);
	answer_done(&head);
}

static void
test_head_equals_get(void **state)
{
	static const char *const targets[] = {"/pks/lookup?search=none",
		"/pks/lookup?op=stats&options=mr", "/nowhere",
		"/pks/lookup?op=get"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		check_head_of(targets[i]);
}

static void
test_every_route_answers_head_as_get_and_options(void **state)
{
	const struct route *r;
	char target[128], request[256];
	struct answer a;
	size_t i;

	(void)state;
	for (r = route_table(); r->path != NULL; r++) {
		snprintf(target, sizeof(target), "%s", r->path);
		for (i = 0; target[i] != '\0'; i++)
			if (target[i] == '*')
				target[i] = 'x';
		if (r->method == METHOD_GET)
			check_head_of(target);
		snprintf(request, sizeof(request),
			"OPTIONS %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
		a = site_asks(&site, request);
		assert_int_equal(a.status, 200);
		assert_int_equal(a.body.len, 0);
		assert_true(answer_field(&a, "Allow").len > 0);
		answer_done(&a);
	}
}

static void
test_every_answer_may_be_read_by_scripts_of_other_sites(void **state)
{
	static const char *const targets[] = {"/", "/pks/lookup?search=none",
		"/nowhere", "/pks/add", "/pks/lookup?op=bad&search=x"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct answer a = site_get(&site, targets[i]);

		assert_text(
			answer_field(&a, "Access-Control-Allow-Origin"), "*");
		assert_text(
			answer_field(&a, "X-Content-Type-Options"), "nosniff");
		assert_true(answer_field(&a, "Date").len > 0);
		assert_true(bytes_starts_nocase(
			answer_field(&a, "Server"), "keypost/"));
		assert_int_equal(answer_field(&a, "Set-Cookie").len, 0);
		answer_done(&a);
	}
}

static void
test_options_tells_methods_and_media_types(void **state)
{
	struct answer a;

	(void)state;
	a = site_asks(&site, "OPTIONS /pks/add HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Allow"), "POST, OPTIONS");
	assert_text(answer_field(&a, "Access-Control-Allow-Methods"),
		"POST, OPTIONS");
	assert_true(answer_field(&a, "Accept").len > 0);
	assert_int_equal(a.body.len, 0);
	answer_done(&a);
	a = site_asks(&site, "OPTIONS /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
	answer_expect(a, 404, NULL);
}

static void
test_wrong_method_is_told_the_right_ones(void **state)
{
	struct answer a = site_get(&site, "/pks/add");

	(void)state;
	assert_int_equal(a.status, 405);
	assert_text(answer_field(&a, "Allow"), "POST, OPTIONS");
	answer_done(&a);
	a = site_asks(&site, "DELETE /pks/lookup HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(a.status, 405);
	assert_text(answer_field(&a, "Allow"), "GET, HEAD, OPTIONS");
	answer_done(&a);
}

static void
test_keep_alive_serves_many_and_ends_at_a_hundred(void **state)
{
	int fd = site_connect(&site), i;
	bool closed = false;

	(void)state;
	for (i = 0; i < 100; i++) {
		struct answer a;

		site_sends(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
		a = site_read(fd, false);
		assert_int_equal(a.status, 200);
		closed = bytes_eq_nocase(
			answer_field(&a, "Connection"), bytes_of("close"));
		assert_int_equal(closed, i == 99);
		answer_done(&a);
	}
	close(fd);
}

static void
test_pipelined_requests_are_answered_in_order(void **state)
{
	int fd = site_connect(&site);
	struct answer a;

	(void)state;
	site_sends(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
		       "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
	/* Both may come in one read: look at the octets. */
	a = site_read(fd, false);
	assert_int_equal(a.status, 200);
	if (memmem(a.raw.data, a.raw.len, "404 Not Found", 13) == NULL) {
		answer_done(&a);
		a = site_read(fd, false);
		assert_int_equal(a.status, 404);
	}
	answer_done(&a);
	close(fd);
}

static void
test_target_over_its_limit_is_414(void **state)
{
	struct buf b = {0};
	int i, len;

	(void)state;
	for (len = 8192; len <= 8193; len++) {
		buf_clear(&b);
		assert_ok(buf_puts(&b, "GET /"));
		for (i = 1; i < len; i++)
			assert_ok(buf_put_u8(&b, 'a'));
		assert_ok(buf_puts(&b, " HTTP/1.1\r\nHost: x\r\n\r\n"));
		answer_expect(site_ask(&site, buf_view(&b)),
			len > 8192 ? 414 : 404, NULL);
	}
	buf_done(&b);
}

static struct answer
ask_with_fields(size_t count, size_t length)
{
	struct buf b = {0};
	struct answer a;
	size_t i, k;

	assert_ok(buf_puts(&b, "GET /healthz HTTP/1.1\r\n"));
	for (i = 0; i < count; i++) {
		assert_ok(buf_puts(&b, "X: "));
		for (k = 0; k < length; k++)
			assert_ok(buf_put_u8(&b, 'y'));
		assert_ok(buf_puts(&b, "\r\n"));
	}
	assert_ok(buf_puts(&b, "\r\n"));
	a = site_ask(&site, buf_view(&b));
	buf_done(&b);
	return a;
}

static void
test_head_over_its_limit_is_431(void **state)
{
	(void)state;
	answer_expect(ask_with_fields(100, 1), 200, NULL);
	answer_expect(ask_with_fields(101, 1), 431, NULL);
	answer_expect(ask_with_fields(16, 1000), 200, NULL);
	/* Both at once: the library's memory for a connection is enough. */
	answer_expect(ask_with_fields(100, 158), 200, NULL);
	answer_expect(ask_with_fields(17, 1000), 431, NULL);
	answer_expect(ask_with_fields(60, 1000), 431, NULL);
}

static void
test_two_statements_of_length_are_400_and_closed(void **state)
{
	static const char *const heads[] = {
		"Content-Length: 5\r\nContent-Length: 5\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: xchunked\r\n", "Content-Length: -5\r\n",
		"Content-Length: 5, 5\r\n"};
	char request[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		int fd = site_connect(&site);
		struct answer a;

		snprintf(request, sizeof(request),
			"POST /pks/add HTTP/1.1\r\nHost: x\r\n%s\r\n"
			"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
			heads[i]);
		site_sends(fd, request);
		a = site_read(fd, false);
		assert_int_equal(a.status, 400);
		assert_null(memmem(a.raw.data, a.raw.len, "200 OK", 6));
		answer_done(&a);
		a = site_read(fd, false);
		assert_int_equal(a.status, 0);
		assert_true(a.closed);
		answer_done(&a);
		close(fd);
	}
}

static void
test_body_of_a_get_is_never_a_request(void **state)
{
	int fd = site_connect(&site);
	struct answer a;

	(void)state;
	site_sends(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n"
		       "Content-Length: 46\r\n\r\n"
		       "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n");
	a = site_read(fd, false);
	assert_int_equal(a.status, 200);
	assert_null(memmem(a.raw.data, a.raw.len, "User-agent", 10));
	answer_done(&a);
	a = site_read(fd, false);
	assert_int_equal(a.status, 0);
	answer_done(&a);
	close(fd);
}

static void
test_nul_in_the_target_is_400(void **state)
{
	static const char raw[] = "GET /healthz\0x HTTP/1.1\r\nHost: x\r\n\r\n";

	(void)state;
	answer_expect(
		site_ask(&site, bytes_make(raw, sizeof(raw) - 1)), 400, NULL);
	answer_expect(site_get(&site, "/pks/lookup?search=a%00b"), 400, NULL);
	answer_expect(site_get(&site, "/pks%00/lookup?search=a"), 400, NULL);
}

static void
test_what_is_not_http_is_400(void **state)
{
	static const char *const texts[] = {"\r\n\r\nGARBAGE\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n", "EHLO example.org\r\n\r\n"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct answer a = site_asks(&site, texts[i]);

		assert_true(
			a.status == 0 || a.status == 400 || a.status == 505);
		answer_done(&a);
	}
	answer_expect(site_get(&site, "/healthz"), 200, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submitted_key_is_served),
		cmocka_unit_test(test_request_of_dirmngr_is_taken),
		cmocka_unit_test(test_head_equals_get),
		cmocka_unit_test(
			test_every_route_answers_head_as_get_and_options),
		cmocka_unit_test(
			test_every_answer_may_be_read_by_scripts_of_other_sites),
		cmocka_unit_test(test_options_tells_methods_and_media_types),
		cmocka_unit_test(test_wrong_method_is_told_the_right_ones),
		cmocka_unit_test(
			test_keep_alive_serves_many_and_ends_at_a_hundred),
		cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
		cmocka_unit_test(test_target_over_its_limit_is_414),
		cmocka_unit_test(test_head_over_its_limit_is_431),
		cmocka_unit_test(
			test_two_statements_of_length_are_400_and_closed),
		cmocka_unit_test(test_body_of_a_get_is_never_a_request),
		cmocka_unit_test(test_nul_in_the_target_is_400),
		cmocka_unit_test(test_what_is_not_http_is_400),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
