/*
 * What the fields of a head say, however they are written, and which fields
 * every answer has.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/counter.h"
#include "http/route.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define V6 "727009CC2EB10CAC866F484CF7E239F983B164010A678D863EC92B156022A5C6"
#define NEXT "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"

/* One answer, then the end: what follows is no request. */
static void
is_the_last(const char *request, int status)
{
	int fd = site_connect(&site);
	struct answer a;

	site_sends(fd, request);
	a = site_read(fd, false);
	assert_int_equal(a.status, status);
	assert_text(answer_field(&a, "Connection"), "close");
	assert_null(memmem(a.raw.data, a.raw.len, "User-agent", 10));
	assert_null(memmem(a.raw.data, a.raw.len, "100 Continue", 12));
	answer_done(&a);
	a = site_read(fd, false);
	assert_int_equal(a.status, 0);
	assert_true(a.closed);
	answer_done(&a);
	close(fd);
}

static void
test_folded_fields_are_refused(void **state)
{
	/* Each is another field, or another body, to whoever unfolds it. */
	static const char *const fields[] = {"Content-Length:\r\n 5\r\n",
		"Transfer-Enc: chunked\r\n oding\r\n", "X: a\r\n\tb\r\n",
		"X: a\r\n  b\r\nY: c\r\n", "X:\r\n \r\n"};
	char request[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		snprintf(request, sizeof(request),
			"POST /pks/add HTTP/1.1\r\nHost: x\r\n%s\r\n" NEXT,
			fields[i]);
		is_the_last(request, 400);
	}
	is_the_last("POST /pks/add HTTP/1.1\r\n Content-Length: 5\r\n\r\n" NEXT,
		400);
}

static void
test_expecting_100_without_a_body_is_answered_at_once(void **state)
{
	(void)state;
	is_the_last("GET /healthz HTTP/1.1\r\nHost: x\r\n"
		    "Expect: 100-continue\r\n\r\n" NEXT,
		200);
	/* One whose answer comes from the search thread. */
	is_the_last("GET /pks/lookup?search=nobody+here HTTP/1.1\r\nHost: x\r\n"
		    "Expect: 100-continue\r\n\r\n" NEXT,
		404);
}

static void
test_a_list_may_stand_in_several_fields(void **state)
{
	static const char target[] = "/pks/lookup?op=index&search=0x";
	char path[128], fields[256], fpr[41];
	struct bytes tag;
	struct buf key;
	struct answer a, b;

	(void)state;
	site_key(one_site_next_key++, &key, fpr);
	answer_expect(site_add(&site, buf_view(&key), NULL), 200, "inserted");
	buf_done(&key);
	snprintf(path, sizeof(path), "%s%s", target, fpr);
	a = one_site_ask("GET", path,
		"Accept: text/html;q=0.5\r\nAccept: application/json\r\n");
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	tag = answer_field(&a, "ETag");
	snprintf(fields, sizeof(fields),
		"Accept: application/json\r\nIf-None-Match: \"a\", \"b\"\r\n"
		"If-None-Match:\r\nIf-None-Match: W/%.*s\r\n",
		(int)tag.len, (const char *)tag.data);
	b = one_site_ask("GET", path, fields);
	assert_int_equal(b.status, 304);
	answer_done(&a);
	answer_done(&b);
}

static void
test_the_server_as_a_whole_has_options(void **state)
{
	struct answer a = one_site_ask("OPTIONS", "*", "");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Allow"), "GET, HEAD, POST, OPTIONS");
	assert_int_equal(a.body.len, 0);
	answer_done(&a);
	a = one_site_ask("GET", "*", "");
	assert_int_equal(a.status, 405);
	answer_done(&a);
}

/* As many as come in one piece are answered one after the other. */
static void
ask_many_at_once(void)
{
	struct buf all = {0}, got = {0};
	int fd = site_connect(&site), i;
	ssize_t n;

	for (i = 0; i < 90; i++)
		assert_ok(buf_puts(&all, NEXT));
	assert_ok(buf_puts(&all, "GET /last HTTP/1.0\r\n\r\n"));
	site_send(fd, buf_view(&all));
	do {
		assert_ok(buf_reserve(&got, 65536));
		n = recv(fd, got.data + got.len, 65536, 0);
		got.len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	assert_non_null(memmem(got.data, got.len, "404 Not Found", 13));
	close(fd);
	buf_done(&all);
	buf_done(&got);
}

/*
 * Nothing of it can be read before its end, and there is no room for that: the
 * library would turn in circles over it.
 */
static void
test_endless_line_of_a_chunk_costs_no_thread(void **state)
{
	static const char head[] = "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n5;";
	struct counter *paused = counter_get("http_paused");
	struct timespec t = {0, 5000000};
	char line[60000];
	int fd, i;

	(void)state;
	for (i = 0; i < 10; i++)
		ask_many_at_once();
	/* Whoever can be served is never held up. */
	assert_int_equal(counter_value(paused), 0);
	fd = site_connect(&site);
	memset(line, 'x', sizeof(line));
	site_sends(fd, head);
	site_send(fd, bytes_make(line, sizeof(line)));
	for (i = 0; i < 2000 && counter_value(paused) == 0; i++)
		nanosleep(&t, NULL);
	assert_true(counter_value(paused) > 0);
	answer_expect(site_get(&site, "/healthz"), 200, "OK");
	close(fd);
}

static void
test_client_that_sends_no_more_reads_its_answer(void **state)
{
	static const char *const requests[] = {
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /pks/lookup?search=no+body HTTP/1.0\r\n\r\n",
		("POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		 "Content-Length: 5\r\n\r\nhello")};
	static const int statuses[] = {200, 404, 422};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int fd = site_connect(&site);
		struct answer a;

		site_sends(fd, requests[i]);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		a = site_read(fd, false);
		answer_expect(a, statuses[i], NULL);
		close(fd);
	}
}

/* Nobody reads it, and nobody waits for it. */
static void
test_body_that_no_search_takes_does_not_hold_it_up(void **state)
{
	static const char *const requests[] = {
		("GET /pks/lookup?search=no+body HTTP/1.1\r\nHost: x\r\n"
		 "Content-Length: 5\r\n\r\nhello"),
		("GET /pks/lookup?search=no+body HTTP/1.1\r\nHost: x\r\n"
		 "Content-Length: 5\r\n\r\n"),
		("GET /pks/lookup?search=no+body HTTP/1.1\r\nHost: x\r\n"
		 "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int fd = site_connect(&site);
		struct answer a;

		site_sends(fd, requests[i]);
		a = site_read(fd, false);
		answer_expect(a, 404, NULL);
		close(fd);
	}
}

/* For scripts of other sites, and for caches. */
static void
has_every_field(const struct answer *a)
{
	assert_text(answer_field(a, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(a, "Access-Control-Expose-Headers"),
		"ETag, Retry-After, X-HKP-Results-Count");
	assert_text(answer_field(a, "X-Content-Type-Options"), "nosniff");
	assert_true(bytes_starts_nocase(answer_field(a, "Server"), "keypost/"));
	assert_true(answer_field(a, "Date").len > 0);
	assert_true(answer_field(a, "Cache-Control").len > 0);
	assert_int_equal(answer_field(a, "Set-Cookie").len, 0);
	assert_int_equal(answer_field(a, "Last-Modified").len, 0);
	assert_int_equal(answer_field(a, "Content-Encoding").len, 0);
	assert_int_equal(
		answer_field(a, "Access-Control-Allow-Credentials").len, 0);
}

static void
check_fields(
	const char *method, const char *target, const char *fields, int status)
{
	struct answer a = one_site_ask(method, target, fields);

	assert_int_equal(a.status, status);
	has_every_field(&a);
	answer_done(&a);
}

static void
test_every_answer_has_the_fields_of_every_answer(void **state)
{
	static const char all[] = "If-None-Match: *\r\n"
				  "Accept-Encoding: gzip, br\r\n";
	char fpr[41], path[128];
	struct buf key;
	size_t i;
	static const char *const found[] = {"/pks/lookup?op=get&search=0x",
		"/pks/lookup?op=get&options=bin&search=0x",
		"/pks/lookup?op=index&search=0x",
		"/pks/lookup?op=index&options=mr&search=0x",
		"/pks/lookup?op=vindex&search=0x",
		"/pks/lookup?op=index&options=json&search=0x",
		"/pks/v2/certs/by-vfingerprint/04/", "/vks/v1/by-fingerprint/"};

	(void)state;
	site_key(one_site_next_key++, &key, fpr);
	answer_expect(site_add(&site, buf_view(&key), NULL), 200, "inserted");
	buf_done(&key);
	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", found[i], fpr);
		check_fields("GET", path, "", 200);
		check_fields("GET", path, all, 304);
		check_fields("HEAD", path, all, 304);
		check_fields("OPTIONS", path, all, 200);
		check_fields("PUT", path, all, 405);
	}
	check_fields("GET", "/pks/lookup?op=get&search=0xZ", "", 400);
	check_fields("GET", "/pks/v2/index", "", 403);
	check_fields("GET", "/vks/v1/by-email/nobody@example.org", "", 404);
	check_fields("POST", "/pks/add", "", 411);
	check_fields("POST", "/pks/add", "Content-Length: 9999999\r\n", 413);
	check_fields(
		"POST", "/pks/hashquery", "Content-Length: 999999\r\n", 400);
	check_fields("POST", "/pks/replace", "Content-Length: 0\r\n", 501);
	check_fields("GET", "/pks/v2/canonical/x", "", 501);
}

/* But the state of the server, which is another at another time. */
static void
test_head_is_get_on_every_route(void **state)
{
	const struct route *r;
	char target[128];
	size_t n;

	(void)state;
	for (r = route_table(); r->path != NULL; r++) {
		if (strncmp(r->path, "/pks/stats", 10) == 0)
			continue;
		for (n = 0; r->path[n] != '\0'; n++)
			target[n] = r->path[n] == '*' ? '0' : r->path[n];
		target[n] = '\0';
		one_site_head_is_get(target);
	}
	one_site_head_is_get("/nowhere");
}

/* What a cache keeps, and what it compares. */
static void
tells_caches_the_same(const char *target)
{
	static const char *const same[] = {
		"ETag", "Cache-Control", "Vary", "Content-Length"};
	struct answer a = one_site_ask("GET", target, "");
	struct answer b = one_site_ask("HEAD", target, "If-None-Match: *\r\n");
	size_t i;

	assert_int_equal(a.status, 200);
	assert_int_equal(b.status, 304);
	assert_true(a.body.len > 0);
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(bytes_eq(
			answer_field(&a, same[i]), answer_field(&b, same[i])));
	answer_done(&a);
	answer_done(&b);
}

/* A GET whose body is left out goes on with the next request. */
static void
connection_goes_on_after_304(const char *target)
{
	int fd = site_connect(&site);
	char text[256];
	struct answer a;

	snprintf(text, sizeof(text),
		"GET %s HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
		target);
	site_sends(fd, text);
	a = site_read(fd, true);
	assert_int_equal(a.status, 304);
	assert_int_equal(a.body.len, 0);
	answer_done(&a);
	site_sends(fd, NEXT);
	a = site_read(fd, false);
	answer_expect(a, 200, "User-agent");
	close(fd);
}

static void
test_304_tells_caches_what_the_200_does(void **state)
{
	static const char *const before[] = {"/pks/lookup?op=get&search=0x",
		"/pks/lookup?op=get&options=bin&search=0x",
		"/pks/lookup?op=index&options=mr&search=0x",
		"/pks/v2/certs/by-vfingerprint/04"};
	char fpr[41], path[128];
	struct buf key;
	size_t i;

	(void)state;
	site_key(one_site_next_key++, &key, fpr);
	answer_expect(site_add(&site, buf_view(&key), NULL), 200, "inserted");
	buf_done(&key);
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", before[i], fpr);
		tells_caches_the_same(path);
		connection_goes_on_after_304(path);
	}
	tells_caches_the_same("/keypost.css");
	/* Without a checksum, its armor is shorter. */
	one_site_store("v6-ed25519-uid.pgp");
	tells_caches_the_same("/vks/v1/by-fingerprint/" V6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folded_fields_are_refused),
		cmocka_unit_test(
			test_expecting_100_without_a_body_is_answered_at_once),
		cmocka_unit_test(test_endless_line_of_a_chunk_costs_no_thread),
		cmocka_unit_test(
			test_client_that_sends_no_more_reads_its_answer),
		cmocka_unit_test(
			test_body_that_no_search_takes_does_not_hold_it_up),
		cmocka_unit_test(test_a_list_may_stand_in_several_fields),
		cmocka_unit_test(test_the_server_as_a_whole_has_options),
		cmocka_unit_test(
			test_every_answer_has_the_fields_of_every_answer),
		cmocka_unit_test(test_head_is_get_on_every_route),
		cmocka_unit_test(test_304_tells_caches_what_the_200_does),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
