/*
 * share.h - pool threads hold about as many connections each
 *
 * Who accepts a connection is whoever wakes first, and of many that come at
 * once nearly all would be one thread's for as long as they stay. A thread that
 * holds SHARE_SLACK more than the one with the fewest gives it to that one.
 *
 * Memory:  what waits in a share is its taker's; share_free wants none left.
 * Threads: any, without locks; share_take by the thread of the share.
 * Source:  doc/decisions/threads-that-accept.
 */
#ifndef KEYPOST_HTTP_SERVER_SHARE_H
#define KEYPOST_HTTP_SERVER_SHARE_H

#include <sys/socket.h>

#include "http/server/conn.h"

enum {
	SHARE_BURST = 8, /* taken from a listener before others have a turn */
	/* What is answered and closed in one round is not worth a wake-up. */
	SHARE_SLACK = SHARE_BURST
};

/* A connection on its way to the thread that is to have it. */
struct arrival {
	struct arrival *next;
	struct conn *conn;
	int fd;
	struct sockaddr_storage from;
};

struct share;

struct share *share_new(void);
void share_free(struct share *s);
/* Connections of this thread, with those on their way to it. */
void share_add(struct share *s, int n);
/* Which of these is to have one more that `own` accepted. */
size_t share_choose(struct share *const shares[], size_t count, size_t own);
/* The thread of this share has to be woken. */
void share_give(struct share *s, struct conn *conn, int fd,
	const struct sockaddr_storage *from);
/* What came first is first; NULL: none. The caller frees each. */
struct arrival *share_take(struct share *s);

#endif
