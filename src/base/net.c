#include "base/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

static bool
is_port(const char *s, size_t len)
{
	unsigned long v = 0;
	size_t i;

	if (len == 0 || len > 5)
		return false;
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (unsigned long)(s[i] - '0');
	}
	return v <= 65535;
}

static bool
is_host(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || len >= sizeof((struct endpoint *)NULL)->host)
		return false;
	for (i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] == 0x7f || s[i] == '[' || s[i] == ']')
			return false;
	return true;
}

static enum status
parse_unix(const char *path, struct endpoint *ep, struct err *err)
{
	struct endpoint out = {.is_unix = true};

	if (path[0] != '/') {
		err_set(err, "unix:%s: the path must begin with /", path);
		return STATUS_MALFORMED;
	}
	if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path) {
		err_set(err, "unix:%s: the path is longer than %zu octets",
			path, sizeof((struct sockaddr_un *)NULL)->sun_path - 1);
		return STATUS_MALFORMED;
	}
	memcpy(out.host, path, strlen(path));
	*ep = out;
	return STATUS_OK;
}

enum status
endpoint_parse(const char *text, struct endpoint *ep, struct err *err)
{
	struct endpoint out = {.is_unix = false};
	const char *host = text, *colon;
	size_t len;

	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(text + 5, ep, err);
	colon = strrchr(text, ':');
	if (!colon || !is_port(colon + 1, strlen(colon + 1))) {
		err_set(err,
			"%s: expected host:port, [address]:port or "
			"unix:/path",
			text);
		return STATUS_MALFORMED;
	}
	len = (size_t)(colon - text);
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len)) {
		err_set(err, "%s: write an IPv6 address as [address]:port",
			text);
		return STATUS_MALFORMED;
	}
	if (!is_host(host, len)) {
		err_set(err, "%s: no host before the port", text);
		return STATUS_MALFORMED;
	}
	memcpy(out.host, host, len);
	memcpy(out.port, colon + 1, strlen(colon + 1));
	*ep = out;
	return STATUS_OK;
}

enum status
net_accept(int listener, int *fd, struct sockaddr_storage *from)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int got;

	do {
		memset(&ss, 0, sizeof ss);
		len = sizeof ss;
		got = accept4(listener, (struct sockaddr *)&ss, &len,
			SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (got < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (got < 0) {
		if (errno == EAGAIN)
			return STATUS_NOT_FOUND;
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)
			return STATUS_BUSY;
		return STATUS_IO;
	}
	*fd = got;
	if (from)
		*from = ss;
	return STATUS_OK;
}

enum status
net_wait(int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left = -1;
	int n;

	for (;;) {
		if (deadline_ms >= 0) {
			left = deadline_ms - clock_mono_ms();
			if (left < 0)
				left = 0;
			if (left > 3600 * 1000)
				left = 3600 * 1000;
		}
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return p.revents & POLLNVAL ? STATUS_IO : STATUS_OK;
		if (n < 0 && errno != EINTR)
			return STATUS_IO;
		if (deadline_ms >= 0 && clock_mono_ms() >= deadline_ms)
			return STATUS_TIMEOUT;
	}
}

static enum status
from_errno(int e)
{
	return e == EPIPE || e == ECONNRESET || e == ENOTCONN ? STATUS_CLOSED
							      : STATUS_IO;
}

/* The flags keep a call from waiting even if the descriptor would. */
static ssize_t
write_some(int fd, const uint8_t *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	return n < 0 && errno == ENOTSOCK ? write(fd, data, len) : n;
}

static ssize_t
read_some(int fd, uint8_t *data, size_t max)
{
	ssize_t n = recv(fd, data, max, MSG_DONTWAIT);

	return n < 0 && errno == ENOTSOCK ? read(fd, data, max) : n;
}

enum status
net_write(int fd, struct bytes b, int64_t deadline_ms)
{
	enum status st;
	size_t done = 0;
	ssize_t n;

	while (done < b.len) {
		n = write_some(fd, b.data + done, b.len - done);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return from_errno(errno);
		st = net_wait(fd, POLLOUT, deadline_ms);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

enum status
net_read(int fd, uint8_t *data, size_t max, int64_t deadline_ms, size_t *got)
{
	enum status st;
	ssize_t n;

	for (;;) {
		n = read_some(fd, data, max);
		if (n > 0) {
			*got = (size_t)n;
			return STATUS_OK;
		}
		if (n == 0)
			return STATUS_CLOSED;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return from_errno(errno);
		st = net_wait(fd, POLLIN, deadline_ms);
		if (st != STATUS_OK)
			return st;
	}
}

void
net_name(const struct sockaddr_storage *from, char *text, size_t size)
{
	const struct sockaddr_in6 *v6 = (const void *)from;
	const struct sockaddr_in *v4 = (const void *)from;
	const void *address = NULL;

	if (from->ss_family == AF_INET)
		address = &v4->sin_addr;
	else if (from->ss_family == AF_INET6)
		address = &v6->sin6_addr;
	if (!address ||
		!inet_ntop(from->ss_family, address, text, (socklen_t)size))
		(void)snprintf(text, size, "%s",
			from->ss_family == AF_UNIX ? "unix" : "unknown");
}
