/*
 * How much one address may ask for, with the time given; and what a client
 * of a running server sees of it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/server/client_rate.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { T0 = 1000000 };

static struct peer_address
address(uint32_t host)
{
	struct sockaddr_storage s;
	struct sockaddr_in in = {.sin_family = AF_INET};

	memset(&s, 0, sizeof(s));
	in.sin_addr.s_addr = htonl(0x0A000000u + host);
	memcpy(&s, &in, sizeof(in));
	return peer_address_of(&s);
}

static int
taken(struct client_rates *t, uint32_t host, enum client_rate kind, int64_t now)
{
	struct peer_address a = address(host);
	int n = 0;

	while (n < 1000 && client_rate_take(t, &a, kind, 1, now))
		n++;
	return n;
}

static void
test_burst_then_a_steady_rate(void **state)
{
	struct client_rates *t = client_rates_new();

	(void)state;
	assert_int_equal(taken(t, 1, RATE_LOOKUP, T0), 200);
	assert_int_equal(taken(t, 1, RATE_LOOKUP, T0 + 1000), 50);
	assert_int_equal(taken(t, 1, RATE_LOOKUP, T0 + 1010), 0);
	assert_int_equal(taken(t, 1, RATE_LOOKUP, T0 + 1020), 1);
	assert_int_equal(taken(t, 1, RATE_LOOKUP, T0 + 3600000), 200);
	client_rates_free(t);
}

static void
test_kinds_and_addresses_do_not_share(void **state)
{
	struct client_rates *t = client_rates_new();

	(void)state;
	assert_int_equal(taken(t, 1, RATE_SUBMISSION, T0), 30);
	assert_int_equal(taken(t, 1, RATE_SEARCH, T0), 20);
	assert_int_equal(taken(t, 2, RATE_SUBMISSION, T0), 30);
	client_rates_free(t);
}

static void
test_large_cost_is_granted_once_and_owed(void **state)
{
	struct client_rates *t = client_rates_new();
	struct peer_address a = address(1);

	(void)state;
	assert_true(client_rate_take(t, &a, RATE_OCTETS, 20 << 20, T0));
	assert_false(client_rate_take(t, &a, RATE_OCTETS, 1, T0 + 4000));
	assert_true(client_rate_take(t, &a, RATE_OCTETS, 1, T0 + 5000));
	client_rates_free(t);
}

static void
test_malformed_requests_shut_out_for_a_minute(void **state)
{
	struct client_rates *t = client_rates_new();
	struct peer_address a = address(1), b = address(2);

	(void)state;
	assert_int_equal(taken(t, 1, RATE_MALFORMED, T0), 20);
	assert_true(client_rate_shut_out(t, &a, T0));
	assert_true(client_rate_shut_out(t, &a, T0 + 59999));
	assert_false(client_rate_shut_out(t, &a, T0 + 60000));
	assert_false(client_rate_shut_out(t, &b, T0));
	client_rates_free(t);
}

static void
test_clock_that_goes_back_gives_nothing(void **state)
{
	struct client_rates *t = client_rates_new();

	(void)state;
	assert_int_equal(taken(t, 1, RATE_SEARCH, T0), 20);
	assert_int_equal(taken(t, 1, RATE_SEARCH, T0 - 100000), 0);
	client_rates_free(t);
}

static void
test_many_addresses_replace_the_oldest(void **state)
{
	struct client_rates *t = client_rates_new();
	uint32_t i;

	(void)state;
	assert_int_equal(taken(t, 1, RATE_SEARCH, T0), 20);
	for (i = 2; i < 4 * RATE_ENTRIES; i++) {
		struct peer_address a = address(i);

		assert_true(client_rate_take(t, &a, RATE_LOOKUP, 1, T0 + 1));
	}
	/* Forgotten, so its bucket is full: the table did not grow. */
	assert_int_equal(taken(t, 1, RATE_SEARCH, T0 + 2), 20);
	client_rates_free(t);
}

static void
test_outside_of_version_1_it_is_429(void **state)
{
	static const char body[] = "{\"token\":\"x\"}";
	struct answer a;
	struct site site;
	int i;

	(void)state;
	site_init(&site);
	site.settings.rate_exempt_count = 0;
	clock_set_for_test(T0, -1);
	site_start(&site);
	for (i = 0; i < 200; i++)
		answer_expect(site_get(&site, "/vks/v1/by-keyid/"
					      "0123456789ABCDEF"),
			404, NULL);
	a = site_get(&site, "/vks/v1/by-keyid/0123456789ABCDEF");
	assert_true(answer_field(&a, "Retry-After").len > 0);
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(&a, "Cache-Control"), "no-store");
	answer_expect(a, 429, "too many requests");
	answer_expect(
		site_get(&site, "/pks/v2/certs/by-keyid/0123456789ABCDEF"), 429,
		NULL);
	answer_expect(site_get(&site, "/pks/v2/index/a@example.org"), 429,
		"{\"error\":\"too many requests");
	answer_expect(site_get(&site, "/pks/lookup?op=get&search=0x"
				      "0123456789ABCDEF"),
		503, NULL);
	for (i = 0; i < 30; i++)
		answer_expect(site_post(&site, "/vks/v1/request-verify",
				      "application/json", bytes_of(body), NULL),
			400, NULL);
	answer_expect(site_post(&site, "/vks/v1/upload", "application/json",
			      bytes_of(body), NULL),
		429, "{\"error\":\"too many requests");
	answer_expect(site_post(&site, "/pks/add", "application/json",
			      bytes_of(body), NULL),
		503, NULL);
	site_stop(&site);
	clock_set_for_test(-1, -1);
}

static void
test_client_over_its_rate_is_503_with_a_time(void **state)
{
	struct answer a;
	struct site site;
	int i;

	(void)state;
	site_init(&site);
	site.settings.rate_exempt_count = 0;
	clock_set_for_test(T0, -1);
	site_start(&site);
	for (i = 0; i < 200; i++)
		answer_expect(site_get(&site, "/pks/lookup?op=get&search=0x"
					      "0123456789ABCDEF0123456789ABCDEF"
					      "01234567"),
			404, NULL);
	a = site_get(&site, "/pks/lookup?op=get&search=0x0123456789ABCDEF");
	assert_int_equal(a.status, 503);
	assert_text(answer_field(&a, "Retry-After"), "5");
	answer_done(&a);
	answer_expect(site_get(&site, "/healthz"), 200, NULL);
	for (i = 0; i < 30; i++)
		answer_expect(site_post(&site, "/pks/add", "text/plain",
				      bytes_of("no key"), NULL),
			422, NULL);
	answer_expect(site_post(&site, "/pks/add", "text/plain",
			      bytes_of("no key"), NULL),
		503, NULL);
	clock_set_for_test(T0 + 1000, -1);
	answer_expect(site_post(&site, "/pks/add", "text/plain",
			      bytes_of("no key"), NULL),
		422, NULL);
	for (i = 0; i < 21; i++)
		answer_expect(
			site_get(&site, "/pks/lookup?search=a%00b"), 400, NULL);
	a = site_get(&site, "/healthz");
	assert_int_equal(a.status, 0);
	answer_done(&a);
	clock_set_for_test(T0 + 61000, -1);
	answer_expect(site_get(&site, "/healthz"), 200, NULL);
	clock_set_for_test(-1, -1);
	site_stop(&site);
}

/* Whether or not its length was told first. */
static void
test_octets_of_submissions_are_counted(void **state)
{
	static char body[20 << 20];
	struct answer a;
	struct site site;
	int i, fd;

	(void)state;
	memset(body, 'x', sizeof(body));
	for (i = 0; i < 2; i++) {
		site_init(&site);
		site.settings.rate_exempt_count = 0;
		site.ingest_settings.policy.max_body = 20 << 20;
		clock_set_for_test(T0, -1);
		site_start(&site);
		fd = site_connect(&site);
		site_sends(fd, "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
			       "Content-Type: text/plain\r\n");
		site_sends(fd, i == 0 ? "Content-Length: 20971520\r\n\r\n"
				      : "Transfer-Encoding: chunked\r\n\r\n"
					"1400000\r\n");
		site_send(fd, bytes_make(body, sizeof(body)));
		if (i == 1)
			site_sends(fd, "\r\n0\r\n\r\n");
		a = site_read(fd, false);
		/* One that was told is owed; the other ends where it is. */
		assert_int_equal(a.status, i == 0 ? 422 : 503);
		answer_done(&a);
		close(fd);
		answer_expect(site_post(&site, "/pks/add", "text/plain",
				      bytes_of("x"), NULL),
			503, "too many requests from your address");
		site_stop(&site);
		clock_set_for_test(-1, -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_a_steady_rate),
		cmocka_unit_test(test_kinds_and_addresses_do_not_share),
		cmocka_unit_test(test_large_cost_is_granted_once_and_owed),
		cmocka_unit_test(test_malformed_requests_shut_out_for_a_minute),
		cmocka_unit_test(test_clock_that_goes_back_gives_nothing),
		cmocka_unit_test(test_many_addresses_replace_the_oldest),
		cmocka_unit_test(test_outside_of_version_1_it_is_429),
		cmocka_unit_test(test_client_over_its_rate_is_503_with_a_time),
		cmocka_unit_test(test_octets_of_submissions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
