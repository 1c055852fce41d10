/*
 * The HTTP client against a server that behaves as its path says.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit.h"
#include "base/fetch.h"
#include "base/private.h"

static int listener;
static unsigned int port;
static _Atomic int now_open;

static void
say(int fd, const char *text)
{
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void
redirect(int fd, const char *to)
{
	char text[300];

	snprintf(text, sizeof(text),
		"HTTP/1.1 302 Found\r\nLocation: %s\r\n"
		"Content-Length: 4\r\n\r\nbody",
		to);
	say(fd, text);
}

static void
behave(int fd, const char *request)
{
	static char block[65536];
	char url[200], drop[16];
	int n;

	if (strstr(request, " /ok ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n"
			"Content-Length: 5\r\n\r\nhello");
	} else if (strstr(request, " /missing ") != NULL) {
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
			"none");
	} else if (strstr(request, " /endless ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\n\r\n");
		while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
			continue;
	} else if (strstr(request, " /announced ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
	} else if (strstr(request, " /silent ") != NULL) {
		(void)!recv(fd, drop, sizeof(drop), 0);
	} else if (strstr(request, " /relative ") != NULL) {
		redirect(fd, "/ok");
	} else if (strstr(request, " /file ") != NULL) {
		redirect(fd, "file:///etc/passwd");
	} else if (sscanf(strstr(request, " /"), " /hop/%d", &n) == 1) {
		snprintf(url, sizeof(url), "http://127.0.0.1:%u/%s%.0d", port,
			n > 1 ? "hop/" : "ok", n > 1 ? n - 1 : 0);
		redirect(fd, url);
	} else if (strncmp(request, "POST", 4) == 0) {
		say(fd, strstr(request, "Content-Type: a/b\r\n") != NULL
				? "HTTP/1.1 201 Made\r\nLocation: /x\r\n"
				  "Content-Length: 4\r\n\r\ndone"
				: "HTTP/1.1 400 Bad\r\n\r\n");
	}
}

static void *
serve_one(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char request[4096];
	ssize_t n = recv(fd, request, sizeof(request) - 1, 0);

	atomic_fetch_add(&now_open, 1);
	request[n > 0 ? n : 0] = '\0';
	if (n > 0)
		behave(fd, request);
	atomic_fetch_sub(&now_open, 1);
	shutdown(fd, SHUT_RDWR);
	close(fd);
	return NULL;
}

static void *
serve(void *arg)
{
	pthread_t t;
	int fd;

	(void)arg;
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd) ==
			0)
			pthread_detach(t);
	}
	return NULL;
}

static pthread_t server;

static int
start_server(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	(void)state;
	listener = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&at, len) != 0 ||
		listen(listener, 64) != 0)
		return -1;
	getsockname(listener, (struct sockaddr *)&at, &len);
	port = ntohs(at.sin_port);
	return pthread_create(&server, NULL, serve, NULL);
}

static int
stop_server(void **state)
{
	(void)state;
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
	return 0;
}

struct seen {
	unsigned int done;
	enum status status;
	unsigned int http_status;
	char type[40];
	char body[100];
	char err[256];
};

static void
note(const struct fetch_result *r)
{
	struct seen *s = r->ctx;

	s->done++;
	s->status = r->status;
	s->http_status = r->http_status;
	snprintf(s->type, sizeof(s->type), "%s", r->type);
	snprintf(s->body, sizeof(s->body), "%.*s",
		(int)(r->body.len < 90 ? r->body.len : 90),
		(const char *)r->body.data);
	snprintf(s->err, sizeof(s->err), "%s", r->err.text);
}

static void
run(struct fetcher *f)
{
	while (fetch_pending(f) > 0)
		fetch_step(f, NULL, 0, 1000);
}

static struct fetch_request
request_of(const char *url, struct seen *s)
{
	struct fetch_request q = {.url = url,
		.deadline_ms = 20000,
		.max_octets = 1 << 20,
		.done = note,
		.ctx = s};

	return q;
}

static struct seen
fetch(const char *path, void (*change)(struct fetch_request *q))
{
	struct fetcher *f = fetcher_new(4, "test/1");
	struct seen s = {0};
	struct fetch_request q;
	char url[300];

	snprintf(url, sizeof(url),
		*path == '/' ? "http://127.0.0.1:%u%s" : "%.0u%s",
		*path == '/' ? port : 0, path);
	q = request_of(url, &s);
	if (change != NULL)
		change(&q);
	fetch_start(f, &q);
	run(f);
	fetcher_free(f);
	assert_int_equal(s.done, 1);
	return s;
}

static void
test_answer_has_status_type_and_body(void **state)
{
	struct seen s = fetch("/ok", NULL);

	(void)state;
	assert_ok(s.status);
	assert_int_equal(s.http_status, 200);
	assert_string_equal(s.type, "text/x");
	assert_string_equal(s.body, "hello");
	s = fetch("/missing", NULL);
	assert_ok(s.status);
	assert_int_equal(s.http_status, 404);
	assert_string_equal(s.body, "none");
}

static void
test_only_http_is_spoken(void **state)
{
	static const char *const urls[] = {"file:///etc/passwd", "ftp://x/",
		"gopher://127.0.0.1/", "", "http://", "127.0.0.1:99999/",
		"dict://127.0.0.1/"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct seen s = fetch(urls[i], NULL);

		if (s.status != STATUS_MALFORMED)
			fail_msg("%s: %d %s", urls[i], s.status, s.err);
	}
	assert_int_not_equal(fetch("/file", NULL).status, STATUS_OK);
}

static void
test_answer_over_its_limit_is_not_read_on(void **state)
{
	(void)state;
	assert_int_equal(fetch("/endless", NULL).status, STATUS_LIMIT);
	assert_int_equal(fetch("/announced", NULL).status, STATUS_LIMIT);
}

static void
make_small(struct fetch_request *q)
{
	q->max_octets = 5;
}

static void
make_smaller(struct fetch_request *q)
{
	q->max_octets = 4;
}

static void
test_answer_at_its_limit_is_read(void **state)
{
	(void)state;
	assert_ok(fetch("/ok", make_small).status);
	assert_int_equal(fetch("/ok", make_smaller).status, STATUS_LIMIT);
}

static void
make_short(struct fetch_request *q)
{
	q->deadline_ms = 50;
}

static void
test_silence_ends_at_the_deadline(void **state)
{
	(void)state;
	assert_int_equal(fetch("/silent", make_short).status, STATUS_TIMEOUT);
}

static void
test_two_absolute_redirects_are_followed(void **state)
{
	(void)state;
	assert_string_equal(fetch("/hop/1", NULL).body, "hello");
	assert_string_equal(fetch("/hop/2", NULL).body, "hello");
	assert_int_equal(fetch("/hop/3", NULL).status, STATUS_REJECTED);
	assert_int_equal(fetch("/relative", NULL).status, STATUS_REJECTED);
}

static void
make_public(struct fetch_request *q)
{
	q->public_only = true;
}

static void
test_private_address_is_refused_after_its_name_is_resolved(void **state)
{
	char url[100];
	struct seen s;

	(void)state;
	assert_int_equal(fetch("/ok", make_public).status, STATUS_REJECTED);
	snprintf(url, sizeof(url), "http://localhost:%u/ok", port);
	s = fetch(url, make_public);
	assert_int_equal(s.status, STATUS_REJECTED);
	assert_string_equal(s.err, "a private address");
	assert_ok(fetch(url, NULL).status);
	snprintf(url, sizeof(url), "http://0x7f000001:%u/ok", port);
	assert_int_equal(fetch(url, make_public).status, STATUS_REJECTED);
	snprintf(url, sizeof(url), "http://[::ffff:127.0.0.1]:%u/ok", port);
	assert_int_equal(fetch(url, make_public).status, STATUS_REJECTED);
}

static void
make_post(struct fetch_request *q)
{
	q->is_post = true;
	q->body = bytes_of("x=y");
	q->body_type = "a/b";
}

static void
test_post_sends_its_type_and_follows_nothing(void **state)
{
	struct seen s = fetch("/made", make_post);

	(void)state;
	assert_ok(s.status);
	assert_int_equal(s.http_status, 201);
	assert_string_equal(s.body, "done");
	assert_int_equal(fetch("/hop/1", make_post).http_status, 302);
}

static void
test_no_more_run_at_once_than_asked_for(void **state)
{
	struct fetcher *f = fetcher_new(3, "test/1");
	struct seen s = {0};
	char url[100];
	struct fetch_request q = request_of(url, &s);
	int i;

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/silent", port);
	while (atomic_load(&now_open) > 0)
		usleep(1000);
	for (i = 0; i < 9; i++)
		fetch_start(f, &q);
	while (atomic_load(&now_open) < 3)
		fetch_step(f, NULL, 0, 10);
	for (i = 0; i < 10; i++)
		fetch_step(f, NULL, 0, 10);
	assert_int_equal(atomic_load(&now_open), 3);
	assert_int_equal(fetch_pending(f), 9);
	fetcher_free(f);
	assert_int_equal(s.done, 9);
}

static void
test_end_tells_those_that_are_left(void **state)
{
	struct fetcher *f = fetcher_new(1, "test/1");
	struct seen s = {0};
	char url[100];
	struct fetch_request q = request_of(url, &s);

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/silent", port);
	fetch_start(f, &q);
	fetch_start(f, &q);
	fetch_step(f, NULL, 0, 0);
	assert_int_equal(s.done, 0);
	fetcher_free(f);
	assert_int_equal(s.done, 2);
	assert_int_equal(s.status, STATUS_CLOSED);
}

static void
test_step_waits_for_the_caller_s_descriptors_too(void **state)
{
	struct fetcher *f = fetcher_new(1, "test/1");
	struct pollfd own = {.events = POLLIN};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	own.fd = ends[0];
	assert_int_equal(write(ends[1], "x", 1), 1);
	fetch_step(f, &own, 1, 60000);
	assert_true(own.revents & POLLIN);
	fetch_wake(f);
	fetch_step(f, NULL, 0, 60000);
	close(ends[0]);
	close(ends[1]);
	fetcher_free(f);
}

static bool
is_private(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return address_is_private((struct sockaddr *)&in, sizeof(in));
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return address_is_private((struct sockaddr *)&in6, sizeof(in6));
}

static void
test_private_addresses_are_known(void **state)
{
	static const char *const private[] = {"0.0.0.0", "10.255.255.255",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.168.0.1", "198.19.0.1",
		"224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
		"fc00::1", "fdff::1", "ff02::1", "::ffff:10.0.0.1",
		"64:ff9b::10.0.0.1", "2002:a00:1::", "2001:db8::1", "2001::1"};
	static const char *const public[] = {"1.1.1.1", "9.255.255.255",
		"11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.1", "172.15.255.255", "172.32.0.0", "192.167.0.1",
		"223.255.255.255", "2606:4700::1111", "2a00::1",
		"::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (!is_private(private[i]))
			fail_msg("public: %s", private[i]);
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		if (is_private(public[i]))
			fail_msg("private: %s", public[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer_has_status_type_and_body),
		cmocka_unit_test(test_only_http_is_spoken),
		cmocka_unit_test(test_answer_over_its_limit_is_not_read_on),
		cmocka_unit_test(test_answer_at_its_limit_is_read),
		cmocka_unit_test(test_silence_ends_at_the_deadline),
		cmocka_unit_test(test_two_absolute_redirects_are_followed),
		cmocka_unit_test(
			test_private_address_is_refused_after_its_name_is_resolved),
		cmocka_unit_test(test_post_sends_its_type_and_follows_nothing),
		cmocka_unit_test(test_no_more_run_at_once_than_asked_for),
		cmocka_unit_test(test_end_tells_those_that_are_left),
		cmocka_unit_test(
			test_step_waits_for_the_caller_s_descriptors_too),
		cmocka_unit_test(test_private_addresses_are_known),
	};

	return cmocka_run_group_tests_name(
		"base/fetch", tests, start_server, stop_server);
}
