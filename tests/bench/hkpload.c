/*
 * hkpload.c - asks or feeds an HKP server and reports the rate
 *
 *     hkpload get HOST:PORT CONNECTIONS SECONDS FILE [close]
 *     hkpload add HOST:PORT CONNECTIONS SECONDS FILE [close]
 *
 * get: FILE holds one search term a line (fingerprints, addresses), asked for
 * in a pseudo-random order. add: FILE is a binary keyring; each certificate
 * is submitted once, as gpg does it, until they or the time run out. One
 * thread and epoll, so that the load costs the server little of the machine.
 * `close` opens a connection for each request, as most HKP clients do.
 *
 * Prints one line: what, connections, requests, failures, seconds, requests/s,
 * p50 and p99 in microseconds.
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
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "tests/bench/keyring.h"

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX = 1 << 20, PATH_MAX_OCTETS = 600 };

struct client {
	int fd;
	struct buf request;
	size_t sent;
	struct buf answer;
	size_t head;   /* octets of the head, once seen */
	size_t expect; /* of head and body; SIZE_MAX: until it closes */
	int64_t began;
	size_t index;
};

struct load {
	struct endpoint ep;
	struct addrinfo *to;
	bool add;
	bool close_each;
	struct keyring keys; /* add */
	struct bytes *terms; /* get */
	size_t term_count;
	size_t next;
	uint32_t random;
	int epoll;
	int64_t until;
	uint32_t *took; /* microseconds of each request */
	size_t done, took_max, failed;
	size_t open;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "hkpload: %s: %s\n", what, why);
	exit(1);
}

static void
must(enum status st, const char *what)
{
	if (st != STATUS_OK)
		die(what, status_name(st));
}

static uint32_t
next_random(struct load *l)
{
	l->random = l->random * 1664525u + 1013904223u;
	return l->random >> 8;
}

static void
put_escaped(struct buf *out, struct bytes text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;
	uint8_t c;

	must(buf_reserve(out, text.len * 3), "memory");
	for (i = 0; i < text.len; i++) {
		c = text.data[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || c == '-' || c == '.') {
			out->data[out->len++] = c;
			continue;
		}
		out->data[out->len++] = '%';
		out->data[out->len++] = (uint8_t)digits[c >> 4];
		out->data[out->len++] = (uint8_t)digits[c & 15];
	}
}

/* False when everything was asked. */
static bool
make_request(struct load *l, struct client *c)
{
	struct buf body = {0};
	const char *tail = l->close_each ? "Connection: close\r\n" : "";

	buf_clear(&c->request);
	buf_clear(&c->answer);
	c->sent = c->head = 0;
	c->expect = SIZE_MAX;
	if (l->add) {
		struct buf armored = {0};
		if (l->next >= l->keys.count)
			return false;
		must(armor_write(
			     &armored, &l->keys.list[l->next++], 1, NULL, true),
			"armor");
		must(buf_puts(&body, "keytext="), "memory");
		put_escaped(&body, buf_view(&armored));
		buf_done(&armored);
		must(buf_printf(&c->request,
			     "POST /pks/add HTTP/1.%d\r\nHost: %s:%s\r\n"
			     "Content-Type: "
			     "application/x-www-form-urlencoded\r\n"
			     "%sContent-Length: %zu\r\n\r\n",
			     l->close_each ? 0 : 1, l->ep.host, l->ep.port,
			     tail, body.len),
			"memory");
		must(buf_put(&c->request, buf_view(&body)), "memory");
		buf_done(&body);
		return true;
	}
	c->index = next_random(l) % l->term_count;
	put_escaped(&body, l->terms[c->index]);
	must(buf_printf(&c->request,
		     "GET /pks/lookup?op=get&options=mr&search=%.*s "
		     "HTTP/1.%d\r\nHost: %s:%s\r\n%s\r\n",
		     (int)body.len, (const char *)body.data,
		     l->close_each ? 0 : 1, l->ep.host, l->ep.port, tail),
		"memory");
	buf_done(&body);
	return true;
}

static void
watch(struct load *l, struct client *c, uint32_t events, int op)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (epoll_ctl(l->epoll, op, c->fd, &ev) != 0)
		die("epoll_ctl", strerror(errno));
}

/* Without waiting: a server whose backlog is full is just slow. */
static int
connect_now(const struct load *l)
{
	int one = 1;
	int fd = socket(l->to->ai_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket", strerror(errno));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, l->to->ai_addr, l->to->ai_addrlen) != 0 &&
		errno != EINPROGRESS)
		die("connect", strerror(errno));
	return fd;
}

/* Starts a request, on a new connection where there is none. */
static void
start(struct load *l, struct client *c)
{
	if (clock_mono_ms() >= l->until || !make_request(l, c)) {
		if (c->fd >= 0) {
			close(c->fd);
			c->fd = -1;
		}
		l->open--;
		return;
	}
	c->began = clock_mono_us();
	if (c->fd < 0) {
		c->fd = connect_now(l);
		watch(l, c, EPOLLOUT, EPOLL_CTL_ADD);
		return;
	}
	watch(l, c, EPOLLOUT, EPOLL_CTL_MOD);
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
	if (l->done < l->took_max)
		l->took[l->done] = (uint32_t)(clock_mono_us() - c->began);
	l->done++;
	if (!ok)
		l->failed++;
}

static void
write_some(struct load *l, struct client *c)
{
	ssize_t n = write(
		c->fd, c->request.data + c->sent, c->request.len - c->sent);

	if (n < 0 && errno != EAGAIN) {
		finish(l, c, false);
		drop(c);
		start(l, c);
		return;
	}
	if (n > 0)
		c->sent += (size_t)n;
	if (c->sent == c->request.len)
		watch(l, c, EPOLLIN, EPOLL_CTL_MOD);
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
	if (length != NULL)
		c->expect = c->head + strtoul(length + 15, NULL, 10);
}

static void
read_some(struct load *l, struct client *c)
{
	bool ok, closed = false;
	ssize_t n;

	must(buf_reserve(&c->answer, 65536), "memory");
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
	ok = c->answer.len > 12 && memcmp(c->answer.data + 8, " 200", 4) == 0;
	finish(l, c, ok);
	/* A server may end a connection after so many answers. */
	if (closed || l->close_each ||
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
		n = epoll_wait(l->epoll, events, 64, 30000);
		if (n == 0)
			die("epoll_wait", "no answer for 30 s");
		for (k = 0; k < n; k++) {
			struct client *c = events[k].data.ptr;
			if (events[k].events & EPOLLOUT)
				write_some(l, c);
			else
				read_some(l, c);
		}
	}
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
read_terms(struct load *l, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[PATH_MAX_OCTETS];
	size_t cap = 0;

	if (f == NULL)
		die(path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (l->term_count == cap) {
			cap = cap == 0 ? 1024 : cap * 2;
			l->terms = xrealloc(l->terms, cap * sizeof(*l->terms));
		}
		l->terms[l->term_count++] = bytes_of(xstrdup(line));
	}
	fclose(f);
	if (l->term_count == 0)
		die(path, "empty");
}

int
main(int argc, char **argv)
{
	struct load l = {.random = 1, .took_max = 4000000};
	struct err err = {{0}};
	size_t connections, n;
	int64_t began;
	double seconds;

	if (argc < 6)
		die("usage", "get|add HOST:PORT CONNECTIONS SECONDS FILE "
			     "[close]");
	signal(SIGPIPE, SIG_IGN);
	l.add = strcmp(argv[1], "add") == 0;
	if (endpoint_parse(argv[2], &l.ep, &err) != STATUS_OK)
		die(argv[2], err.text);
	if (getaddrinfo(l.ep.host, l.ep.port, NULL, &l.to) != 0)
		die(argv[2], "does not resolve");
	connections = strtoul(argv[3], NULL, 10);
	if (connections < 1 || connections > CONNECTIONS_MAX)
		die(argv[3], "1 to 1024 connections");
	l.close_each = argc > 6;
	if (l.add)
		keyring_open(&l.keys, argv[5]);
	else
		read_terms(&l, argv[5]);
	l.took = xcalloc(l.took_max, sizeof(*l.took));
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	began = clock_mono_us();
	l.until = clock_mono_ms() + 1000 * strtol(argv[4], NULL, 10);
	run(&l, connections);
	seconds = (double)(clock_mono_us() - began) / 1e6;
	n = l.done < l.took_max ? l.done : l.took_max;
	qsort(l.took, n, sizeof(*l.took), by_size);
	printf("%s%s connections=%zu requests=%zu failed=%zu seconds=%.2f "
	       "per_second=%.0f p50_us=%u p99_us=%u\n",
		argv[1], l.close_each ? "-close" : "", connections, l.done,
		l.failed, seconds, (double)l.done / seconds,
		n > 0 ? l.took[n / 2] : 0, n > 0 ? l.took[n * 99 / 100] : 0);
	return 0;
}
