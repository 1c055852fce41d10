/*
 * Who is let in: by every listener, until the end, and when descriptors are
 * short.
 */
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server/share.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

static const char question[] = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

static struct site site;
static int alone; /* as a state: one thread only */
static struct endpoint listeners[3];
static char unix_path[96];

static bool
has_ipv6(void)
{
	struct sockaddr_in6 at = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void
set_up(void)
{
	site_init(&site);
	snprintf(unix_path, sizeof(unix_path), "%s/http", site.dir);
	memset(listeners, 0, sizeof(listeners));
	listeners[0] = site.listen;
	listeners[1].is_unix = true;
	snprintf(listeners[1].host, sizeof(listeners[1].host), "%s", unix_path);
	snprintf(listeners[2].host, sizeof(listeners[2].host), "::1");
	snprintf(listeners[2].port, sizeof(listeners[2].port), "0");
	site.settings.listen = listeners;
	site.settings.listen_count = has_ipv6() ? 3 : 2;
	site.settings.threads = 2;
}

static int
prepare(void **state)
{
	set_up();
	if (*state != NULL)
		site.settings.threads = 1;
	site_start(&site);
	return 0;
}

/* Clients may connect, and wait. */
static int
prepare_start(void **state)
{
	(void)state;
	set_up();
	site.settings.threads = 8;
	site_listen(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

static int
connect_to(const void *at, socklen_t size, int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (connect(fd, at, size) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
connect_unix(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", unix_path);
	return connect_to(&at, sizeof(at), AF_UNIX);
}

static int
connect_ipv6(void)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(server_port(site.server, 2))};

	return connect_to(&at, sizeof(at), AF_INET6);
}

static void
is_answered(int fd)
{
	assert_true(fd >= 0);
	site_sends(fd, question);
	answer_expect(site_read(fd, false), 200, NULL);
}

static void
test_every_listener_lets_in(void **state)
{
	int i, fd;

	(void)state;
	/* Often enough that each thread has its turn. */
	for (i = 0; i < 20; i++) {
		fd = site_connect(&site);
		is_answered(fd);
		close(fd);
		fd = connect_unix();
		is_answered(fd);
		close(fd);
		if (site.settings.listen_count < 3)
			continue;
		fd = connect_ipv6();
		is_answered(fd);
		close(fd);
	}
}

static void
test_nobody_comes_in_at_the_end_and_who_is_there_is_answered(void **state)
{
	int tcp = site_connect(&site), local = connect_unix();
	struct answer a;

	(void)state;
	is_answered(tcp);
	is_answered(local);
	server_quiesce(site.server);
	assert_int_equal(site_try_connect(&site), -1);
	assert_int_equal(connect_unix(), -1);
	assert_int_equal(access(unix_path, F_OK), -1);
	site_sends(tcp, question);
	a = site_read(tcp, false);
	assert_int_equal(a.status, 200);
	assert_true(bytes_eq_nocase(
		answer_field(&a, "Connection"), bytes_of("close")));
	answer_done(&a);
	site_sends(local, question);
	answer_expect(site_read(local, false), 200, NULL);
	close(tcp);
	close(local);
}

static void
test_without_descriptors_who_comes_is_refused_and_later_let_in(void **state)
{
	struct rlimit before, few;
	int first = site_connect(&site), fd, i;

	(void)state;
	is_answered(first);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	/* The next number is the client's; none is left to the server. */
	fd = dup(first);
	close(fd);
	few = before;
	few.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (i = 0; i < 3; i++) {
		fd = site_connect(&site);
		assert_true(site_is_closed(fd));
		close(fd);
	}
	is_answered(first);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	fd = site_connect(&site);
	is_answered(fd);
	close(fd);
	close(first);
}

/* The first thread to run takes them, and has some for each of the others. */
static void
test_who_waits_for_the_start_is_answered(void **state)
{
	enum { CONNECTIONS = 128 };
	int fds[CONNECTIONS], i;

	(void)state;
	for (i = 0; i < CONNECTIONS; i++)
		fds[i] = site_connect(&site);
	site_start(&site);
	for (i = 0; i < CONNECTIONS; i++) {
		is_answered(fds[i]);
		close(fds[i]);
	}
}

/* How many descriptors this epoll set watches; 0: it is none. */
static size_t
watched(const char *fd)
{
	char path[300], what[64] = "", line[200];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fd/%s", fd);
	if (readlink(path, what, sizeof(what) - 1) < 0 ||
		strcmp(what, "anon_inode:[eventpoll]") != 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%s", fd);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strncmp(line, "tfd:", 4) == 0;
	fclose(f);
	return n;
}

/* Each thread has a set of its own for its connections: the largest two. */
static void
test_two_threads_have_about_as_many_connections(void **state)
{
	enum { CONNECTIONS = 96 };
	int fds[CONNECTIONS], i;
	size_t most = 0, next = 0;
	struct dirent *e;
	DIR *d;

	(void)state;
	for (i = 0; i < CONNECTIONS; i++)
		fds[i] = site_connect(&site);
	for (i = 0; i < CONNECTIONS; i++)
		is_answered(fds[i]);
	d = opendir("/proc/self/fd");
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t n = watched(e->d_name);

		if (n > most) {
			next = most;
			most = n;
		} else if (n > next) {
			next = n;
		}
	}
	closedir(d);
	for (i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
	/* The library may have taken some out that are being read. */
	assert_true(most >= CONNECTIONS / 2 && next > 0);
	assert_true(most - next <= SHARE_SLACK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, prepare, stop)
		WITH_SERVER(test_every_listener_lets_in),
		WITH_SERVER(
			test_nobody_comes_in_at_the_end_and_who_is_there_is_answered),
		cmocka_unit_test_setup_teardown(
			test_who_waits_for_the_start_is_answered, prepare_start,
			stop),
		WITH_SERVER(test_two_threads_have_about_as_many_connections),
		/* With two, one may take what the other gave up to refuse. */
		cmocka_unit_test_prestate_setup_teardown(
			test_without_descriptors_who_comes_is_refused_and_later_let_in,
			prepare, stop, &alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
