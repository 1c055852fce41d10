#include "canary_peer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit.h"
#include "pgp/armor.h"

/* What the peer answers: this certificate, or 404. */
static struct peer_server {
	pthread_t thread;
	pthread_mutex_t lock;
	int fd;
	unsigned int status;
	struct buf body;
	int asked;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
answer(int fd)
{
	char request[4096], head[128];
	size_t n = 0;
	ssize_t got;
	int len;

	while (n < sizeof(request) - 1 &&
		(got = read(fd, request + n, sizeof(request) - 1 - n)) > 0) {
		n += (size_t)got;
		request[n] = '\0';
		if (strstr(request, "\r\n\r\n") != NULL)
			break;
	}
	pthread_mutex_lock(&server.lock);
	server.asked++;
	len = snprintf(head, sizeof(head),
		"HTTP/1.1 %u x\r\nConnection: close\r\nContent-Length: "
		"%zu\r\n\r\n",
		server.status, server.body.len);
	if (write(fd, head, (size_t)len) < 0 ||
		write(fd, server.body.data, server.body.len) < 0)
		server.asked--;
	pthread_mutex_unlock(&server.lock);
	close(fd);
}

static void *
serve(void *ctx)
{
	int fd;

	(void)ctx;
	while ((fd = accept(server.fd, NULL, NULL)) >= 0)
		answer(fd);
	return NULL;
}

unsigned int
canary_peer_start(void)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);

	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server.fd, (void *)&at, len), 0);
	assert_int_equal(listen(server.fd, 8), 0);
	assert_int_equal(getsockname(server.fd, (void *)&at, &len), 0);
	buf_init(&server.body, 1 << 20);
	server.status = 404;
	server.asked = 0;
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
	return ntohs(at.sin_port);
}

void
canary_peer_stop(void)
{
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
	buf_done(&server.body);
}

void
canary_peer_serves(unsigned int status, struct bytes octets)
{
	pthread_mutex_lock(&server.lock);
	server.status = status;
	buf_clear(&server.body);
	if (octets.len > 0)
		assert_ok(armor_write(&server.body, &octets, 1, NULL, true));
	pthread_mutex_unlock(&server.lock);
}

int
canary_peer_asked(void)
{
	int n;

	pthread_mutex_lock(&server.lock);
	n = server.asked;
	pthread_mutex_unlock(&server.lock);
	return n;
}
