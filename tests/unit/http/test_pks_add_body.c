/*
 * How the body of a submission may come, and what if it does not.
 */
#include <unistd.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static void
test_chunked_body_is_taken(void **state)
{
	struct buf body = {0}, request = {0};
	char fpr[41];
	size_t pos, n;

	(void)state;
	one_site_wrap(&body, "", "", fpr);
	assert_ok(buf_puts(&request, "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
				     "Content-Type: text/plain\r\n"
				     "Transfer-Encoding: chunked\r\n\r\n"));
	for (pos = 0; pos < body.len; pos += n) {
		n = body.len - pos < 100 ? body.len - pos : 100;
		assert_ok(buf_printf(&request, "%zx;ext=1\r\n", n));
		assert_ok(buf_put(&request, bytes_make(body.data + pos, n)));
		assert_ok(buf_puts(&request, "\r\n"));
	}
	assert_ok(buf_puts(&request, "0\r\nTrailer: x\r\n\r\n"));
	answer_expect(site_ask(&site, buf_view(&request)), 200, "inserted ");
	buf_done(&body);
	buf_done(&request);
}

static void
test_expect_continue_is_answered(void **state)
{
	struct buf body = {0}, head = {0};
	char fpr[41], text[64] = "";
	int fd = site_connect(&site);
	struct answer a;

	(void)state;
	one_site_wrap(&body, "", "", fpr);
	assert_ok(buf_printf(&head,
		"POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		"Expect: 100-continue\r\nContent-Length: %zu\r\n\r\n",
		body.len));
	site_send(fd, buf_view(&head));
	assert_int_equal(recv(fd, text, 25, MSG_WAITALL), 25);
	assert_string_equal(text, "HTTP/1.1 100 Continue\r\n\r\n");
	site_send(fd, buf_view(&body));
	a = site_read(fd, false);
	answer_expect(a, 200, "inserted ");
	close(fd);
	buf_done(&head);
	buf_done(&body);
}

static void
test_client_that_vanishes_changes_nothing(void **state)
{
	char fprs[20][41];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		struct buf body = {0}, head = {0};
		int fd = site_connect(&site);
		struct linger reset = {1, 0};

		one_site_wrap(&body, "", "", fprs[i]);
		assert_ok(buf_printf(&head,
			"POST /pks/add HTTP/1.1\r\nHost: x\r\n"
			"Content-Length: %zu\r\n\r\n",
			body.len));
		site_send(fd, buf_view(&head));
		site_send(fd, buf_view(&body));
		/* Half of them hang up rudely, with a reset. */
		if (i % 2 == 0)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
				sizeof(reset));
		else
			shutdown(fd, SHUT_RDWR);
		close(fd);
		buf_done(&head);
		buf_done(&body);
	}
	/* The server lives, and answers as if nothing had been. */
	one_site_takes("text/plain", "", "");
}

static void
test_post_without_length_is_411(void **state)
{
	(void)state;
	answer_expect(
		site_asks(&site, "POST /pks/add HTTP/1.1\r\nHost: x\r\n\r\n"),
		411, NULL);
	answer_expect(
		site_asks(&site, "POST /pks/add HTTP/1.0\r\n\r\n"), 411, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunked_body_is_taken),
		cmocka_unit_test(test_expect_continue_is_answered),
		cmocka_unit_test(test_client_that_vanishes_changes_nothing),
		cmocka_unit_test(test_post_without_length_is_411),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
