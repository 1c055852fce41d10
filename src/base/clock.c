#include "base/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t test_mono_ms = -1;
static _Atomic int64_t test_wall_s = -1;

static struct timespec
now(clockid_t id)
{
	struct timespec t = {0};
	int rc = clock_gettime(id, &t);

	assert(rc == 0);
	(void)rc;
	return t;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t
clock_mono_us(void)
{
	int64_t fixed = atomic_load(&test_mono_ms);
	struct timespec t;

	if (fixed >= 0)
		return fixed * 1000;
	t = now(CLOCK_MONOTONIC);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_wall_s(void)
{
	int64_t fixed = atomic_load(&test_wall_s);

	return fixed >= 0 ? fixed : (int64_t)now(CLOCK_REALTIME).tv_sec;
}

void
clock_set_for_test(int64_t mono_ms, int64_t wall_s)
{
	atomic_store(&test_mono_ms, mono_ms);
	atomic_store(&test_wall_s, wall_s);
}
