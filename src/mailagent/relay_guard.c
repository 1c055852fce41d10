#include "mailagent/relay_guard.h"

#include <string.h>

/* The library's driver with a read that counts. */
static struct {
	mailstream_low_driver driver;
	size_t line, lines;
	bool tripped;
} guard;

static void
count(const char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && !guard.tripped; i++) {
		guard.line++;
		if (data[i] == '\n') {
			guard.line = 0;
			guard.lines++;
		}
		guard.tripped = guard.line > GUARD_LINE_MAX ||
				guard.lines > GUARD_LINES_MAX;
	}
}

static ssize_t
guarded_read(mailstream_low *low, void *data, size_t size)
{
	ssize_t n = mailstream_socket_driver->mailstream_read(low, data, size);

	if (n > 0)
		count(data, (size_t)n);
	return guard.tripped ? -1 : n;
}

void
relay_guard_set(mailstream *stream)
{
	guard.driver = *mailstream_socket_driver;
	guard.driver.mailstream_read = guarded_read;
	mailstream_get_low(stream)->driver = &guard.driver;
	relay_guard_reset();
}

void
relay_guard_reset(void)
{
	guard.line = guard.lines = 0;
	guard.tripped = false;
}

bool
relay_guard_tripped(void)
{
	return guard.tripped;
}
