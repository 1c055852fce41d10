/*
 * Every limit of a running server, at the limit and over it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

static struct site site;

static int
prepare(void **state)
{
	(void)state;
	site_init(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

static void
nap(void)
{
	struct timespec t = {0, 5000000};

	nanosleep(&t, NULL);
}

static struct answer
announce(size_t length)
{
	char head[160];

	snprintf(head, sizeof(head),
		"POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		"Content-Length: %zu\r\n\r\n",
		length);
	/* Not one octet of the body is sent. */
	return site_asks(&site, head);
}

static void
test_body_over_its_limit_is_413_at_its_announcement(void **state)
{
	struct answer a;

	(void)state;
	site_start(&site);
	a = announce((8 << 20) + 1);
	assert_int_equal(a.status, 413);
	assert_text(answer_field(&a, "Connection"), "close");
	answer_done(&a);
	answer_expect(announce(SIZE_MAX / 2), 413, NULL);
}

/* dirmngr sends all before it reads; a reset would take the answer away. */
static void
test_who_sends_all_of_a_large_body_reads_413(void **state)
{
	struct buf body = {0};
	struct answer a;
	size_t i;

	(void)state;
	site_start(&site);
	assert_ok(buf_reserve(&body, 24 << 20));
	memset(body.data, 'x', 24 << 20);
	body.len = 24 << 20;
	for (i = 0; i < 5; i++) {
		/* Who expects something else does not wait for it. */
		a = site_post(&site, "/pks/add", "text/plain", buf_view(&body),
			i < 4 ? NULL : "Expect: other\r\n");
		assert_int_equal(a.status, 413);
		assert_text(answer_field(&a, "Connection"), "close");
		assert_true(answer_field(&a, "Date").len > 0);
		assert_true(answer_says(&a, "too large"));
		answer_done(&a);
	}
	buf_done(&body);
}

static void
test_what_is_too_much_to_verify_is_413(void **state)
{
	struct bytes ids[2] = {bytes_of("One <one@example.org>"),
		bytes_of("Two <two@example.org>")};
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = ids, .user_id_count = 2};
	struct buf raw = {0};
	uint8_t fpr[20];

	(void)state;
	gen_shaped(NULL, 12, 1, &shape, &raw, fpr);
	site.ingest_settings.policy.max_verifications = 1;
	site_start(&site);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&raw), NULL),
		413, "Not usable: too many signatures to verify");
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&raw),
			      "Accept: application/json\r\n"),
		413, "{\"error\":\"Not usable: too many signatures");
	site_stop(&site);
	/* None was kept of it; and with the limit as it is, all. */
	site_init(&site);
	site_start(&site);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&raw), NULL),
		200, "inserted ");
	buf_done(&raw);
}

static void
test_body_at_its_limit_is_read(void **state)
{
	struct buf body = {0};
	size_t max;

	(void)state;
	site_start(&site);
	max = site.ingest_settings.policy.max_body;
	assert_int_equal(max, 8 << 20);
	assert_ok(buf_reserve(&body, max));
	memset(body.data, 'x', max);
	body.len = max;
	answer_expect(site_post(&site, "/pks/add", "text/plain",
			      buf_view(&body), NULL),
		422, NULL);
	buf_done(&body);
}

/* Chunks until the server has had enough; what it said then. */
static struct answer
send_chunks(size_t total)
{
	static char chunk[65536 + 16];
	int fd = site_connect(&site);
	struct answer a;
	size_t done = 0;
	int n = snprintf(chunk, 16, "10000\r\n");

	memset(chunk + n, 'x', 65536);
	memcpy(chunk + n + 65536, "\r\n", 2);
	site_sends(fd, "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		       "Content-Type: text/plain\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n");
	for (; done < total; done += 65536)
		site_send(fd, bytes_make(chunk, (size_t)n + 65536 + 2));
	site_sends(fd, "0\r\n\r\n");
	a = site_read(fd, false);
	close(fd);
	return a;
}

static void
test_chunked_body_is_413_when_the_limit_is_reached(void **state)
{
	struct answer a;

	(void)state;
	site.ingest_settings.policy.max_body = 1 << 20;
	site_start(&site);
	answer_expect(send_chunks(1 << 20), 422, NULL);
	a = send_chunks((1 << 20) + 65536);
	assert_int_equal(a.status, 413);
	answer_done(&a);
	a = send_chunks(16 << 20);
	assert_int_equal(a.status, 413);
	assert_text(answer_field(&a, "Connection"), "close");
	answer_done(&a);
	answer_expect(site_get(&site, "/healthz"), 200, NULL);
}

static void
test_hashquery_body_over_its_limit_is_400(void **state)
{
	char head[160];

	(void)state;
	site_start(&site);
	snprintf(head, sizeof(head),
		"POST /pks/hashquery HTTP/1.1\r\nHost: x\r\n"
		"Content-Length: %d\r\n\r\n",
		256 * 1024 + 1);
	answer_expect(site_asks(&site, head), 400, NULL);
}

static void
test_bodies_together_are_limited_before_they_are_read(void **state)
{
	int first, second;
	struct answer a;

	(void)state;
	site.settings.max_bodies = 1 << 20;
	site_start(&site);
	first = site_connect(&site);
	site_sends(first, "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
			  "Content-Length: 1048570\r\n\r\nxxxx");
	/* The first one's share is taken once its head was read. */
	do {
		nap();
		a = announce(10);
	} while (a.status == 0);
	assert_int_equal(a.status, 503);
	assert_text(answer_field(&a, "Retry-After"), "5");
	answer_done(&a);
	close(first);
	/* Its share comes back. */
	second = 0;
	do {
		nap();
		a = site_post(&site, "/pks/add", "text/plain",
			bytes_of("x no key"), NULL);
		second = a.status;
		answer_done(&a);
	} while (second == 503);
	assert_int_equal(second, 422);
}

static void
test_full_queue_is_503(void **state)
{
	struct answer a;

	(void)state;
	site.ingest_settings.policy.max_queue_items = 0;
	site_start(&site);
	a = site_post(&site, "/pks/add", "text/plain", bytes_of("x"), NULL);
	assert_int_equal(a.status, 503);
	assert_text(answer_field(&a, "Retry-After"), "5");
	assert_text(answer_field(&a, "Cache-Control"), "no-store");
	answer_done(&a);
}

static void
test_too_many_results_are_413(void **state)
{
	char fpr[41], uid[64];
	struct buf armor;
	int i;

	(void)state;
	site.settings.max_get = 2;
	site.settings.max_index = 3;
	site_start(&site);
	for (i = 0; i < 4; i++) {
		if (i == 3)
			answer_expect(
				site_get(&site, "/pks/lookup?search=overname"),
				200, NULL);
		snprintf(uid, sizeof(uid), "Overname <o%d@over.example>", i);
		site_key_of(100 + (uint64_t)i, uid, &armor, fpr);
		answer_expect(site_add(&site, buf_view(&armor), NULL), 200,
			"inserted");
		buf_done(&armor);
	}
	answer_expect(site_get(&site, "/pks/lookup?op=get&search=overname"),
		413, "Too many responses");
	answer_expect(site_get(&site, "/pks/lookup?search=overname"), 413,
		"Too many responses");
	answer_expect(
		site_get(&site, "/pks/lookup?op=get&limit=1&search=overname"),
		200, "BEGIN PGP");
}

static void
test_reply_over_its_limit_is_413(void **state)
{
	char fpr[41];
	struct buf armor;

	(void)state;
	site.settings.max_reply = 100;
	site_start(&site);
	site_key(1, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	answer_expect(site_get_key(&site, fpr), 413, "Too many responses");
	buf_done(&armor);
}

/* Without a question; and then the connection ends. */
static void
is_told_to_come_later(int fd)
{
	struct answer a = site_read(fd, false);

	assert_int_equal(a.status, 503);
	assert_text(answer_field(&a, "Retry-After"), "5");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(&a, "Access-Control-Expose-Headers"),
		"ETag, Retry-After, X-HKP-Results-Count");
	assert_text(answer_field(&a, "Cache-Control"), "no-store");
	assert_true(answer_field(&a, "Server").len > 0);
	assert_true(answer_field(&a, "Date").len > 0);
	assert_true(bytes_eq(
		a.body, bytes_of("Try again later: too many connections\n")));
	answer_done(&a);
	assert_true(site_is_closed(fd));
	close(fd);
}

/* Connected and counted: several threads accept, each when it comes to it. */
static int
connect_for_sure(void)
{
	int fd = site_connect(&site);
	struct answer a;

	site_sends(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
	a = site_read(fd, false);
	answer_expect(a, 200, NULL);
	return fd;
}

static void
test_connections_of_an_address_are_limited(void **state)
{
	int fds[3], i;

	(void)state;
	site.settings.rate_exempt_count = 0;
	site.settings.max_per_address = 3;
	site_start(&site);
	for (i = 0; i < 3; i++)
		fds[i] = connect_for_sure();
	i = site_connect(&site);
	is_told_to_come_later(i);
	for (i = 0; i < 3; i++) {
		struct answer a;

		site_sends(fds[i], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
		a = site_read(fds[i], false);
		answer_expect(a, 200, NULL);
		close(fds[i]);
	}
}

static void
test_all_connections_together_are_limited(void **state)
{
	int a, b, c;

	(void)state;
	site.settings.max_connections = 2;
	site_start(&site);
	a = connect_for_sure();
	b = connect_for_sure();
	c = site_connect(&site);
	is_told_to_come_later(c);
	assert_true(site_is_open(a));
	assert_true(site_is_open(b));
	close(a);
	close(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, prepare, stop)
		WITH_SERVER(
			test_body_over_its_limit_is_413_at_its_announcement),
		WITH_SERVER(test_who_sends_all_of_a_large_body_reads_413),
		WITH_SERVER(test_body_at_its_limit_is_read),
		WITH_SERVER(test_what_is_too_much_to_verify_is_413),
		WITH_SERVER(test_chunked_body_is_413_when_the_limit_is_reached),
		WITH_SERVER(test_hashquery_body_over_its_limit_is_400),
		WITH_SERVER(
			test_bodies_together_are_limited_before_they_are_read),
		WITH_SERVER(test_full_queue_is_503),
		WITH_SERVER(test_too_many_results_are_413),
		WITH_SERVER(test_reply_over_its_limit_is_413),
		WITH_SERVER(test_connections_of_an_address_are_limited),
		WITH_SERVER(test_all_connections_together_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
