#include "tests/unit/base/fetch_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener;
unsigned int fetch_server_port;
_Atomic int fetch_server_open;

static void
say(int fd, const char *text)
{
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void
redirect(int fd, const char *to)
{
	char text[300];

	snprintf(text, sizeof(text),
		"HTTP/1.1 302 Found\r\nLocation: %s\r\n"
		"Content-Length: 4\r\n\r\nbody",
		to);
	say(fd, text);
}

static void
behave(int fd, const char *request)
{
	static char block[65536];
	char url[200], drop[16];
	int n;

	if (strstr(request, " /ok ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\n"
			"Content-Length: 5\r\n\r\nhello");
	} else if (strstr(request, " /missing ") != NULL) {
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
			"none");
	} else if (strstr(request, " /endless ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\n\r\n");
		while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
			continue;
	} else if (strstr(request, " /announced ") != NULL) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
	} else if (strstr(request, " /silent ") != NULL) {
		(void)!recv(fd, drop, sizeof(drop), 0);
	} else if (strstr(request, " /relative ") != NULL) {
		redirect(fd, "/ok");
	} else if (strstr(request, " /file ") != NULL) {
		redirect(fd, "file:///etc/passwd");
	} else if (sscanf(strstr(request, " /"), " /hop/%d", &n) == 1) {
		snprintf(url, sizeof(url), "http://127.0.0.1:%u/%s%.0d",
			fetch_server_port, n > 1 ? "hop/" : "ok",
			n > 1 ? n - 1 : 0);
		redirect(fd, url);
	} else if (strncmp(request, "POST", 4) == 0) {
		say(fd, strstr(request, "Content-Type: a/b\r\n") != NULL
				? "HTTP/1.1 201 Made\r\nLocation: /x\r\n"
				  "Content-Length: 4\r\n\r\ndone"
				: "HTTP/1.1 400 Bad\r\n\r\n");
	}
}

static void *
serve_one(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char request[4096];
	ssize_t n = recv(fd, request, sizeof(request) - 1, 0);

	atomic_fetch_add(&fetch_server_open, 1);
	request[n > 0 ? n : 0] = '\0';
	if (n > 0)
		behave(fd, request);
	atomic_fetch_sub(&fetch_server_open, 1);
	shutdown(fd, SHUT_RDWR);
	close(fd);
	return NULL;
}

static void *
serve(void *arg)
{
	pthread_t t;
	int fd;

	(void)arg;
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		if (pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd) ==
			0)
			pthread_detach(t);
	}
	return NULL;
}

static pthread_t server;

int
fetch_server_start(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	(void)state;
	listener = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&at, len) != 0 ||
		listen(listener, 64) != 0)
		return -1;
	getsockname(listener, (struct sockaddr *)&at, &len);
	fetch_server_port = ntohs(at.sin_port);
	return pthread_create(&server, NULL, serve, NULL);
}

int
fetch_server_stop(void **state)
{
	(void)state;
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
	return 0;
}
