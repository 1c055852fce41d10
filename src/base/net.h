/*
 * net.h - listen, connect, read and write with deadlines
 *
 * Memory:  descriptors are owned by the caller; all are close-on-exec and
 *          non-blocking.
 * Units:   deadlines are clock_mono_ms() values; -1 is none.
 * Errors:  TIMEOUT, CLOSED (end of file, reset), IO; LIMIT for a line too long.
 * Threads: any; one thread at a time for each descriptor and net_lines.
 */
#ifndef KEYPOST_BASE_NET_H
#define KEYPOST_BASE_NET_H

#include <sys/socket.h>

#include "base/bytes.h"

/* 127.0.0.1:80, [::1]:80, host:80, unix:/path */
struct endpoint {
	char host[256]; /* or the path */
	char port[8];
	bool is_unix;
};

MUST_CHECK enum status endpoint_parse(
	const char *text, struct endpoint *ep, struct err *err);

/*
 * A Unix socket left by a dead process is replaced; a live one is BUSY. Two
 * that start at once keep apart by a lock of their own.
 */
MUST_CHECK enum status net_listen(
	const struct endpoint *ep, int backlog, int *fd, struct err *err);
/*
 * A Unix socket that the programs of other users connect to, as they could to
 * a port of the loopback: who may is up to the folder it lies in. Nothing
 * happens for other addresses.
 */
MUST_CHECK enum status net_let_all_connect(
	const struct endpoint *ep, struct err *err);
/* Resolves (may block on DNS) and tries each address in turn. */
MUST_CHECK enum status net_connect(const struct endpoint *ep,
	int64_t deadline_ms, int *fd, struct err *err);
/* NOT_FOUND when none waits, BUSY when descriptors ran out: pause then. */
MUST_CHECK enum status net_accept(
	int listener, int *fd, struct sockaddr_storage *from);
/* All of it. */
MUST_CHECK enum status net_write(int fd, struct bytes b, int64_t deadline_ms);
/* What there is, at least one octet, at most max. */
MUST_CHECK enum status net_read(
	int fd, uint8_t *data, size_t max, int64_t deadline_ms, size_t *got);
/* Waits for POLLIN or POLLOUT. */
MUST_CHECK enum status net_wait(int fd, short events, int64_t deadline_ms);
/* 1.2.3.4, ::1 or "unix": for logs. */
void net_name(const struct sockaddr_storage *from, char *text, size_t size);

#endif
