#include "base/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>
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

struct clock_text
clock_utc(int64_t s)
{
	struct clock_text t;
	time_t when = (time_t)s;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
		strftime(t.text, sizeof(t.text), "%Y-%m-%dT%H:%M:%SZ", &tm) ==
			0)
		t.text[0] = '\0';
	return t;
}

struct clock_text
clock_day(int64_t s)
{
	struct clock_text t = clock_utc(s);

	t.text[strcspn(t.text, "T")] = '\0';
	return t;
}

void
clock_set_for_test(int64_t mono_ms, int64_t wall_s)
{
	atomic_store(&test_mono_ms, mono_ms);
	atomic_store(&test_wall_s, wall_s);
}
