/*
 * bench_agent.c - how many letters keypost-mail moves, with keypostd left out
 *
 *     bench-agent in DATA LMTP COUNT     answers each letter at once
 *     bench-agent out DATA RELAY COUNT   sends letters to one peer, 16 ahead
 *
 * `in` listens on LMTP and ends after COUNT letters that lmtpload sends. Both
 * print letters, seconds and letters/s. DATA is a folder to be used up.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "mailagent/agent.h"
#include "mailagent/protocol.h"

enum { WAIT_MS = 60 * 1000, AHEAD = 16, LINES = 45 };

static void
must(enum status st, const char *what)
{
	if (st == STATUS_OK)
		return;
	fprintf(stderr, "bench-agent: %s: %s\n", what, status_name(st));
	exit(1);
}

static void
run_agent(int in, int out)
{
	static volatile sig_atomic_t never;
	struct err err = {""};

	if (dup2(in, 200) != 200 || dup2(out, 201) != 201 ||
		close_range(3, 199, 0) != 0)
		_exit(2);
	if (agent_run(200, 201, &never, &err) == STATUS_CLOSED)
		_exit(0);
	fprintf(stderr, "bench-agent: %s\n", err.text);
	_exit(1);
}

static pid_t
start(const char *data, const char *lmtp, int *in, int *out)
{
	struct buf b = {.len = 0};
	int a[2], c[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, a) != 0 ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, c) != 0)
		exit(1);
	pid = fork();
	if (pid == 0)
		run_agent(a[1], c[1]);
	close(a[1]);
	close(c[1]);
	*in = a[0];
	*out = c[0];
	must(frame_put_field(&b, CONFIG_DATA, bytes_of(data)), "field");
	if (lmtp != NULL)
		must(frame_put_field(&b, CONFIG_LMTP, bytes_of(lmtp)), "field");
	must(frame_send(*in, FRAME_CONFIG, 0, buf_view(&b),
		     clock_mono_ms() + WAIT_MS),
		"configuration");
	buf_done(&b);
	return pid;
}

static void
next(struct frame_reader *r, int fd, uint8_t type, struct frame *f)
{
	do {
		must(frame_read(r, fd, clock_mono_ms() + WAIT_MS, f), "frame");
	} while (f->type != type);
}

static int64_t
bench_in(int in, unsigned long count)
{
	struct frame_reader r;
	struct buf done = {.len = 0};
	struct frame f;
	int64_t began = 0;
	unsigned long n;

	must(frame_put_number(&done, DONE_FATE, FATE_TAKEN), "field");
	frame_reader_init(&r, FRAME_MAX);
	for (n = 0; n < count; n++) {
		next(&r, in, FRAME_LETTER, &f);
		if (n == 0)
			began = clock_mono_us();
		must(frame_send(in, FRAME_DONE, f.id, buf_view(&done),
			     clock_mono_ms() + WAIT_MS),
			"done");
	}
	frame_reader_done(&r);
	buf_done(&done);
	return clock_mono_us() - began;
}

static void
make_letter(struct buf *b, const char *relay)
{
	struct buf text = {.len = 0};
	unsigned i;

	must(buf_puts(&text, "To: b@b.example\nSubject: incremental\n\n"),
		"letter");
	for (i = 0; i < LINES; i++)
		must(buf_printf(&text, "%064u\n", i), "letter");
	must(frame_put_field(b, SEND_PEER, bytes_of("b")), "field");
	must(frame_put_field(b, SEND_RELAY, bytes_of(relay)), "field");
	must(frame_put_field(b, SEND_SENDER, bytes_of("a@a.example")), "field");
	must(frame_put_field(b, SEND_RECIPIENT, bytes_of("b@b.example")),
		"field");
	must(frame_put_field(b, SEND_DATA, buf_view(&text)), "field");
	must(frame_put_number(b, SEND_TLS, RELAY_TLS_NONE), "field");
	buf_done(&text);
}

static int64_t
bench_out(int out, const char *relay, unsigned long count)
{
	struct frame_reader r;
	struct buf letter = {.len = 0};
	struct frame f;
	int64_t began = clock_mono_us();
	unsigned long sent = 0, n;

	make_letter(&letter, relay);
	frame_reader_init(&r, FRAME_MAX);
	for (n = 0; n < count; n++) {
		for (; sent < count && sent < n + AHEAD; sent++)
			must(frame_send(out, FRAME_SEND, sent + 1,
				     buf_view(&letter),
				     clock_mono_ms() + WAIT_MS),
				"send");
		next(&r, out, FRAME_SENT, &f);
	}
	frame_reader_done(&r);
	buf_done(&letter);
	return clock_mono_us() - began;
}

int
main(int argc, char **argv)
{
	unsigned long count;
	int64_t took;
	int in, out;
	pid_t pid;
	bool is_in;

	if (argc != 5) {
		fprintf(stderr, "usage: bench-agent in|out DATA ADDR COUNT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	is_in = strcmp(argv[1], "in") == 0;
	count = strtoul(argv[4], NULL, 10);
	pid = start(argv[2], is_in ? argv[3] : NULL, &in, &out);
	took = is_in ? bench_in(in, count) : bench_out(out, argv[3], count);
	/* The last reply is on its way to the client. */
	usleep(200000);
	close(in);
	close(out);
	waitpid(pid, NULL, 0);
	printf("%s letters=%lu seconds=%.3f letters_per_s=%.0f\n", argv[1],
		count, (double)took / 1e6,
		(double)count * 1e6 / (double)(took > 0 ? took : 1));
	return 0;
}
