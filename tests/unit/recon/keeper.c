#include "keeper.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/reader.h"
#include "pgp/digest.h"

enum {
	REQUEST_MAX = 65536,
	ARENA_MAX = 64 * 1024 * 1024,
	HUGE = 9 << 20,
	POURED = 30 << 20,
	POLL_MS = 5,
	POLLS = 4000
};

/* ---- what it says ------------------------------------------------------ */

static const struct kept *
find(const struct keeper *k, struct bytes digest)
{
	for (size_t i = 0; i < k->count; i++) {
		if (memcmp(&k->list[i].digest, digest.data, digest.len) == 0)
			return &k->list[i];
	}
	return NULL;
}

static void
put_kept(struct buf *out, const struct kept *kept)
{
	(void)!buf_put_be32(out, (uint32_t)kept->octets.len);
	(void)!buf_put(out, buf_view(&kept->octets));
}

/* False: it gets no answer. */
static bool
find_all(struct keeper *k, struct reader *r, uint32_t n, struct buf *certs,
	uint32_t *found)
{
	const struct kept *list[KEEPER_MAX];

	for (uint32_t i = 0; i < n && *found < KEEPER_MAX; i++) {
		const struct kept *kept;

		(void)reader_be32(r);
		kept = find(k, reader_take(r, 16));
		if (kept == NULL || kept->is_hidden)
			continue;
		if (kept->is_poison)
			return false;
		list[(*found)++] = kept;
	}
	for (uint32_t i = *found; i-- > 0;)
		put_kept(certs, list[i]);
	return true;
}

static void
spoil(struct keeper *k, uint32_t asked, struct buf *certs, uint32_t *found)
{
	if (k->way == KEEPER_MORE) {
		for (; *found <= asked; ++*found)
			put_kept(certs, &k->list[0]);
	} else if (k->way == KEEPER_CUT) {
		certs->len--;
	} else if (k->way == KEEPER_HUGE) {
		certs->len = 0;
		(void)!buf_put_be32(certs, HUGE);
		*found = 1;
	} else if (k->way == KEEPER_UNEXPECTED) {
		certs->len = 0;
		put_kept(certs, &k->list[k->count - 1]);
		*found = 1;
	}
}

static void
make_body(struct keeper *k, uint32_t found, struct buf *certs, struct buf *out)
{
	(void)!buf_put_be32(out, found);
	(void)!buf_put(out, buf_view(certs));
	if (k->way != KEEPER_BARE && k->way != KEEPER_CUT)
		(void)!buf_put(out, bytes_of("\r\n"));
	if (k->way == KEEPER_GARBAGE)
		(void)!buf_put(out, bytes_of("more"));
}

static void
send_all(int fd, struct bytes b)
{
	while (b.len > 0) {
		ssize_t n = send(fd, b.data, b.len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		b.data += n;
		b.len -= (size_t)n;
	}
}

void
keeper_head(char *out, size_t size, const char *status, size_t octets,
	uint32_t certs)
{
	(void)snprintf(out, size,
		"HTTP/1.0 %s\r\nServer: sks_www/1.1.6+\r\n"
		"Cache-Control: no-cache\r\nPragma: no-cache\r\n"
		"Expires: 0\r\nContent-length: %zu\r\n"
		"X-HKP-Results-Count: %u\r\nContent-type: pgp/keys\r\n"
		"Access-Control-Allow-Origin: *\r\n\r\n",
		status, octets, (unsigned int)certs);
}

/* With the lock held. */
static void
answer(struct keeper *k, int fd, struct bytes body)
{
	struct reader r = reader_of(body);
	uint32_t n = reader_be32(&r), found = 0;
	struct buf certs = {0}, reply = {0};
	char head[400];

	buf_clear(&k->body);
	(void)!buf_put(&k->body, body);
	if (k->requests < KEEPER_REQUESTS)
		k->sizes[k->requests] = n;
	k->requests++;
	k->asked += n;
	if (k->way == KEEPER_RESETS || !find_all(k, &r, n, &certs, &found)) {
		buf_done(&certs);
		return;
	}
	spoil(k, n, &certs, &found);
	make_body(k, found, &certs, &reply);
	keeper_head(head, sizeof(head),
		k->way == KEEPER_FAILS  ? "500 Internal"
		: k->way == KEEPER_BUSY ? "503 Busy"
					: "200 OK",
		reply.len, found);
	send_all(fd, bytes_of(head));
	send_all(fd, buf_view(&reply));
	buf_done(&certs);
	buf_done(&reply);
}

/* Nearly all that is taken of it when it is alone; then it waits for the other
 * one: to have come as far, or to be done with. */
static void
pour(struct keeper *k, int fd)
{
	static const uint8_t nothing[65536];
	ssize_t n = 1;

	send_all(fd, bytes_of("HTTP/1.0 200 OK\r\n\r\n"));
	while (n > 0) {
		n = send(fd, nothing, sizeof(nothing), MSG_NOSIGNAL);
		k->poured += n > 0 ? (size_t)n : 0;
		for (int i = 0; i < POLLS && n > 0 && k->poured > POURED &&
				k->beside->poured <= POURED;
			i++)
			(void)poll(NULL, 0, POLL_MS);
	}
	k->poured = SIZE_MAX;
}

/* ---- what it hears ----------------------------------------------------- */

/* The body of the request that was read, once it is there. */
static bool
is_whole(const char *text, size_t len, struct bytes *body)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *field = strstr(text, "Content-Length: ");
	size_t want;

	if (end == NULL || field == NULL)
		return false;
	want = strtoul(field + 16, NULL, 10);
	*body = bytes_make(end + 4, len - (size_t)(end + 4 - text));
	return body->len >= want;
}

static void
wait_for_stop(struct keeper *k)
{
	bool stopping = false;

	while (!stopping) {
		pthread_mutex_lock(&k->lock);
		stopping = k->stopping || k->way != KEEPER_SILENT;
		pthread_mutex_unlock(&k->lock);
		(void)poll(NULL, 0, POLL_MS);
	}
}

static void
serve_one(struct keeper *k, int fd)
{
	char *text = xcalloc(1, REQUEST_MAX + 1);
	struct bytes body = {NULL, 0};
	bool is_silent, pours;
	size_t len = 0;
	ssize_t n;

	while (!is_whole(text, len, &body) && len < REQUEST_MAX &&
		(n = recv(fd, text + len, REQUEST_MAX - len, 0)) > 0)
		len += (size_t)n;
	pthread_mutex_lock(&k->lock);
	(void)snprintf(k->head, sizeof(k->head), "%.*s",
		(int)(strstr(text, "\r\n\r\n") != NULL
				? strstr(text, "\r\n\r\n") - text
				: 0),
		text);
	is_silent = k->way == KEEPER_SILENT;
	pours = k->way == KEEPER_POURS;
	if (is_silent || pours)
		k->requests++;
	else
		answer(k, fd, body);
	if (pours)
		k->way = KEEPER_HONEST;
	pthread_mutex_unlock(&k->lock);
	if (is_silent)
		wait_for_stop(k);
	if (pours)
		pour(k, fd);
	(void)close(fd);
	free(text);
}

static void *
serve(void *arg)
{
	struct keeper *k = arg;
	int fd;

	while ((fd = accept(k->listener, NULL, NULL)) >= 0)
		serve_one(k, fd);
	return NULL;
}

/* ---- life -------------------------------------------------------------- */

void
keeper_start(struct keeper *k)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	memset(k, 0, sizeof(*k));
	pthread_mutex_init(&k->lock, NULL);
	k->listener = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(k->listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(k->listener, 16), 0);
	assert_int_equal(
		getsockname(k->listener, (struct sockaddr *)&at, &len), 0);
	k->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&k->thread, NULL, serve, k), 0);
}

void
keeper_stop(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_mutex_unlock(&k->lock);
	(void)shutdown(k->listener, SHUT_RDWR);
	(void)pthread_join(k->thread, NULL);
	(void)close(k->listener);
	for (size_t i = 0; i < k->count; i++)
		buf_done(&k->list[i].octets);
	buf_done(&k->body);
	pthread_mutex_destroy(&k->lock);
}

const struct sks_digest *
keeper_put(struct keeper *k, struct bytes octets)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct kept *kept;

	assert_true(k->count < KEEPER_MAX);
	pthread_mutex_lock(&k->lock);
	kept = &k->list[k->count++];
	assert_ok(buf_put(&kept->octets, octets));
	assert_ok(digest_sks_packets(arena, octets, &kept->digest));
	pthread_mutex_unlock(&k->lock);
	arena_free(arena);
	return &kept->digest;
}

void
keeper_be(struct keeper *k, enum keeper_way way)
{
	pthread_mutex_lock(&k->lock);
	k->way = way;
	pthread_mutex_unlock(&k->lock);
}

size_t
keeper_requests(struct keeper *k)
{
	size_t n;

	pthread_mutex_lock(&k->lock);
	n = k->requests;
	pthread_mutex_unlock(&k->lock);
	return n;
}

size_t
keeper_asked(struct keeper *k)
{
	size_t n;

	pthread_mutex_lock(&k->lock);
	n = k->asked;
	pthread_mutex_unlock(&k->lock);
	return n;
}
