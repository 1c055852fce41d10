#include "base/thread.h"

#include <string.h>

#include "base/lock.h"

enum { LOOK_MS = 10 };

/* By itself: another's name is a file, which the sandbox may not write. */
static void *
run_named(void *arg)
{
	struct thread *t = arg;

	(void)pthread_setname_np(pthread_self(), t->name);
	return t->run(t->arg);
}

enum status
thread_start(struct thread *t, const char *name, void *(*run)(void *arg),
	void *arg, struct err *err)
{
	int fault;

	t->name = name;
	t->run = run;
	t->arg = arg;
	fault = pthread_create(&t->id, NULL, run_named, t);
	t->started = fault == 0;
	if (t->started)
		return STATUS_OK;
	err_set(err, "no thread for %s: %s", name, strerror(fault));
	return STATUS_IO;
}

void
thread_join(struct thread *t)
{
	if (t->started)
		lock_must(pthread_join(t->id, NULL));
	t->started = false;
}

/* Tools that look for races know no join with a deadline of our clock. */
bool
thread_join_within(struct thread *t, int64_t ms)
{
	struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};

	for (; t->started; ms -= LOOK_MS) {
		t->started = pthread_tryjoin_np(t->id, NULL) != 0;
		if (!t->started || ms <= 0)
			break;
		(void)nanosleep(&look, NULL);
	}
	return !t->started;
}
