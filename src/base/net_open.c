/* net_listen and net_connect: from an endpoint to a descriptor. */
#include "base/net.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { FLAGS = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK };

static struct sockaddr_un
unix_address(const struct endpoint *ep)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	memcpy(sun.sun_path, ep->host,
		strnlen(ep->host, sizeof sun.sun_path - 1));
	return sun;
}

/* Removes a socket that nobody listens on; BUSY if someone does. */
static enum status
remove_stale(const struct sockaddr_un *sun, struct err *err)
{
	const char *path = sun->sun_path;
	struct stat sb;
	int fd, rc, e;

	if (lstat(path, &sb) != 0)
		return errno == ENOENT ? STATUS_OK : STATUS_IO;
	if (!S_ISSOCK(sb.st_mode)) {
		err_set(err, "%s exists and is not a socket", path);
		return STATUS_IO;
	}
	fd = socket(AF_UNIX, FLAGS, 0);
	if (fd < 0)
		return STATUS_IO;
	rc = connect(fd, (const struct sockaddr *)sun, sizeof *sun);
	e = errno;
	(void)close(fd);
	if (rc != 0 && e == ENOENT)
		return STATUS_OK;
	if (rc == 0 || e != ECONNREFUSED) {
		err_set(err, "%s: another process listens there", path);
		return STATUS_BUSY;
	}
	if (unlink(path) != 0 && errno != ENOENT) {
		err_set(err, "%s: cannot remove: %s", path, strerror(errno));
		return STATUS_IO;
	}
	return STATUS_OK;
}

static enum status
listen_unix(const struct endpoint *ep, int backlog, int *fd, struct err *err)
{
	struct sockaddr_un sun = unix_address(ep);
	enum status st;
	int s;

	err_set(err, "%s: cannot look at it", sun.sun_path);
	st = remove_stale(&sun, err);
	if (st != STATUS_OK)
		return st;
	s = socket(AF_UNIX, FLAGS, 0);
	if (s < 0 || bind(s, (struct sockaddr *)&sun, sizeof sun) != 0 ||
		listen(s, backlog) != 0) {
		err_set(err, "listen on %s: %s", sun.sun_path, strerror(errno));
		if (s >= 0)
			(void)close(s);
		return STATUS_IO;
	}
	err_set(err, "%s", "");
	*fd = s;
	return STATUS_OK;
}

enum status
net_let_all_connect(const struct endpoint *ep, struct err *err)
{
	if (!ep->is_unix || chmod(ep->host, 0666) == 0)
		return STATUS_OK;
	err_set(err, "%s: %s", ep->host, strerror(errno));
	return STATUS_IO;
}

static enum status
resolve(const struct endpoint *ep, int flags, struct addrinfo **list,
	struct err *err)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = flags | AI_NUMERICSERV};
	int rc = getaddrinfo(ep->host, ep->port, &hints, list);

	if (rc == 0)
		return STATUS_OK;
	err_set(err, "%s: %s", ep->host, gai_strerror(rc));
	return STATUS_IO;
}

/* A descriptor that listens on one address, or -1 and errno. */
static int
listen_one(const struct addrinfo *ai, int backlog)
{
	int s, e, one = 1;

	s = socket(ai->ai_family, FLAGS, 0);
	if (s < 0)
		return -1;
	if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
		(ai->ai_family != AF_INET6 ||
			setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &one,
				sizeof one) == 0) &&
		bind(s, ai->ai_addr, ai->ai_addrlen) == 0 &&
		listen(s, backlog) == 0)
		return s;
	e = errno;
	(void)close(s);
	errno = e;
	return -1;
}

enum status
net_listen(const struct endpoint *ep, int backlog, int *fd, struct err *err)
{
	struct addrinfo *list, *ai;
	enum status st;
	int s = -1;

	if (ep->is_unix)
		return listen_unix(ep, backlog, fd, err);
	st = resolve(ep, AI_PASSIVE, &list, err);
	if (st != STATUS_OK)
		return st;
	for (ai = list; ai && s < 0; ai = ai->ai_next)
		s = listen_one(ai, backlog);
	if (s < 0)
		err_set(err, "listen on %s port %s: %s", ep->host, ep->port,
			strerror(errno));
	freeaddrinfo(list);
	if (s < 0)
		return STATUS_IO;
	*fd = s;
	return STATUS_OK;
}

static enum status
finish_connect(int s, int64_t deadline_ms)
{
	socklen_t len = sizeof(int);
	enum status st;
	int e = 0;

	st = net_wait(s, POLLOUT, deadline_ms);
	if (st != STATUS_OK)
		return st;
	if (getsockopt(s, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
		return STATUS_IO;
	errno = e;
	return e == 0 ? STATUS_OK : STATUS_IO;
}

/* On failure errno says why, but for TIMEOUT. */
static enum status
connect_one(
	const struct sockaddr *sa, socklen_t len, int64_t deadline_ms, int *fd)
{
	int s = socket(sa->sa_family, FLAGS, 0), e;
	enum status st;

	if (s < 0)
		return STATUS_IO;
	/* A Unix socket whose queue is full says EAGAIN at once. */
	while ((st = connect(s, sa, len) == 0 ? STATUS_OK : STATUS_IO) !=
			STATUS_OK &&
		errno == EAGAIN) {
		if (deadline_ms >= 0 && clock_mono_ms() >= deadline_ms) {
			st = STATUS_TIMEOUT;
			break;
		}
		(void)poll(NULL, 0, 10);
	}
	if (st == STATUS_IO && (errno == EINPROGRESS || errno == EINTR))
		st = finish_connect(s, deadline_ms);
	if (st == STATUS_OK) {
		*fd = s;
		return STATUS_OK;
	}
	e = errno;
	(void)close(s);
	errno = e;
	return st;
}

/* Its share of the time left, so that one dead address is not all of it. */
static int64_t
share_of(int64_t deadline_ms, const struct addrinfo *ai)
{
	int64_t now = clock_mono_ms(), n = 0;

	if (deadline_ms < 0 || deadline_ms <= now)
		return deadline_ms;
	for (; ai; ai = ai->ai_next)
		n++;
	return now + (deadline_ms - now + n - 1) / n;
}

static void
explain(const struct endpoint *ep, enum status st, struct err *err)
{
	err_set(err, "connect to %s%s%s: %s", ep->host,
		ep->is_unix ? "" : " port ", ep->port,
		st == STATUS_TIMEOUT ? "timed out" : strerror(errno));
}

enum status
net_connect(const struct endpoint *ep, int64_t deadline_ms, int *fd,
	struct err *err)
{
	struct sockaddr_un sun = unix_address(ep);
	struct addrinfo *list, *ai;
	enum status st;

	if (ep->is_unix) {
		st = connect_one(
			(struct sockaddr *)&sun, sizeof sun, deadline_ms, fd);
		if (st != STATUS_OK)
			explain(ep, st, err);
		return st;
	}
	st = resolve(ep, 0, &list, err);
	if (st != STATUS_OK)
		return st;
	st = STATUS_IO;
	for (ai = list; ai && st != STATUS_OK; ai = ai->ai_next) {
		st = connect_one(ai->ai_addr, ai->ai_addrlen,
			share_of(deadline_ms, ai), fd);
		if (st != STATUS_OK)
			explain(ep, st, err);
	}
	freeaddrinfo(list);
	return st;
}
