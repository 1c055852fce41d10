/*
 * loop_state.h - the inside of a pool, for loop.c and arrive.c
 *
 * Memory:  pool_free.
 * Threads: a loop is its thread's, but for `wake` and `share`.
 */
#ifndef KEYPOST_HTTP_SERVER_LOOP_STATE_H
#define KEYPOST_HTTP_SERVER_LOOP_STATE_H

#include <stdatomic.h>

#include "base/counter.h"
#include "base/thread.h"
#include "base/wake.h"
#include "http/server/loop.h"
#include "http/server/share.h"

struct loop {
	struct pool *pool;
	struct MHD_Daemon *library;
	struct exchange_pool *exchanges;
	struct share *share;
	struct conn *coming; /* the library is told, and has not begun */
	int epoll;
	struct wake wake;
	bool watching;      /* the listeners */
	bool worked;        /* a callback ran in this round */
	unsigned int empty; /* rounds that brought nothing, in a row */
	struct thread thread;
};

struct pool {
	struct pool_settings settings;
	struct loop *loops;
	struct share **shares; /* of connections: one for each loop */
	struct counter *refused, *paused;
	_Atomic bool quiet; /* take no connection */
	_Atomic bool stop;
};

#endif
