#include "base/lock.h"

#include <assert.h>

enum { NS_OF_MS = 1000000, NS_OF_SECOND = 1000000000 };

void
lock_must(int rc)
{
	assert(rc == 0);
	(void)rc;
}

void
lock_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	lock_must(pthread_condattr_init(&attr));
	lock_must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	lock_must(pthread_cond_init(cond, &attr));
	lock_must(pthread_condattr_destroy(&attr));
}

struct timespec
lock_until(int64_t ms)
{
	struct timespec t;

	lock_must(clock_gettime(CLOCK_MONOTONIC, &t));
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * NS_OF_MS;
	if (t.tv_nsec >= NS_OF_SECOND) {
		t.tv_sec++;
		t.tv_nsec -= NS_OF_SECOND;
	}
	return t;
}
