/*
 * mailsink.c - takes letters by SMTP or LMTP and counts them
 *
 *     mailsink HOST:PORT COUNT IDLE_SECONDS [DIR]
 *
 * Ends after COUNT letters or IDLE_SECONDS without one (for the first, two
 * minutes if that is more), and prints letters, seconds from the first command
 * of the first letter to the last answer, letters/s. With DIR each letter is
 * kept as DIR/NNNNNN.eml. One session at a time is served as fast as its client
 * goes; others wait.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"

/* FIRST_MS: the first letter may be long in coming, whatever IDLE_SECONDS. */
enum { SINK_SESSIONS = 64, FIRST_MS = 120000 };

struct sink_session {
	int fd;
	bool in_data;
	struct buf in;
};

static struct {
	size_t count, wanted;
	const char *dir;
	int64_t first_us, last_us;
} sink;

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "mailsink: %s: %s\n", what, why);
	exit(1);
}

static void
keep(struct bytes letter)
{
	char path[4096];
	FILE *f;

	if (sink.dir == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%06zu.eml", sink.dir, sink.count);
	f = fopen(path, "w");
	if (f == NULL || fwrite(letter.data, 1, letter.len, f) != letter.len ||
		fclose(f) != 0)
		die(path, strerror(errno));
}

/* The reply to one command line; NULL ends the session. */
static const char *
answer(struct sink_session *s, struct bytes line)
{
	static const struct {
		const char *verb, *reply;
	} table[] = {
		{"EHLO", "250-sink.example\r\n250-PIPELINING\r\n"
			 "250 SIZE 20000000\r\n"},
		{"LHLO", "250-sink.example\r\n250-PIPELINING\r\n"
			 "250 SIZE 20000000\r\n"},
		{"HELO", "250 sink.example\r\n"},
		{"MAIL", "250 2.1.0 ok\r\n"},
		{"RCPT", "250 2.1.5 ok\r\n"},
		{"RSET", "250 2.0.0 ok\r\n"},
		{"NOOP", "250 2.0.0 ok\r\n"},
		{"DATA", "354 go on\r\n"},
		{"QUIT", NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (bytes_starts_nocase(line, table[i].verb)) {
			if (table[i].verb[0] == 'D')
				s->in_data = true;
			if (table[i].verb[0] == 'M' && sink.first_us == 0)
				sink.first_us = clock_mono_us();
			return table[i].reply;
		}
	return "500 5.5.1 what?\r\n";
}

/* Takes one command or one letter from the input; false: not whole yet. */
static bool
step(struct sink_session *s)
{
	const char *reply, *end;
	size_t used;

	if (s->in_data) {
		end = s->in.len == 0
			      ? NULL
			      : memmem(s->in.data, s->in.len, "\r\n.\r\n", 5);
		if (end == NULL)
			return false;
		used = (size_t)(end - (const char *)s->in.data) + 5;
		keep(bytes_make(s->in.data, used - 3));
		s->in_data = false;
		sink.count++;
		reply = "250 2.0.0 taken\r\n";
	} else {
		end = s->in.len == 0 ? NULL
				     : memchr(s->in.data, '\n', s->in.len);
		if (end == NULL)
			return false;
		used = (size_t)(end - (const char *)s->in.data) + 1;
		reply = answer(s, bytes_make(s->in.data, used));
	}
	memmove(s->in.data, s->in.data + used, s->in.len - used);
	s->in.len -= used;
	if (reply == NULL || net_write(s->fd, bytes_of(reply),
				     clock_mono_ms() + 10000) != STATUS_OK) {
		close(s->fd);
		s->fd = -1;
		return false;
	}
	sink.last_us = clock_mono_us();
	return true;
}

static void
serve(struct sink_session *s)
{
	ssize_t n;

	if (buf_reserve(&s->in, 262144) != STATUS_OK)
		die("memory", "none");
	n = read(s->fd, s->in.data + s->in.len, 262144);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		close(s->fd);
		s->fd = -1;
		return;
	}
	s->in.len += (size_t)n;
	while (s->fd >= 0 && step(s))
		;
}

static void
accept_one(int listener, struct sink_session *sessions)
{
	struct sockaddr_storage from;
	size_t i;
	int fd;

	if (net_accept(listener, &fd, &from) != STATUS_OK)
		return;
	for (i = 0; i < SINK_SESSIONS && sessions[i].fd >= 0; i++)
		;
	if (i == SINK_SESSIONS) {
		close(fd);
		return;
	}
	sessions[i].fd = fd;
	sessions[i].in_data = false;
	buf_clear(&sessions[i].in);
	if (net_write(fd, bytes_of("220 sink.example ready\r\n"),
		    clock_mono_ms() + 10000) != STATUS_OK) {
		close(fd);
		sessions[i].fd = -1;
	}
}

int
main(int argc, char **argv)
{
	static struct sink_session sessions[SINK_SESSIONS];
	struct pollfd pfd[SINK_SESSIONS + 1];
	struct endpoint ep;
	struct err err = {{0}};
	int listener, i;
	int64_t idle_ms;
	double seconds;

	if (argc < 4)
		die("usage", "HOST:PORT COUNT IDLE_SECONDS [DIR]");
	signal(SIGPIPE, SIG_IGN);
	if (endpoint_parse(argv[1], &ep, &err) != STATUS_OK ||
		net_listen(&ep, 64, &listener, &err) != STATUS_OK)
		die(argv[1], err.text);
	sink.wanted = strtoul(argv[2], NULL, 10);
	idle_ms = 1000 * strtol(argv[3], NULL, 10);
	sink.dir = argc > 4 ? argv[4] : NULL;
	for (i = 0; i < SINK_SESSIONS; i++)
		sessions[i].fd = -1;
	while (sink.count < sink.wanted) {
		for (i = 0; i < SINK_SESSIONS; i++)
			pfd[i] = (struct pollfd){
				.fd = sessions[i].fd, .events = POLLIN};
		pfd[i] = (struct pollfd){.fd = listener, .events = POLLIN};
		if (poll(pfd, SINK_SESSIONS + 1,
			    sink.count > 0 || idle_ms > FIRST_MS
				    ? (int)idle_ms
				    : FIRST_MS) == 0)
			break;
		if (pfd[SINK_SESSIONS].revents != 0)
			accept_one(listener, sessions);
		for (i = 0; i < SINK_SESSIONS; i++)
			if (pfd[i].fd >= 0 && pfd[i].revents != 0)
				serve(&sessions[i]);
	}
	seconds = (double)(sink.last_us - sink.first_us) / 1e6;
	printf("letters-out letters=%zu seconds=%.3f per_second=%.0f\n",
		sink.count, seconds,
		seconds > 0 ? (double)sink.count / seconds : 0.0);
	return sink.count < sink.wanted;
}
