/*
 * Answers that the client does not read: how long they stay, and how much of
 * memory they take (L5).
 *
 * The clocks stand still, so that only the test makes time go by. A server
 * with one thread has done with a request once it answers a later one.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { T0 = 1000000 };

static struct site site;

/* Room for the answers of one who does not read, not of two. */
static int
start(void **state)
{
	(void)state;
	site_init(&site);
	site.settings.threads = 1;
	site.settings.max_replies = 40 << 20;
	/* Keeps what others are said to have signed, so rows are large. */
	site.ingest_settings.policy.level = LEVEL_SKS;
	site_start(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	clock_set_for_test(-1, -1);
	site_stop(&site);
	return 0;
}

/* Certificates of two megabytes: more than sockets buffer. */
static void
add_large(uint64_t index)
{
	struct bytes id = bytes_of("Largename <large@large.example>");
	struct gen_shape shape = {.created = 1500000000,
		.user_ids = &id,
		.user_id_count = 1,
		.others = 9000};
	struct buf raw = {0};

	gen_shaped(NULL, 13, index, &shape, &raw, NULL);
	answer_expect(site_post(&site, "/pks/add", "application/pgp",
			      buf_view(&raw), NULL),
		200, "inserted");
	buf_done(&raw);
}

static int
connect_narrow(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), size = 4096;

	at.sin_port = htons(site.port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* Reads to the end; how much of the body came. */
static size_t
read_rest(int fd, size_t *announced)
{
	struct buf b = {0};
	const char *length, *end;
	size_t got;
	ssize_t n;

	do {
		assert_ok(buf_reserve(&b, 65536));
		n = recv(fd, b.data + b.len, 65536, 0);
		b.len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	end = memmem(b.data, b.len, "\r\n\r\n", 4);
	length = memmem(b.data, b.len, "Content-Length: ", 16);
	assert_non_null(end);
	assert_non_null(length);
	*announced = (size_t)strtoull(length + 16, NULL, 10);
	got = b.len - (size_t)(end + 4 - (const char *)b.data);
	buf_done(&b);
	return got;
}

static int
ask_large(void)
{
	int fd = connect_narrow();
	char text[12];

	site_sends(fd, "GET /pks/lookup?op=get&search=largename HTTP/1.1\r\n"
		       "Host: x\r\nConnection: close\r\n\r\n");
	/* The reply has begun; no more of it is read for now. */
	assert_int_equal(recv(fd, text, 12, MSG_WAITALL), 12);
	assert_memory_equal(text, "HTTP/1.1 200", 12);
	site_settle(&site);
	return fd;
}

static void
test_reply_that_nobody_takes_is_cut(void **state)
{
	size_t announced;
	uint64_t i;
	int fd;

	(void)state;
	for (i = 0; i < 8; i++)
		add_large(i);
	clock_set_for_test(T0, -1);
	fd = ask_large();
	site_sweep_at(&site, T0 + 1000);
	site_sweep_at(&site, T0 + 10000);
	assert_true(read_rest(fd, &announced) == announced);
	close(fd);
	clock_set_for_test(T0, -1);
	fd = ask_large();
	site_sweep_at(&site, T0 + 1000);
	site_sweep_at(&site, T0 + 130000);
	assert_true(read_rest(fd, &announced) < announced);
	close(fd);
}

static void
test_large_replies_that_nobody_takes_are_limited(void **state)
{
	static const char large[] = "/pks/lookup?op=get&search=largename";
	struct answer a;
	size_t announced;
	uint64_t i;
	int fd;

	(void)state;
	for (i = 0; i < 8; i++)
		add_large(i);
	fd = ask_large();
	a = site_get(&site, large);
	assert_int_equal(a.status, 503);
	assert_text(answer_field(&a, "Retry-After"), "5");
	assert_text(
		answer_field(&a, "Content-Type"), "text/plain; charset=UTF-8");
	answer_done(&a);
	/* What is small is answered. */
	answer_expect(
		site_get(&site, "/pks/lookup?options=mr&search=largename"), 200,
		"info:1:8");
	/* And large ones, once the first was read. */
	assert_true(read_rest(fd, &announced) == announced);
	close(fd);
	site_settle(&site);
	answer_expect(site_get(&site, large), 200, "BEGIN PGP");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)
		WITH_SERVER(test_reply_that_nobody_takes_is_cut),
		WITH_SERVER(test_large_replies_that_nobody_takes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
