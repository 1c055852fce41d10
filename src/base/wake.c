#include "base/wake.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum status
wake_init(struct wake *w, struct err *err)
{
	atomic_init(&w->set, false);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0) {
		err_set(err, "eventfd: %s", strerror(errno));
		return STATUS_IO;
	}
	return STATUS_OK;
}

void
wake_done(struct wake *w)
{
	if (w->fd > 0)
		(void)close(w->fd);
	w->fd = -1;
}

/* One write for many signals: the flag says that one is under way. */
void
wake_signal(struct wake *w)
{
	uint64_t one = 1;
	ssize_t n;

	if (atomic_exchange(&w->set, true))
		return;
	do {
		n = write(w->fd, &one, sizeof(one));
	} while (n < 0 && errno == EINTR);
}

void
wake_clear(struct wake *w)
{
	uint64_t count;
	ssize_t n;

	do {
		n = read(w->fd, &count, sizeof(count));
	} while (n < 0 && errno == EINTR);
	atomic_store(&w->set, false);
}
