/*
 * hkpload.c - asks or feeds an HKP server and reports the rate
 *
 *     hkpload WHAT HOST:PORT CONNECTIONS SECONDS FILE [close] [pid=N] [stall=N]
 *
 * WHAT is get, index (options=mr), miss (a get that finds nothing; miss-200 of
 * onak, which says 200), match (a get with If-None-Match) or add. All but add:
 * FILE holds one search term a line (fingerprints, key IDs, addresses), asked
 * for in a pseudo-random order. add: FILE is a binary keyring; each certificate
 * is submitted once, as gpg does it, until they or the time run out. One thread
 * and epoll, so that the load costs the server little of the machine. `close`
 * opens a connection for each request, as most HKP clients do. When no answer
 * at all comes for 30 seconds it fails; for those of `stall`, it gives up what
 * is asked, counts it as failed, tells of the time until the last answer, and
 * ends its line with "stalls".
 *
 * Prints one line: what, connections, requests, failures, seconds, requests/s,
 * p50 and p99 in microseconds; with `pid`, the microseconds of CPU that this
 * process used for each request.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "tests/bench/ask.h"

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX = 1 << 20, SILENT_MS = 30000 };

struct client {
	int fd;
	bool connecting;
	struct buf request;
	size_t sent;
	struct buf answer;
	size_t head;   /* octets of the head, once seen */
	size_t expect; /* of head and body; SIZE_MAX: until it closes */
	int64_t began;
};

struct load {
	struct endpoint ep;
	struct addrinfo *to;
	struct asker ask;
	int epoll;
	int64_t until;
	uint32_t *took; /* microseconds of each request */
	size_t done, took_max, failed;
	size_t open;
	int stall_ms; /* 0: who says nothing is an error */
	bool stalls;
	int64_t ended; /* when the last answer came, in us */
};

/* False when everything was asked. */
static bool
make_request(struct load *l, struct client *c)
{
	buf_clear(&c->answer);
	c->sent = c->head = 0;
	c->expect = SIZE_MAX;
	return ask_next(&l->ask, &c->request);
}

static void
watch(struct load *l, struct client *c, uint32_t events, int op)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (epoll_ctl(l->epoll, op, c->fd, &ev) != 0)
		ask_die("epoll_ctl", strerror(errno));
}

/* Without waiting: a server whose backlog is full is just slow. */
static int
connect_now(const struct load *l)
{
	int one = 1;
	int fd = socket(l->to->ai_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		ask_die("socket", strerror(errno));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, l->to->ai_addr, l->to->ai_addrlen) != 0 &&
		errno != EINPROGRESS)
		ask_die("connect", strerror(errno));
	return fd;
}

static void
drop(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

static void
finish(struct load *l, struct client *c, bool ok)
{
	l->ended = clock_mono_us();
	if (l->done < l->took_max)
		l->took[l->done] = (uint32_t)(l->ended - c->began);
	l->done++;
	if (!ok)
		l->failed++;
}

/* False: the connection is of no use. */
static bool
write_some(struct load *l, struct client *c)
{
	ssize_t n = write(
		c->fd, c->request.data + c->sent, c->request.len - c->sent);

	if (n < 0 && errno != EAGAIN)
		return false;
	if (n > 0)
		c->sent += (size_t)n;
	if (c->connecting || c->sent < c->request.len) {
		c->connecting = c->sent < c->request.len;
		watch(l, c, c->connecting ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
	}
	return true;
}

/* Starts a request, on a new connection where there is none. */
static void
start(struct load *l, struct client *c)
{
	for (;;) {
		if (clock_mono_ms() >= l->until || !make_request(l, c))
			break;
		c->began = clock_mono_us();
		if (c->fd < 0) {
			c->fd = connect_now(l);
			c->connecting = true;
			watch(l, c, EPOLLOUT, EPOLL_CTL_ADD);
			return;
		}
		if (write_some(l, c))
			return;
		finish(l, c, false);
		drop(c);
	}
	if (c->fd >= 0)
		drop(c);
	l->open--;
}

/* Finds the end of the head, and from Content-Length the end of it all. */
static void
look_at_head(struct client *c)
{
	const char *text = (const char *)c->answer.data;
	const char *end, *length;

	if (c->head != 0)
		return;
	end = memmem(text, c->answer.len, "\r\n\r\n", 4);
	if (end == NULL)
		return;
	c->head = (size_t)(end - text) + 4;
	length = memmem(text, c->head, "Content-Length:", 15);
	if (length == NULL)
		length = memmem(text, c->head, "Content-length:", 15);
	/* A 304 tells the length of what it leaves out. */
	if (memcmp(text + 9, "304", 3) == 0)
		c->expect = c->head;
	else if (length != NULL)
		c->expect = c->head + strtoul(length + 15, NULL, 10);
}

static void
read_some(struct load *l, struct client *c)
{
	bool ok, closed = false;
	ssize_t n;

	ask_must(buf_reserve(&c->answer, 65536), "memory");
	n = read(c->fd, c->answer.data + c->answer.len, 65536);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		closed = true;
	else
		c->answer.len += (size_t)n;
	look_at_head(c);
	if (!closed && (c->head == 0 || c->answer.len < c->expect) &&
		c->answer.len < ANSWER_MAX)
		return;
	ok = c->answer.len > 12 &&
	     memcmp(c->answer.data + 9, l->ask.verb->good, 3) == 0;
	finish(l, c, ok);
	/* A server may end a connection after so many answers. */
	if (closed || l->ask.close_each ||
		memmem(c->answer.data, c->head, "Connection: close", 17) !=
			NULL)
		drop(c);
	start(l, c);
}

static void
run(struct load *l, size_t connections)
{
	static struct client clients[CONNECTIONS_MAX];
	struct epoll_event events[64];
	size_t i;
	int n, k;

	for (i = 0; i < connections; i++) {
		clients[i].fd = -1;
		l->open++;
		start(l, &clients[i]);
	}
	while (l->open > 0) {
		n = epoll_wait(l->epoll, events, 64,
			l->stall_ms > 0 ? l->stall_ms : SILENT_MS);
		if (n == 0 && l->stall_ms == 0)
			ask_die("epoll_wait", "no answer for 30 s");
		if (n == 0 ||
			(l->stall_ms > 0 &&
				clock_mono_ms() > l->until + l->stall_ms)) {
			l->stalls = true;
			l->done += l->open;
			l->failed += l->open;
			return;
		}
		for (k = 0; k < n; k++) {
			struct client *c = events[k].data.ptr;
			if (!(events[k].events & EPOLLOUT)) {
				read_some(l, c);
			} else if (!write_some(l, c)) {
				finish(l, c, false);
				drop(c);
				start(l, c);
			}
		}
	}
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What a process has used so far, all its threads together. */
static double
cpu_us(pid_t pid)
{
	struct timespec t = {0};
	clockid_t id;

	if (pid == 0)
		return 0;
	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) != 0)
		ask_die("pid", "no such process");
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
report(struct load *l, size_t connections, double seconds, double cpu)
{
	size_t n = l->stalls ? l->done - l->open : l->done;

	if (n > l->took_max)
		n = l->took_max;
	qsort(l->took, n, sizeof(*l->took), by_size);
	printf("%s%s connections=%zu requests=%zu failed=%zu seconds=%.2f "
	       "per_second=%.0f p50_us=%u p99_us=%u",
		l->ask.verb->name, l->ask.close_each ? "-close" : "",
		connections, l->done, l->failed, seconds,
		(double)l->done / seconds, n > 0 ? l->took[n / 2] : 0,
		n > 0 ? l->took[n * 99 / 100] : 0);
	if (cpu > 0 && l->done > 0)
		printf(" cpu_us=%.1f", cpu / (double)l->done);
	printf("%s\n", l->stalls ? " stalls" : "");
}

int
main(int argc, char **argv)
{
	struct load l = {.took_max = 4000000};
	struct err err = {{0}};
	size_t connections;
	pid_t pid = 0;
	int64_t began;
	double cpu;
	int i;

	if (argc < 6)
		ask_die("usage",
			"WHAT HOST:PORT CONNECTIONS SECONDS FILE [close] "
			"[pid=N] [stall=N]");
	signal(SIGPIPE, SIG_IGN);
	if (endpoint_parse(argv[2], &l.ep, &err) != STATUS_OK)
		ask_die(argv[2], err.text);
	l.ask.host = l.ep.host;
	l.ask.port = l.ep.port;
	if (getaddrinfo(l.ep.host, l.ep.port, NULL, &l.to) != 0)
		ask_die(argv[2], "does not resolve");
	connections = strtoul(argv[3], NULL, 10);
	if (connections < 1 || connections > CONNECTIONS_MAX)
		ask_die(argv[3], "1 to 1024 connections");
	for (i = 6; i < argc; i++) {
		if (strncmp(argv[i], "pid=", 4) == 0)
			pid = (pid_t)strtol(argv[i] + 4, NULL, 10);
		else if (strncmp(argv[i], "stall=", 6) == 0)
			l.stall_ms = 1000 * (int)strtol(argv[i] + 6, NULL, 10);
		else
			l.ask.close_each = true;
	}
	ask_open(&l.ask, argv[1], argv[5]);
	l.took = xcalloc(l.took_max, sizeof(*l.took));
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	cpu = cpu_us(pid);
	began = clock_mono_us();
	l.until = clock_mono_ms() + 1000 * strtol(argv[4], NULL, 10);
	run(&l, connections);
	if (l.ended <= began || !l.stalls)
		l.ended = clock_mono_us();
	report(&l, connections, (double)(l.ended - began) / 1e6,
		cpu_us(pid) - cpu);
	return 0;
}
