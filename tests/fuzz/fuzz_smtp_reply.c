/*
 * A relay is a stranger: whatever it says, our session ends, with a result
 * that the daemon understands, in bounded memory; no letter goes in clear
 * where TLS is required, and no password where there is none.
 *
 * The first octet says how the session is meant to go, the rest is what the
 * server says; then it is gone.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mailagent/relay_smtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	FLAG_LMTP = 1 << 0,
	FLAG_USER = 1 << 1,
	FLAG_REQUIRED = 1 << 2,
	FLAG_OPPORTUNISTIC = 1 << 3,
	FLAG_IMPLICIT = 1 << 4,
	SERVER_MAX = 100 * 1000, /* what a socket surely holds */
	SAID_MAX = 64 * 1024
};

static char password_file[] = "/tmp/fuzz_smtp_reply.XXXXXX";

static void
remove_password(void)
{
	(void)unlink(password_file);
}

static void
make_password(void)
{
	static const char text[] = "a secret\n";
	static bool made; /* the name mkstemp gives may have an X too */
	ssize_t n;
	int fd;

	if (made)
		return;
	made = true;
	fd = mkstemp(password_file);
	assert(fd >= 0);
	n = write(fd, text, sizeof(text) - 1);
	assert(n == (ssize_t)sizeof(text) - 1);
	close(fd);
	(void)atexit(remove_password);
}

static void
on_stage(void *ctx, enum sent_stage stage)
{
	assert(stage < STAGE_DONE);
	(void)ctx;
}

static void
check_result(const struct smtp_result *res)
{
	assert(res->stage <= STAGE_DONE);
	assert(res->code == 0 || (res->code >= 200 && res->code <= 599));
	assert(memchr(res->text, '\0', sizeof(res->text)) != NULL);
	if (res->stage == STAGE_DONE)
		assert(res->code >= 200 && res->code <= 299);
}

/* Two letters, as one session takes them. */
static void
post(struct smtp *s)
{
	const struct smtp_letter letter = {.sender = "us@here.example",
		.recipient = "them@there.example",
		.envid = "1-2",
		.data = bytes_of("Subject: x\n\n.key\n")};
	struct smtp_result res = {.stage = STAGE_CONNECT};
	bool more = true;

	for (int i = 0; i < 2 && more; i++) {
		more = smtp_send(s, &letter, &res);
		check_result(&res);
	}
	smtp_describe(s, &res);
	check_result(&res);
	smtp_close(s);
}

/* What the server heard. */
static void
check_said(int fd, uint8_t flags)
{
	static char said[SAID_MAX];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(said) - 1 &&
		(got = read(fd, said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	/* None of this is TLS. */
	assert(memmem(said, n, "AUTH PLAIN", 10) == NULL);
	assert(memmem(said, n, "AUTH LOGIN", 10) == NULL);
	if (flags & (FLAG_REQUIRED | FLAG_IMPLICIT)) {
		assert(memmem(said, n, "AUTH", 4) == NULL);
		assert(memmem(said, n, "MAIL", 4) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_result res = {.stage = STAGE_CONNECT};
	struct smtp_target target = {.relay = "smtp://localhost:25",
		.tls = RELAY_TLS_NONE,
		.ca = "",
		.pin = "",
		.user = "",
		.password_file = password_file};
	const struct smtp_stages stages = {on_stage, NULL};
	struct smtp *s;
	uint8_t flags;
	ssize_t n;
	int pair[2], r;

	if (size == 0 || size > SERVER_MAX)
		return 0;
	make_password();
	flags = data[0];
	if (flags & FLAG_IMPLICIT)
		target.relay = "smtps://localhost:465";
	else if (flags & FLAG_LMTP)
		target.relay = "lmtp://localhost:24";
	if (flags & FLAG_USER)
		target.user = "me";
	if (flags & FLAG_OPPORTUNISTIC)
		target.tls = RELAY_TLS_OPPORTUNISTIC;
	if (flags & FLAG_REQUIRED)
		target.tls = RELAY_TLS_REQUIRED;
	r = socketpair(
		AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair);
	assert(r == 0);
	n = write(pair[1], data + 1, size - 1);
	assert(n == (ssize_t)size - 1);
	r = shutdown(pair[1], SHUT_WR);
	assert(r == 0);
	s = smtp_open_fd(pair[0], &target, "here.example", &stages, &res);
	if (s != NULL)
		post(s);
	else
		check_result(&res);
	check_said(pair[1], flags);
	close(pair[1]);
	return 0;
}
