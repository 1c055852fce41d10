#include "tests/unit/http/site_harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/armor.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

enum { PATIENCE_S = 120 };

void
site_init(struct site *s)
{
	static char exempt[] = "127.0.0.0/8";
	static char *exempts[] = {exempt};

	memset(s, 0, sizeof(*s));
	scratch_make(s->dir, sizeof(s->dir));
	snprintf(s->listen.host, sizeof(s->listen.host), "127.0.0.1");
	snprintf(s->listen.port, sizeof(s->listen.port), "0");
	s->settings = (struct http_settings){
		.listen = &s->listen,
		.listen_count = 1,
		.rate_exempt = exempts,
		.rate_exempt_count = 1,
		.threads = 2,
		.max_connections = 4096,
		.max_per_address = 32,
		.max_bodies = 128 << 20,
		.max_replies = 128 << 20,
		.max_get = 100,
		.max_index = 500,
		.max_identity = 20,
		.submissions = true,
		.accept_language = true,
		.max_reply = 32 << 20,
		.max_hashquery_reply = 16 << 20,
		.lookup_time_ms = 2000,
		.name = "keys.example.org",
		.contact = "mailto:operator@example.org",
		.mail_address = "pgp-public-keys@keys.example.org",
		.search.word_search = true,
		.search.short_ids = true,
	};
	policy_init(&s->ingest_settings.policy);
	s->store_settings.where = s->dir;
	s->store_settings.allow_network_fs = true;
	s->store_settings.lookup_time_ms = 2000;
}

void
site_listen(struct site *s)
{
	struct err err = {""};

	if (crypto_init(&err) != STATUS_OK ||
		store_open(&s->store_settings, &s->store, &err) != STATUS_OK ||
		ingest_new(&s->ingest_settings, s->store, &s->ingest, &err) !=
			STATUS_OK ||
		ingest_start(s->ingest, &err) != STATUS_OK ||
		server_new(&s->settings, s->store, s->ingest, &s->server,
			&err) != STATUS_OK ||
		server_listen(s->server, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	s->port = server_port(s->server, 0);
	assert_int_not_equal(s->port, 0);
}

void
site_start(struct site *s)
{
	struct err err = {""};

	if (s->server == NULL)
		site_listen(s);
	if (server_start(s->server, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

void
site_stop(struct site *s)
{
	/* The order of the daemon: the last commit resumes everybody. */
	server_quiesce(s->server);
	ingest_drain(s->ingest);
	ingest_stop(s->ingest);
	server_stop(s->server);
	server_free(s->server);
	s->server = NULL;
	ingest_free(s->ingest);
	store_close(s->store);
	if (!s->keep)
		scratch_remove(s->dir);
}

int
site_try_connect(const struct site *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct timeval patience = {PATIENCE_S, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_port = htons(s->port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

int
site_connect(const struct site *s)
{
	int fd = site_try_connect(s);

	assert_true(fd >= 0);
	return fd;
}

void
site_send(int fd, struct bytes b)
{
	size_t done = 0;

	/* A server that refuses early resets: what it said can be read. */
	while (done < b.len) {
		ssize_t n = send(fd, b.data + done, b.len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

void
site_sends(int fd, const char *text)
{
	site_send(fd, bytes_of(text));
}

static bool
read_more(int fd, struct buf *b)
{
	ssize_t n;

	assert_int_equal(buf_reserve(b, 65536), STATUS_OK);
	n = recv(fd, b->data + b->len, 65536, 0);
	if (n <= 0)
		return false;
	b->len += (size_t)n;
	return true;
}

static size_t
content_length(const struct answer *a)
{
	struct bytes v = answer_field(a, "Content-Length");
	char text[24] = "";

	if (v.len == 0 || v.len >= sizeof(text))
		return 0;
	memcpy(text, v.data, v.len);
	return (size_t)strtoull(text, NULL, 10);
}

struct answer
site_read(int fd, bool head_only)
{
	struct answer a;
	uint8_t *end = NULL;
	size_t head, want;

	memset(&a, 0, sizeof(a));
	do {
		if (a.raw.len > 0)
			end = memmem(a.raw.data, a.raw.len, "\r\n\r\n", 4);
		if (end == NULL && !read_more(fd, &a.raw)) {
			a.closed = true;
			return a;
		}
	} while (end == NULL);
	head = (size_t)(end - a.raw.data) + 4;
	a.head = bytes_make(a.raw.data, head);
	want = head_only ? 0 : content_length(&a);
	while (a.raw.len < head + want && read_more(fd, &a.raw))
		continue;
	a.head = bytes_make(a.raw.data, head);
	a.body = bytes_make(a.raw.data + head, a.raw.len - head);
	if (a.head.len > 12)
		a.status = (a.head.data[9] - '0') * 100 +
			   (a.head.data[10] - '0') * 10 +
			   (a.head.data[11] - '0');
	if (a.status == 100) { /* the real one comes after it */
		struct answer next;
		size_t rest = a.body.len;

		assert_int_equal(rest, 0);
		answer_done(&a);
		next = site_read(fd, head_only);
		return next;
	}
	return a;
}

struct answer
site_ask(const struct site *s, struct bytes request)
{
	int fd = site_connect(s);
	struct answer a;

	site_send(fd, request);
	a = site_read(fd, bytes_starts_nocase(request, "HEAD"));
	close(fd);
	return a;
}

struct answer
site_asks(const struct site *s, const char *request)
{
	return site_ask(s, bytes_of(request));
}

struct answer
site_get(const struct site *s, const char *target)
{
	struct buf b = {0};
	struct answer a;

	assert_int_equal(buf_printf(&b,
				 "GET %s HTTP/1.1\r\nHost: x\r\n"
				 "Connection: close\r\n\r\n",
				 target),
		STATUS_OK);
	a = site_ask(s, buf_view(&b));
	buf_done(&b);
	return a;
}

struct answer
site_post(const struct site *s, const char *target, const char *type,
	struct bytes body, const char *extra)
{
	struct buf b = {0};
	struct answer a;

	assert_int_equal(
		buf_printf(&b,
			"POST %s HTTP/1.1\r\nHost: x\r\n%s%s%s%s"
			"Content-Length: %zu\r\n\r\n",
			target, type == NULL ? "" : "Content-Type: ",
			type == NULL ? "" : type, type == NULL ? "" : "\r\n",
			extra == NULL ? "" : extra, body.len),
		STATUS_OK);
	assert_int_equal(buf_put(&b, body), STATUS_OK);
	a = site_ask(s, buf_view(&b));
	buf_done(&b);
	return a;
}

void
answer_done(struct answer *a)
{
	buf_done(&a->raw);
	memset(a, 0, sizeof(*a));
}

struct bytes
answer_field(const struct answer *a, const char *name)
{
	size_t pos = 0;

	while (pos < a->head.len) {
		const uint8_t *lf =
			memchr(a->head.data + pos, '\n', a->head.len - pos);
		size_t end =
			lf == NULL ? a->head.len : (size_t)(lf - a->head.data);
		struct bytes line = bytes_make(a->head.data + pos, end - pos);
		size_t n = strlen(name);

		if (bytes_starts_nocase(line, name) && line.len > n &&
			line.data[n] == ':')
			return bytes_trim(bytes_make(
				line.data + n + 1, line.len - n - 1));
		pos = end + 1;
	}
	return bytes_make(NULL, 0);
}

bool
answer_says(const struct answer *a, const char *text)
{
	return a->body.len > 0 &&
	       memmem(a->body.data, a->body.len, text, strlen(text)) != NULL;
}

bool
site_is_closed(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[4096];

	while (poll(&p, 1, PATIENCE_S * 1000) == 1)
		if (recv(fd, text, sizeof(text), 0) <= 0)
			return true;
	return false;
}
