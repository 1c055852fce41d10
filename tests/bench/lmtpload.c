/*
 * lmtpload.c - feeds an LMTP or SMTP listener with sync letters
 *
 *     lmtpload HOST:PORT SESSIONS COUNT KEYRING RECIPIENT SENDER [smtp]
 *
 * COUNT letters, one certificate of KEYRING each, in the shape that keypost
 * sends, over SESSIONS connections at once; a session sends its next letter
 * when the last one was answered. Prints letters, failures, seconds, letters/s,
 * p50 and p99 in microseconds from the first command to the answer after the
 * dot.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "base/reader.h"
#include "tests/bench/keyring.h"

enum { SESSIONS_MAX = 256 };

enum step { STEP_GREETING, STEP_HELLO, STEP_COMMANDS, STEP_DOT, STEP_STEPS };

struct session {
	int fd;
	enum step step;
	unsigned replies; /* still to come in STEP_COMMANDS */
	struct buf in;
	size_t number; /* of its present letter */
	int64_t began;
	bool bad;
};

static struct {
	struct keyring keys;
	const char *recipient, *sender;
	bool smtp;
	size_t next, count, done, failed, open;
	uint32_t *took;
	int epoll;
} load;

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "lmtpload: %s: %s\n", what, why);
	exit(1);
}

static void
must(enum status st, const char *what)
{
	if (st != STATUS_OK)
		die(what, status_name(st));
}

static void
say(struct session *s, struct bytes text)
{
	must(net_write(s->fd, text, clock_mono_ms() + 30000), "write");
}

static void
say_commands(struct session *s)
{
	struct buf b = {0};

	if (load.next == load.count) {
		say(s, bytes_of("QUIT\r\n"));
		close(s->fd);
		s->fd = -1;
		load.open--;
		return;
	}
	s->number = load.next++;
	s->began = clock_mono_us();
	s->step = STEP_COMMANDS;
	s->replies = 3;
	s->bad = false;
	must(buf_printf(&b, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n",
		     load.sender, load.recipient),
		"memory");
	say(s, buf_view(&b));
	buf_done(&b);
}

static void
say_letter(struct session *s)
{
	struct buf b = {0}, armor = {0};
	size_t at = s->number % load.keys.count, i, from = 0;

	must(buf_printf(&b,
		     "To: %s\r\nFrom: %s\r\nSubject: incremental\r\n"
		     "X-KeyServer-Sent: %s\r\nPrecedence: list\r\n"
		     "MIME-Version: 1.0\r\n"
		     "Content-Type: application/pgp-keys\r\n"
		     "Message-ID: <bench.%zu.%ld@bench.example>\r\n\r\n",
		     load.recipient, load.sender, load.sender, s->number,
		     (long)getpid()),
		"memory");
	must(armor_write(&armor, &load.keys.list[at], 1, NULL, true), "armor");
	for (i = 0; i < armor.len; i++) {
		if (armor.data[i] != '\n')
			continue;
		must(buf_put(&b, bytes_make(armor.data + from, i - from)),
			"memory");
		must(buf_puts(&b, "\r\n"), "memory");
		from = i + 1;
	}
	must(buf_puts(&b, ".\r\n"), "memory");
	say(s, buf_view(&b));
	buf_done(&armor);
	buf_done(&b);
	s->step = STEP_DOT;
}

static void
finish(struct session *s, bool ok)
{
	load.took[load.done++] = (uint32_t)(clock_mono_us() - s->began);
	if (!ok) {
		load.failed++;
	}
	say_commands(s);
}

/* One whole reply: its last line. */
static void
on_reply(struct session *s, int code)
{
	switch (s->step) {
	case STEP_GREETING:
		say(s, bytes_of(load.smtp ? "EHLO bench.example\r\n"
					  : "LHLO bench.example\r\n"));
		s->step = STEP_HELLO;
		break;
	case STEP_HELLO:
		say_commands(s);
		break;
	case STEP_COMMANDS:
		if (code >= 400)
			s->bad = true;
		if (--s->replies > 0)
			break;
		if (code != 354) {
			fprintf(stderr, "lmtpload: DATA refused: %d\n", code);
			say(s, bytes_of("RSET\r\n"));
			s->step = STEP_DOT;
			s->bad = true;
		} else {
			say_letter(s);
		}
		break;
	case STEP_DOT:
		finish(s, code == 250 && !s->bad);
		break;
	case STEP_STEPS:
		break;
	}
}

static void
on_input(struct session *s)
{
	struct reader r;
	struct bytes line;
	const uint8_t *last;
	ssize_t n;
	size_t whole;

	must(buf_reserve(&s->in, 4096), "memory");
	n = read(s->fd, s->in.data + s->in.len, 4096);
	if (n <= 0)
		die("session",
			n == 0 ? "closed by the server" : strerror(errno));
	s->in.len += (size_t)n;
	last = memrchr(s->in.data, '\n', s->in.len);
	if (last == NULL)
		return;
	whole = (size_t)(last - s->in.data) + 1;
	r = reader_of(bytes_make(s->in.data, whole));
	while (s->fd >= 0 && reader_line(&r, &line))
		if (line.len >= 3 && (line.len == 3 || line.data[3] != '-'))
			on_reply(s, atoi((const char *)line.data));
	memmove(s->in.data, s->in.data + whole, s->in.len - whole);
	s->in.len -= whole;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static struct session sessions[SESSIONS_MAX];
	struct epoll_event ev, events[64];
	struct endpoint ep;
	struct err err = {{0}};
	size_t n, i;
	int got, k;
	int64_t began;
	double seconds;

	if (argc < 7)
		die("usage", "HOST:PORT SESSIONS COUNT KEYRING RECIPIENT "
			     "SENDER [smtp]");
	signal(SIGPIPE, SIG_IGN);
	if (endpoint_parse(argv[1], &ep, &err) != STATUS_OK)
		die(argv[1], err.text);
	n = strtoul(argv[2], NULL, 10);
	load.count = strtoul(argv[3], NULL, 10);
	keyring_open(&load.keys, argv[4]);
	load.recipient = argv[5];
	load.sender = argv[6];
	load.smtp = argc > 7;
	if (n < 1 || n > SESSIONS_MAX || load.count < 1)
		die("usage", "1 to 256 sessions, at least one letter");
	load.took = xcalloc(load.count + SESSIONS_MAX, sizeof(*load.took));
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	began = clock_mono_us();
	for (i = 0; i < n; i++) {
		if (net_connect(&ep, clock_mono_ms() + 5000, &sessions[i].fd,
			    &err) != STATUS_OK)
			die("connect", err.text);
		ev = (struct epoll_event){
			.events = EPOLLIN, .data.ptr = &sessions[i]};
		if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, sessions[i].fd, &ev) !=
			0)
			die("epoll_ctl", strerror(errno));
		load.open++;
	}
	while (load.open > 0) {
		got = epoll_wait(load.epoll, events, 64, 90000);
		if (got == 0)
			die("epoll_wait", "no answer for 90 s");
		for (k = 0; k < got; k++)
			on_input(events[k].data.ptr);
	}
	seconds = (double)(clock_mono_us() - began) / 1e6;
	qsort(load.took, load.done, sizeof(*load.took), by_size);
	printf("letters-in sessions=%zu letters=%zu failed=%zu seconds=%.2f "
	       "per_second=%.0f p50_us=%u p99_us=%u\n",
		n, load.done, load.failed, seconds, (double)load.done / seconds,
		load.took[load.done / 2], load.took[load.done * 99 / 100]);
	return load.failed > 0;
}
