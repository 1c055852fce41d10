#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	LINE_MAX_LEN = 2048, /* below PIPE_BUF: one write, never a part */
	EVENTS_MAX = 64,
	PER_SECOND = 10,
	QUOTED_MAX = 200
};

struct event {
	char name[32];
	int64_t since_ms; /* start of its second */
	unsigned int lines, suppressed;
};

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

static _Atomic int min_level = LOG_INFO;
static _Atomic(const char *) program = "keypost";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct event events[EVENTS_MAX];
static size_t event_count;

void
log_set_level(enum log_level level)
{
	atomic_store(&min_level, (int)level);
}

enum log_level
log_get_level(void)
{
	return (enum log_level)atomic_load(&min_level);
}

void
log_set_name(const char *name)
{
	atomic_store(&program, name);
}

/* With the lock held: one write, dropped if it would block. */
static void
emit(const char *line, size_t len)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t n;

	n = send(STDERR_FILENO, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n >= 0 || errno != ENOTSOCK)
		return;
	/* A pipe that polls as writable takes PIPE_BUF octets at once. */
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return;
	n = write(STDERR_FILENO, line, len);
	(void)n; /* there is nowhere to say that the log is full */
}

/* With the lock held. Every event beyond the table shares the last slot. */
static struct event *
find_event(const char *name)
{
	size_t i;

	for (i = 0; i < event_count; i++)
		if (strncmp(events[i].name, name, sizeof events[i].name - 1) ==
			0)
			return &events[i];
	if (event_count == EVENTS_MAX)
		return &events[EVENTS_MAX - 1];
	(void)snprintf(
		events[event_count].name, sizeof events[0].name, "%s", name);
	events[event_count].since_ms = clock_mono_ms();
	return &events[event_count++];
}

/* With the lock held: begins a new second for events whose last is over. */
static void
turn_windows(int64_t now_ms)
{
	char line[128];
	struct event *e;
	int n;

	for (e = events; e < events + event_count; e++) {
		if (now_ms - e->since_ms < 1000)
			continue;
		if (e->suppressed) {
			n = snprintf(line, sizeof line,
				"%s level=warn event=%s suppressed=%u\n",
				atomic_load(&program), e->name, e->suppressed);
			if (n > 0 && (size_t)n < sizeof line)
				emit(line, (size_t)n);
		}
		e->since_ms = now_ms;
		e->lines = 0;
		e->suppressed = 0;
	}
}

/* One line stays one line, whatever a careless %s brought. */
static void
defuse(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	struct event *e;
	size_t len;
	va_list ap;
	int n;

	if ((int)level < atomic_load(&min_level))
		return;
	n = snprintf(line, sizeof line, "%s level=%s event=%s ",
		atomic_load(&program), level_names[level], event);
	if (n < 0 || (size_t)n >= sizeof line)
		return;
	len = (size_t)n;
	va_start(ap, fmt);
	(void)vsnprintf(line + len, sizeof line - len, fmt, ap);
	va_end(ap);
	defuse(line);
	len = strlen(line);
	if (len == sizeof line - 1)
		len--;
	line[len++] = '\n';

	(void)pthread_mutex_lock(&lock);
	turn_windows(clock_mono_ms());
	e = find_event(event);
	if (e->lines < PER_SECOND) {
		e->lines++;
		emit(line, len);
	} else {
		e->suppressed++;
	}
	(void)pthread_mutex_unlock(&lock);
}

/* One octet as it is written between quotes; returns how long that is. */
static size_t
escape(uint8_t c, char out[5])
{
	static const char digits[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	if (c >= 0x20 && c < 0x7f) {
		out[0] = (char)c;
		return 1;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[c >> 4];
	out[3] = digits[c & 15];
	return 4;
}

struct log_quoted
log_quote(struct bytes b)
{
	struct log_quoted q = {""};
	size_t i, n, len = 0;
	char e[5];

	q.text[len++] = '"';
	for (i = 0; i < b.len; i++) {
		n = escape(b.data[i], e);
		if (len + n > QUOTED_MAX + 1)
			break;
		memcpy(q.text + len, e, n);
		len += n;
	}
	if (i < b.len) {
		memcpy(q.text + len, "...", 3);
		len += 3;
	}
	q.text[len++] = '"';
	q.text[len] = '\0';
	return q;
}

struct log_quoted
log_quote_str(const char *s)
{
	return log_quote(bytes_of(s));
}
