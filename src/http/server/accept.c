#include "http/server/accept.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { BACKLOG = 1024, FULL_MS = 100 };

struct listener {
	int fd;
	char *path; /* of a Unix socket, to remove; or NULL */
};

struct acceptor {
	struct listener *list;
	size_t count;
	_Atomic int64_t rest_until;
	pthread_mutex_t lock; /* of the spare */
	int spare;            /* given up to refuse one when none is left */
};

struct acceptor *
acceptor_new(void)
{
	struct acceptor *a = xcalloc(1, sizeof(*a));

	pthread_mutex_init(&a->lock, NULL);
	a->spare = -1;
	return a;
}

static void
close_all(struct acceptor *a)
{
	size_t i;

	acceptor_stop(a);
	for (i = 0; i < a->count; i++)
		if (a->list[i].fd >= 0)
			close(a->list[i].fd);
	free(a->list);
	a->list = NULL;
	a->count = 0;
	if (a->spare >= 0)
		close(a->spare);
	a->spare = -1;
}

void
acceptor_free(struct acceptor *a)
{
	if (a == NULL)
		return;
	close_all(a);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

enum status
acceptor_listen(struct acceptor *a, const struct endpoint *list, size_t count,
	struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	a->list = xcalloc(count + 1, sizeof(*a->list));
	a->count = count;
	for (i = 0; i < count; i++)
		a->list[i].fd = -1;
	a->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (i = 0; st == STATUS_OK && i < count; i++) {
		st = net_listen(&list[i], BACKLOG, &a->list[i].fd, err);
		if (st == STATUS_OK && list[i].is_unix)
			a->list[i].path = xstrdup(list[i].host);
		if (st == STATUS_OK)
			st = net_let_all_connect(&list[i], err);
	}
	if (st != STATUS_OK)
		close_all(a);
	return st;
}

uint16_t
acceptor_port(const struct acceptor *a, size_t listener)
{
	struct sockaddr_storage at;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	socklen_t len = sizeof(at);

	if (listener >= a->count || getsockname(a->list[listener].fd,
					    (struct sockaddr *)&at, &len) != 0)
		return 0;
	if (at.ss_family == AF_INET) {
		memcpy(&in, &at, sizeof(in));
		return ntohs(in.sin_port);
	}
	if (at.ss_family == AF_INET6) {
		memcpy(&in6, &at, sizeof(in6));
		return ntohs(in6.sin6_port);
	}
	return 0;
}

enum status
acceptor_watch(const struct acceptor *a, int epoll, struct err *err)
{
	size_t i;

	for (i = 0; i < a->count; i++) {
		struct epoll_event ev = {
			.events = EPOLLIN | EPOLLEXCLUSIVE, .data.u64 = i};

		if (epoll_ctl(epoll, EPOLL_CTL_ADD, a->list[i].fd, &ev) != 0) {
			err_set(err, "epoll_ctl: %s", strerror(errno));
			return STATUS_IO;
		}
	}
	return STATUS_OK;
}

void
acceptor_unwatch(const struct acceptor *a, int epoll)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		(void)epoll_ctl(epoll, EPOLL_CTL_DEL, a->list[i].fd, NULL);
}

static int
accept_at(int listener, struct sockaddr_storage *from)
{
	socklen_t len = sizeof(*from);

	return accept4(listener, (struct sockaddr *)from, &len,
		SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/*
 * No descriptor is left: with the spare one, what comes is refused rather
 * than left to wait, and for a moment nothing is accepted.
 */
static void
refuse_one(struct acceptor *a, int listener)
{
	struct sockaddr_storage from;
	int fd;

	log_line(LOG_ERROR, "http",
		"outcome=refused reason=\"out of file descriptors\"");
	pthread_mutex_lock(&a->lock);
	/* First of all, or another thread accepts with the spare one. */
	atomic_store(&a->rest_until, clock_mono_ms() + FULL_MS);
	if (a->spare >= 0)
		close(a->spare);
	fd = accept_at(listener, &from);
	if (fd >= 0)
		close(fd);
	a->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pthread_mutex_unlock(&a->lock);
}

int64_t
acceptor_rest(const struct acceptor *a, int64_t now)
{
	int64_t until = atomic_load(&a->rest_until);

	return until > now ? until - now : 0;
}

int
acceptor_take(
	struct acceptor *a, size_t listener, struct sockaddr_storage *from)
{
	int fd;

	if (acceptor_rest(a, clock_mono_ms()) > 0)
		return -1;
	do {
		fd = accept_at(a->list[listener].fd, from);
	} while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			      errno == ENOMEM))
		refuse_one(a, a->list[listener].fd);
	return fd;
}

void
acceptor_stop(struct acceptor *a)
{
	size_t i;

	/*
	 * Not closed as long as a thread may be at it: the number would be
	 * another's.
	 */
	for (i = 0; i < a->count; i++) {
		if (a->list[i].fd >= 0)
			(void)shutdown(a->list[i].fd, SHUT_RDWR);
		if (a->list[i].path != NULL)
			unlink(a->list[i].path);
		free(a->list[i].path);
		a->list[i].path = NULL;
	}
}
