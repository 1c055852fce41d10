/*
 * thread.h - one thread of a module: started once, and joined if it was
 *
 * Memory:  embedded, at one place while it runs; zeroed is fine.
 * Threads: start and join from one.
 * Units:   milliseconds.
 * Errors:  IO: there is no thread left, and err says for what.
 */
#ifndef KEYPOST_BASE_THREAD_H
#define KEYPOST_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct thread {
	pthread_t id;
	bool started;
	const char *name;
	void *(*run)(void *arg);
	void *arg;
};

/* `name` is borrowed for good; one of more than 15 octets is not shown. */
MUST_CHECK enum status thread_start(struct thread *t, const char *name,
	void *(*run)(void *arg), void *arg, struct err *err);
void thread_join(struct thread *t);
/* Waits so many ms at the most; false: it still runs. */
MUST_CHECK bool thread_join_within(struct thread *t, int64_t ms);

#endif
