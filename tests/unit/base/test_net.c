#include "../unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/clock.h"
#include "base/net.h"

static char dir[64];

static int
make_dir(void **state)
{
	(void)state;
	scratch_make(dir, sizeof dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

static struct endpoint
unix_endpoint(void)
{
	struct endpoint ep;
	char text[128];

	(void)snprintf(text, sizeof text, "unix:%s/s", dir);
	assert_ok(endpoint_parse(text, &ep, NULL));
	return ep;
}

static int64_t
soon(void)
{
	return clock_mono_ms() + 5000;
}

static void
test_endpoints_that_are_understood(void **state)
{
	static const struct {
		const char *text, *host, *port;
		bool is_unix;
	} table[] = {
		{"127.0.0.1:80", "127.0.0.1", "80", false},
		{"[::1]:11371", "::1", "11371", false},
		{"keys.example:0", "keys.example", "0", false},
		{"h:65535", "h", "65535", false},
		{"unix:/run/keypost/lmtp", "/run/keypost/lmtp", "", true},
	};
	struct endpoint ep;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_ok(endpoint_parse(table[i].text, &ep, NULL));
		assert_string_equal(ep.host, table[i].host);
		assert_string_equal(ep.port, table[i].port);
		assert_int_equal(ep.is_unix, table[i].is_unix);
	}
}

static void
test_endpoints_that_are_refused_with_a_reason(void **state)
{
	static const char *const bad[] = {"", ":", ":80", "host",
		"host:", "host:65536", "host:-1", "host:80x", "host:123456",
		"::1:80", "[]:80", "[::1]", "[::1:80", "a b:80",
		"unix:", "unix:relative", "host:80 "};
	char path[200] = "unix:/";
	struct endpoint ep = {.host = "before"};
	struct err err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		err_set(&err, "%s", "");
		assert_status(
			endpoint_parse(bad[i], &ep, &err), STATUS_MALFORMED);
		assert_true(strlen(err.text) > 0);
		assert_string_equal(ep.host, "before");
	}
	/* 107 octets fit a Unix address, 108 do not. */
	memset(path + 6, 'x', 106);
	assert_ok(endpoint_parse(path, &ep, &err));
	path[6 + 106] = 'x';
	assert_status(endpoint_parse(path, &ep, &err), STATUS_MALFORMED);
}

static void
assert_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void
talk_over(int listener, const struct endpoint *ep, const char *want_name)
{
	struct sockaddr_storage from;
	int client = -1, server = -1;
	uint8_t data[16];
	char name[64];
	size_t got = 0;

	assert_status(net_accept(listener, &server, &from), STATUS_NOT_FOUND);
	assert_ok(net_connect(ep, soon(), &client, NULL));
	assert_ok(net_wait(listener, POLLIN, soon()));
	assert_ok(net_accept(listener, &server, &from));
	assert_flags(listener);
	assert_flags(client);
	assert_flags(server);
	net_name(&from, name, sizeof name);
	assert_string_equal(name, want_name);

	assert_ok(net_write(client, bytes_of("hello"), soon()));
	assert_ok(net_read(server, data, 3, soon(), &got));
	assert_text(bytes_make(data, got), "hel");
	assert_ok(net_read(server, data, sizeof data, soon(), &got));
	assert_text(bytes_make(data, got), "lo");
	assert_status(
		net_read(server, data, sizeof data, clock_mono_ms() + 5, &got),
		STATUS_TIMEOUT);
	assert_int_equal(got, 2);
	(void)close(client);
	assert_status(net_read(server, data, sizeof data, soon(), &got),
		STATUS_CLOSED);
	(void)close(server);
}

/* Listens on a free port of `host`; the endpoint then names it. */
static int
listen_on(const char *host, struct endpoint *ep)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	char text[64];
	int fd = -1;

	(void)snprintf(text, sizeof text, "%s:0", host);
	assert_ok(endpoint_parse(text, ep, NULL));
	if (net_listen(ep, 8, &fd, NULL) != STATUS_OK)
		return -1;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	/* The port stands at the same place in both families. */
	(void)snprintf(ep->port, sizeof ep->port, "%d",
		ntohs(((struct sockaddr_in *)&ss)->sin_port));
	return fd;
}

static void
test_tcp_both_ways_on_ipv4(void **state)
{
	struct endpoint ep;
	int fd = listen_on("127.0.0.1", &ep);

	(void)state;
	assert_true(fd >= 0);
	talk_over(fd, &ep, "127.0.0.1");
	(void)close(fd);
}

static void
test_tcp_both_ways_on_ipv6(void **state)
{
	struct endpoint ep;
	int fd = listen_on("[::1]", &ep);

	(void)state;
	if (fd < 0)
		return;
	talk_over(fd, &ep, "::1");
	(void)close(fd);
}

static void
test_unix_both_ways(void **state)
{
	struct endpoint ep = unix_endpoint();
	int fd = -1;

	(void)state;
	assert_ok(net_listen(&ep, 8, &fd, NULL));
	talk_over(fd, &ep, "unix");
	(void)close(fd);
}

static void
test_live_unix_socket_is_not_taken_over(void **state)
{
	struct endpoint ep = unix_endpoint();
	int fd = -1, other = -1;
	struct err err;

	(void)state;
	assert_ok(net_listen(&ep, 8, &fd, &err));
	assert_status(net_listen(&ep, 8, &other, &err), STATUS_BUSY);
	assert_non_null(strstr(err.text, ep.host));
	assert_int_equal(other, -1);
	/* It still answers. */
	assert_ok(net_connect(&ep, soon(), &other, &err));
	(void)close(other);
	(void)close(fd);
}

static void
test_live_unix_socket_with_a_full_queue_is_not_taken_over(void **state)
{
	struct endpoint ep = unix_endpoint();
	int fd = -1, other = -1, clients[64], n = 0;
	struct err err;

	(void)state;
	assert_ok(net_listen(&ep, 0, &fd, &err));
	while (n < 64 && net_connect(&ep, clock_mono_ms() + 20, &clients[n],
				 &err) == STATUS_OK)
		n++;
	assert_true(n > 0 && n < 64);
	assert_status(net_listen(&ep, 8, &other, &err), STATUS_BUSY);
	while (n > 0)
		(void)close(clients[--n]);
	(void)close(fd);
}

static void
test_stale_unix_socket_is_replaced(void **state)
{
	struct endpoint ep = unix_endpoint();
	int fd = -1;

	(void)state;
	assert_ok(net_listen(&ep, 8, &fd, NULL));
	(void)close(fd); /* the name stays, nobody listens */
	assert_int_equal(access(ep.host, F_OK), 0);
	assert_ok(net_listen(&ep, 8, &fd, NULL));
	talk_over(fd, &ep, "unix");
	(void)close(fd);
}

static void
test_file_that_is_no_socket_is_left_alone(void **state)
{
	struct endpoint ep = unix_endpoint();
	struct err err;
	struct stat sb;
	FILE *f;
	int fd;

	(void)state;
	f = fopen(ep.host, "w");
	assert_non_null(f);
	assert_true(fputs("precious", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_status(net_listen(&ep, 8, &fd, &err), STATUS_IO);
	assert_non_null(strstr(err.text, ep.host));
	assert_int_equal(stat(ep.host, &sb), 0);
	assert_int_equal(sb.st_size, 8);
}

static void
test_refused_connection_says_where_and_why(void **state)
{
	struct endpoint ep;
	int fd = listen_on("127.0.0.1", &ep), client = -1;
	struct err err;

	(void)state;
	(void)close(fd);
	assert_status(net_connect(&ep, soon(), &client, &err), STATUS_IO);
	assert_non_null(strstr(err.text, ep.port));
	assert_non_null(strstr(err.text, strerror(ECONNREFUSED)));
	assert_int_equal(client, -1);
	ep = unix_endpoint();
	assert_status(net_connect(&ep, soon(), &client, &err), STATUS_IO);
	assert_non_null(strstr(err.text, ep.host));
}

static void
test_taken_port_is_an_error_with_its_reason(void **state)
{
	struct endpoint ep;
	int fd = listen_on("127.0.0.1", &ep), other = -1;
	struct err err;

	(void)state;
	assert_status(net_listen(&ep, 8, &other, &err), STATUS_IO);
	assert_non_null(strstr(err.text, strerror(EADDRINUSE)));
	(void)close(fd);
}

static void
test_write_has_a_deadline_and_tells_of_a_closed_peer(void **state)
{
	static uint8_t big[4 << 20];
	int pair[2];

	(void)state;
	/* Even on a descriptor that would block. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_status(net_write(pair[0], bytes_make(big, sizeof big),
			      clock_mono_ms() + 10),
		STATUS_TIMEOUT);
	(void)close(pair[1]);
	assert_status(net_write(pair[0], bytes_of("x"), soon()), STATUS_CLOSED);
	(void)close(pair[0]);
}

static void
test_pipes_work_as_sockets_do(void **state)
{
	uint8_t data[8];
	size_t got = 0;
	int p[2];

	(void)state;
	assert_int_equal(pipe2(p, O_NONBLOCK | O_CLOEXEC), 0);
	assert_status(
		net_read(p[0], data, 8, clock_mono_ms(), &got), STATUS_TIMEOUT);
	assert_ok(net_write(p[1], bytes_of("abc"), soon()));
	assert_ok(net_read(p[0], data, 8, soon(), &got));
	assert_text(bytes_make(data, got), "abc");
	(void)close(p[1]);
	assert_status(net_read(p[0], data, 8, soon(), &got), STATUS_CLOSED);
	(void)close(p[0]);
}

static void
test_unknown_family_has_a_name_too(void **state)
{
	struct sockaddr_storage ss = {0};
	char text[8];

	(void)state;
	net_name(&ss, text, sizeof text);
	assert_string_equal(text, "unknown");
}

#define with_dir(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int
main(void)
{
	struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoints_that_are_understood),
		cmocka_unit_test(test_endpoints_that_are_refused_with_a_reason),
		cmocka_unit_test(test_tcp_both_ways_on_ipv4),
		cmocka_unit_test(test_tcp_both_ways_on_ipv6),
		with_dir(test_unix_both_ways),
		with_dir(test_live_unix_socket_is_not_taken_over),
		with_dir(
			test_live_unix_socket_with_a_full_queue_is_not_taken_over),
		with_dir(test_stale_unix_socket_is_replaced),
		with_dir(test_file_that_is_no_socket_is_left_alone),
		with_dir(test_refused_connection_says_where_and_why),
		cmocka_unit_test(test_taken_port_is_an_error_with_its_reason),
		cmocka_unit_test(
			test_write_has_a_deadline_and_tells_of_a_closed_peer),
		cmocka_unit_test(test_pipes_work_as_sockets_do),
		cmocka_unit_test(test_unknown_family_has_a_name_too),
	};
	struct endpoint ep;
	size_t i;
	int fd;

	fd = listen_on("[::1]", &ep);
	/* TAP tells by its name that a test was passed over. */
	for (i = 0; fd < 0 && i < sizeof(tests) / sizeof(tests[0]); i++)
		if (tests[i].test_func == test_tcp_both_ways_on_ipv6)
			tests[i].name = "IPv6 # SKIP this host has no ::1";
	(void)close(fd);
	return cmocka_run_group_tests_name("base/net", tests, NULL, NULL);
}
