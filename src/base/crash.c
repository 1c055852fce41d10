#include "base/crash.h"

#ifdef CRASH_POINTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Atomic long reached;

/* At which arrival at `name` to die; 0 for never. */
static long
wanted_at(const char *name)
{
	const char *want = getenv("KEYPOST_CRASH_POINT");
	size_t len = strlen(name);
	long at;

	if (!want || strncmp(want, name, len) != 0)
		return 0;
	if (want[len] == '\0')
		return 1;
	if (want[len] != ':')
		return 0;
	at = strtol(want + len + 1, NULL, 10);
	return at > 0 ? at : 0;
}

void
crash_point(const char *name)
{
	long at = wanted_at(name);

	if (at == 0 || atomic_fetch_add(&reached, 1) + 1 != at)
		return;
	/* A sandbox may forbid it. */
	if (kill(getpid(), SIGKILL) != 0)
		_exit(128 + SIGKILL);
	/* The signal may reach another thread first: do not go on. */
	for (;;)
		(void)pause();
}

#else

typedef int crash_points_are_off; /* a file may not be empty */

#endif
