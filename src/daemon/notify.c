#include "daemon/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"

static struct sockaddr_un manager;
static socklen_t manager_len;
static int64_t watchdog_ms;
static int notify_fd = -1;

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	const char *usec = getenv("WATCHDOG_USEC");
	size_t len = path != NULL ? strlen(path) : 0;

	if (usec != NULL)
		watchdog_ms = strtoll(usec, NULL, 10) / 1000;
	if (len > 1 && len < sizeof(manager.sun_path)) {
		manager.sun_family = AF_UNIX;
		memcpy(manager.sun_path, path, len);
		if (path[0] == '@')
			manager.sun_path[0] = '\0'; /* an abstract name */
		manager_len =
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    len);
		notify_fd = socket(
			AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

bool
notify_wanted(void)
{
	return notify_fd >= 0;
}

void
notify_send(const char *state)
{
	if (notify_fd < 0)
		return;
	(void)sendto(notify_fd, state, strlen(state), MSG_NOSIGNAL,
		(const struct sockaddr *)&manager, manager_len);
}

int64_t
notify_watchdog_ms(void)
{
	return watchdog_ms;
}

void
notify_busy(void *last_ms, size_t seen)
{
	int64_t *last = last_ms, now = clock_mono_ms();

	(void)seen;
	if (now - *last < 1000)
		return;
	*last = now;
	notify_send("EXTEND_TIMEOUT_USEC=60000000");
	notify_send("WATCHDOG=1");
}

void
notify_step(void *last_ms, const char *step, uint64_t done, uint64_t total)
{
	(void)step;
	(void)total;
	notify_busy(last_ms, (size_t)done);
}
