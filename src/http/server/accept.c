#include "http/server/accept.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

enum { BACKLOG = 1024, FULL_MS = 100, BURST = 64 };

struct acceptor {
	void (*take)(void *ctx, int fd, const struct sockaddr_storage *from);
	void *ctx;
	struct pollfd *polls; /* [0] is the wake-up, then the listeners */
	size_t count;         /* of listeners */
	char **paths;         /* of Unix sockets, to remove; or NULL */
	int spare;            /* given up to refuse one when none is left */
	pthread_t thread;
	bool started;
};

struct acceptor *
acceptor_new(
	void (*take)(void *ctx, int fd, const struct sockaddr_storage *from),
	void *ctx)
{
	struct acceptor *a = xcalloc(1, sizeof(*a));

	a->take = take;
	a->ctx = ctx;
	a->spare = -1;
	return a;
}

static void
close_all(struct acceptor *a)
{
	size_t i;

	for (i = 0; a->polls != NULL && i <= a->count; i++)
		if (a->polls[i].fd >= 0)
			close(a->polls[i].fd);
	for (i = 0; a->paths != NULL && i < a->count; i++)
		if (a->paths[i] != NULL) {
			unlink(a->paths[i]);
			free(a->paths[i]);
		}
	free(a->polls);
	free(a->paths);
	a->polls = NULL;
	a->paths = NULL;
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
	acceptor_stop(a);
	free(a);
}

enum status
acceptor_listen(struct acceptor *a, const struct endpoint *list, size_t count,
	struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	a->polls = xcalloc(count + 1, sizeof(*a->polls));
	a->paths = xcalloc(count + 1, sizeof(*a->paths));
	a->count = count;
	for (i = 0; i <= count; i++) {
		a->polls[i].fd = -1;
		a->polls[i].events = POLLIN;
	}
	a->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	a->polls[0].fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->polls[0].fd < 0) {
		err_set(err, "eventfd: %s", strerror(errno));
		st = STATUS_IO;
	}
	for (i = 0; st == STATUS_OK && i < count; i++) {
		st = net_listen(&list[i], BACKLOG, &a->polls[i + 1].fd, err);
		if (st == STATUS_OK && list[i].is_unix)
			a->paths[i] = xstrdup(list[i].host);
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

	if (listener >= a->count || getsockname(a->polls[listener + 1].fd,
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

/*
 * No descriptor is left: with the spare one, what comes is refused rather
 * than left to wait, and for a moment nothing is accepted.
 */
static void
refuse_one(struct acceptor *a, int listener)
{
	int fd;

	log_line(LOG_ERROR, "http",
		"outcome=refused reason=\"out of file descriptors\"");
	if (a->spare >= 0)
		close(a->spare);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		close(fd);
	a->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* Only the wake-up ends this pause early. */
	poll(a->polls, 1, FULL_MS);
}

static void
accept_burst(struct acceptor *a, int listener)
{
	int i;

	for (i = 0; i < BURST; i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		int fd = accept4(listener, (struct sockaddr *)&from, &len,
			SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			a->take(a->ctx, fd, &from);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOBUFS || errno == ENOMEM)
			refuse_one(a, listener);
		else if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}

static void *
accept_main(void *arg)
{
	struct acceptor *a = arg;
	size_t i;

	for (;;) {
		if (poll(a->polls, a->count + 1, -1) < 0)
			continue; /* a signal */
		if (a->polls[0].revents != 0)
			return NULL;
		for (i = 1; i <= a->count; i++)
			if (a->polls[i].revents != 0)
				accept_burst(a, a->polls[i].fd);
	}
}

enum status
acceptor_start(struct acceptor *a, struct err *err)
{
	if (pthread_create(&a->thread, NULL, accept_main, a) != 0) {
		err_set(err, "the accept thread cannot be started");
		return STATUS_IO;
	}
	pthread_setname_np(a->thread, "accept");
	a->started = true;
	return STATUS_OK;
}

void
acceptor_stop(struct acceptor *a)
{
	uint64_t one = 1;

	if (a->started) {
		while (write(a->polls[0].fd, &one, sizeof(one)) < 0 &&
			errno == EINTR)
			continue;
		pthread_join(a->thread, NULL);
		a->started = false;
	}
	close_all(a);
}
