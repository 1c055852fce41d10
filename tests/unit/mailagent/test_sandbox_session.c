/* What a session with a mail server may still do. */
#include "../unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "mailagent/sandbox.h"

/* In a child, for there is no way back; gives what it says. */
static int
in_session(int (*f)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(sandbox_enter_relay() == STATUS_OK ? f() : 99);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
start_programs(void)
{
	char name[] = "/bin/true", *argv[] = {name, NULL}, *env[] = {NULL};

	(void)execve(name, argv, env);
	if (errno != ENOSYS)
		return 1;
	return fork() >= 0 ? 2 : 0;
}

static int
change_files(void)
{
	char path[] = "/tmp/keypost-sandbox-test";

	if (open(path, O_WRONLY | O_CREAT, 0600) >= 0)
		return 1;
	if (open(path, O_RDONLY | O_CREAT, 0600) >= 0)
		return 2;
	if (open("/dev/null", O_WRONLY) >= 0)
		return 3;
	if (unlink(path) == 0 || errno != ENOSYS)
		return 4;
	return rename(path, path) == 0 || errno != ENOSYS ? 5 : 0;
}

static int
disturb_others(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (kill(getppid(), 0) == 0 || errno != ENOSYS)
		return 1;
	if (fd < 0 || listen(fd, 1) == 0 || errno != ENOSYS)
		return 2;
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != ENOSYS ? 3 : 0;
}

static int
read_files(void)
{
	struct stat sb;
	int fd = open("/etc/passwd", O_RDONLY);
	char c;

	return fd >= 0 && fstat(fd, &sb) == 0 && read(fd, &c, 1) == 1 ? 0 : 1;
}

/* ---- names -----------------------------------------------------------------
 */

static struct sockaddr_in resolver;

/* Knows one name, with one address; keeps the question. */
static void
answer(int fd)
{
	static const uint8_t tail[] = {
		0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 9, 8, 7};
	uint8_t m[512];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, m, sizeof(m) - sizeof(tail), 0,
		(struct sockaddr *)&from, &len);
	size_t end = 12;
	bool is_a;

	if (n < 17)
		_exit(1);
	while (end < (size_t)n && m[end] != 0)
		end += m[end] + 1u;
	end += 5;
	is_a = m[end - 3] == 1;
	m[2] = 0x81;
	m[3] = 0x80;
	memset(m + 6, 0, 6);
	m[7] = is_a;
	memcpy(m + end, tail, sizeof(tail));
	(void)sendto(fd, m, end + (is_a ? sizeof(tail) : 0), 0,
		(struct sockaddr *)&from, len);
}

static int
resolve(void)
{
	struct addrinfo *list = NULL, hints = {.ai_socktype = SOCK_STREAM};
	const struct sockaddr_in *a;

	if (getaddrinfo("localhost", "25", &hints, &list) != 0)
		return 1;
	freeaddrinfo(list);
	if (res_init() != 0)
		return 2;
	_res.nscount = 1;
	_res.nsaddr_list[0] = resolver;
	if (getaddrinfo("relay.keypost.test.", "25", &hints, &list) != 0)
		return 3;
	a = (const struct sockaddr_in *)(const void *)list->ai_addr;
	if (a->sin_family != AF_INET || ntohl(a->sin_addr.s_addr) != 0x7f090807)
		return 4;
	freeaddrinfo(list);
	return 0;
}

static void
test_names_are_resolved_by_files_and_dns(void **state)
{
	socklen_t len = sizeof(resolver);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pid_t server;

	(void)state;
	resolver = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(
		bind(fd, (struct sockaddr *)&resolver, sizeof(resolver)), 0);
	assert_int_equal(
		getsockname(fd, (struct sockaddr *)&resolver, &len), 0);
	server = fork();
	if (server == 0) {
		for (;;)
			answer(fd);
	}
	assert_int_equal(in_session(resolve), 0);
	assert_int_equal(kill(server, SIGKILL), 0);
	assert_int_equal(waitpid(server, NULL, 0), server);
	close(fd);
}

static void
test_a_session_starts_nothing(void **state)
{
	(void)state;
	assert_int_equal(in_session(start_programs), 0);
}

static void
test_a_session_changes_no_file(void **state)
{
	(void)state;
	assert_int_equal(in_session(change_files), 0);
}

static void
test_a_session_disturbs_nobody(void **state)
{
	(void)state;
	assert_int_equal(in_session(disturb_others), 0);
}

static void
test_a_session_reads_what_it_needs(void **state)
{
	(void)state;
	assert_int_equal(in_session(read_files), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_resolved_by_files_and_dns),
		cmocka_unit_test(test_a_session_reads_what_it_needs),
#if defined(HAVE_SECCOMP) && !defined(SANITIZED_BUILD)
		cmocka_unit_test(test_a_session_starts_nothing),
		cmocka_unit_test(test_a_session_changes_no_file),
		cmocka_unit_test(test_a_session_disturbs_nobody),
#endif
	};

#if !defined(HAVE_SECCOMP) || defined(SANITIZED_BUILD)
	(void)test_a_session_starts_nothing;
	(void)test_a_session_changes_no_file;
	(void)test_a_session_disturbs_nobody;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
