/*
 * X-Forwarded-For: whom a trusted proxy speaks for, and nobody else.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/server/forwarded.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { T0 = 1000000 };

static char proxy_a[] = "10.0.0.0/8", proxy_b[] = "2001:db8:1::/48";
static char *const proxies[] = {proxy_a, proxy_b};

/* What these fields, "|" between them, make of the client. */
static struct forwarded
read_fields(const char *fields)
{
	struct address_ranges trusted;
	struct forwarded f = {.kind = FORWARDED_NOBODY};
	struct err err;

	assert_ok(address_ranges_parse(proxies, 2, &trusted, &err));
	for (;;) {
		size_t n = strcspn(fields, "|");

		forwarded_add(&f, &trusted, bytes_make(fields, n));
		if (fields[n] == '\0')
			break;
		fields += n + 1;
	}
	address_ranges_free(&trusted);
	return f;
}

static void
expect_client(const char *fields, const char *address)
{
	struct forwarded f = read_fields(fields);
	struct peer_address want;

	assert_ok(peer_address_parse(bytes_of(address), &want));
	if (f.kind != FORWARDED_ADDRESS ||
		memcmp(f.address.octets, want.octets, 16) != 0)
		fail_msg("%s: not %s", fields, address);
}

static void
test_right_most_untrusted_address_is_the_client(void **state)
{
	(void)state;
	expect_client("192.0.2.1", "192.0.2.1");
	expect_client("198.51.100.9, 192.0.2.1", "192.0.2.1");
	expect_client("198.51.100.9, 192.0.2.1, 10.1.2.3", "192.0.2.1");
	expect_client("192.0.2.1,2001:db8:1::7,10.0.0.1", "192.0.2.1");
	expect_client("nonsense, 192.0.2.1", "192.0.2.1");
	expect_client("2001:db8::5", "2001:db8::5");
}

static void
test_several_fields_are_one_list(void **state)
{
	(void)state;
	expect_client("198.51.100.9|192.0.2.1", "192.0.2.1");
	expect_client("192.0.2.1|10.1.2.3", "192.0.2.1");
}

static void
test_ports_and_brackets_are_left_out(void **state)
{
	(void)state;
	expect_client("192.0.2.1:4711", "192.0.2.1");
	expect_client("[2001:db8::5]:80", "2001:db8::5");
	expect_client("[2001:db8::5]", "2001:db8::5");
	expect_client("::ffff:192.0.2.1", "192.0.2.1");
}

static void
test_what_is_no_address_is_garbage(void **state)
{
	static const char *const bad[] = {"unknown", "", "192.0.2.1,",
		"192.0.2.1, _hidden", "192.0.2", "192.0.2.1:", "192.0.2.1:x",
		"[192.0.2.1]", "[2001:db8::5", "[2001:db8::5]x", "192.0.2.1 x",
		"2001:db8::5::1", "192.0.2.1|", "192.0.2.1:123456",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_fields(bad[i]).kind != FORWARDED_GARBAGE)
			fail_msg("taken: %s", bad[i]);
}

static void
test_proxies_alone_are_nobody(void **state)
{
	(void)state;
	assert_int_equal(
		read_fields("10.0.0.1, 10.0.0.2").kind, FORWARDED_NOBODY);
}

/* ---- a server behind a proxy at 127.0.0.1 ------------------------------ */

static struct site site;

static void
start(char *proxy)
{
	static char *list[1];

	list[0] = proxy;
	site_init(&site);
	site.settings.rate_exempt_count = 0;
	site.settings.max_per_address = 4;
	site.settings.trusted_proxies = list;
	site.settings.trusted_proxy_count = proxy == NULL ? 0 : 1;
	clock_set_for_test(T0, -1);
	site_start(&site);
}

static int
stop(void **state)
{
	(void)state;
	clock_set_for_test(-1, -1);
	site_stop(&site);
	return 0;
}

static struct answer
look_up(const char *fields)
{
	char request[512];

	snprintf(request, sizeof(request),
		"GET /pks/lookup?op=get&search=0x0123456789ABCDEF HTTP/1.1\r\n"
		"Host: x\r\nConnection: close\r\n%s\r\n",
		fields);
	return site_asks(&site, request);
}

static void
spend(const char *fields)
{
	for (int i = 0; i < 200; i++)
		answer_expect(look_up(fields), 404, NULL);
	answer_expect(look_up(fields), 503, "too many requests");
}

static char local[] = "127.0.0.1";

static void
test_rates_are_the_forwarded_client_s(void **state)
{
	(void)state;
	start(local);
	spend("X-Forwarded-For: 192.0.2.1\r\n");
	/* Its neighbour, and the proxy's own checks, go on. */
	answer_expect(look_up("X-Forwarded-For: 192.0.2.2\r\n"), 404, NULL);
	answer_expect(look_up(""), 404, NULL);
	/* What it writes further left does not help. */
	answer_expect(look_up("x-forwarded-for: 192.0.2.3, 192.0.2.1\r\n"), 503,
		NULL);
	answer_expect(look_up("X-Forwarded-For: 192.0.2.3\r\n"
			      "X-Forwarded-For: 192.0.2.1\r\n"),
		503, NULL);
}

static void
test_garbage_shares_one_rate(void **state)
{
	(void)state;
	start(local);
	spend("X-Forwarded-For: unknown\r\n");
	answer_expect(look_up("X-Forwarded-For: _other\r\n"), 503, NULL);
	answer_expect(look_up("X-Forwarded-For: 192.0.2.1\r\n"), 404, NULL);
}

static void
test_field_of_a_stranger_is_ignored(void **state)
{
	static char other[] = "10.0.0.1";

	(void)state;
	start(other);
	spend("X-Forwarded-For: 192.0.2.1\r\n");
	answer_expect(look_up("X-Forwarded-For: 192.0.2.2\r\n"), 503, NULL);
	answer_expect(look_up(""), 503, NULL);
}

static void
test_connections_of_a_proxy_are_not_counted(void **state)
{
	int fds[12];
	int i;

	(void)state;
	start(local);
	for (i = 0; i < 12; i++) {
		fds[i] = site_connect(&site);
		site_sends(fds[i], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
		answer_expect(site_read(fds[i], false), 200, NULL);
	}
	for (i = 0; i < 12; i++)
		close(fds[i]);
}

static void
test_malformed_requests_shut_out_the_client_not_the_proxy(void **state)
{
	int i;

	(void)state;
	start(local);
	for (i = 0; i < 21; i++)
		answer_expect(
			site_asks(&site,
				"GET /pks/lookup?search=a%00b HTTP/1.1\r\n"
				"Host: x\r\nConnection: close\r\n"
				"X-Forwarded-For: 192.0.2.1\r\n\r\n"),
			400, NULL);
	answer_expect(
		look_up("X-Forwarded-For: 192.0.2.1\r\n"), 503, "malformed");
	answer_expect(look_up("X-Forwarded-For: 192.0.2.2\r\n"), 404, NULL);
	clock_set_for_test(T0 + 61000, -1);
	answer_expect(look_up("X-Forwarded-For: 192.0.2.1\r\n"), 404, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_right_most_untrusted_address_is_the_client),
		cmocka_unit_test(test_several_fields_are_one_list),
		cmocka_unit_test(test_ports_and_brackets_are_left_out),
		cmocka_unit_test(test_what_is_no_address_is_garbage),
		cmocka_unit_test(test_proxies_alone_are_nobody),
		cmocka_unit_test_teardown(
			test_rates_are_the_forwarded_client_s, stop),
		cmocka_unit_test_teardown(test_garbage_shares_one_rate, stop),
		cmocka_unit_test_teardown(
			test_field_of_a_stranger_is_ignored, stop),
		cmocka_unit_test_teardown(
			test_connections_of_a_proxy_are_not_counted, stop),
		cmocka_unit_test_teardown(
			test_malformed_requests_shut_out_the_client_not_the_proxy,
			stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
