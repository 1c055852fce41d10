/*
 * The HTTP client against a server that behaves as its path says.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../unit.h"
#include "base/fetch.h"
#include "tests/unit/base/fetch_server.h"

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
		*path == '/' ? fetch_server_port : 0, path);
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
	snprintf(url, sizeof(url), "http://localhost:%u/ok", fetch_server_port);
	s = fetch(url, make_public);
	assert_int_equal(s.status, STATUS_REJECTED);
	assert_string_equal(s.err, "a private address");
	assert_ok(fetch(url, NULL).status);
	snprintf(
		url, sizeof(url), "http://0x7f000001:%u/ok", fetch_server_port);
	assert_int_equal(fetch(url, make_public).status, STATUS_REJECTED);
	snprintf(url, sizeof(url), "http://[::ffff:127.0.0.1]:%u/ok",
		fetch_server_port);
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
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/silent",
		fetch_server_port);
	while (atomic_load(&fetch_server_open) > 0)
		usleep(1000);
	for (i = 0; i < 9; i++)
		fetch_start(f, &q);
	while (atomic_load(&fetch_server_open) < 3)
		fetch_step(f, NULL, 0, 10);
	for (i = 0; i < 10; i++)
		fetch_step(f, NULL, 0, 10);
	assert_int_equal(atomic_load(&fetch_server_open), 3);
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
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/silent",
		fetch_server_port);
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
	};

	return cmocka_run_group_tests_name(
		"base/fetch", tests, fetch_server_start, fetch_server_stop);
}
