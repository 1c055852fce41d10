#include "mailagent/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"

enum { STREAM_BUFFER = 8192 };

struct wire {
	int fd;
	struct wire_limits limits;
	struct tls_session *tls;
	mailstream *stream;
	size_t line, lines;
	const char *fault; /* NULL: none yet */
};

static void
count(struct wire *w, const char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && w->fault == NULL; i++) {
		w->line++;
		if (data[i] == '\n') {
			w->line = 0;
			w->lines++;
		}
		if (w->line > w->limits.line_max ||
			w->lines > w->limits.lines_max)
			w->fault = "an answer without end";
	}
}

static ssize_t
read_clear(const struct wire *w, void *data, size_t size)
{
	int64_t deadline = clock_mono_ms() + w->limits.wait_ms;
	size_t got = 0;
	enum status st;

	/* It was just asked: trying first would be one call more. */
	st = net_wait(w->fd, POLLIN, deadline);
	if (st == STATUS_OK)
		st = net_read(w->fd, data, size, deadline, &got);
	return st == STATUS_OK ? (ssize_t)got : st == STATUS_CLOSED ? 0 : -1;
}

static ssize_t
on_read(mailstream_low *low, void *data, size_t size)
{
	struct wire *w = low->data;
	ssize_t n = w->tls != NULL ? tls_session_read(w->tls, data, size)
				   : read_clear(w, data, size);

	if (n > 0)
		count(w, data, (size_t)n);
	return w->fault != NULL ? -1 : n;
}

static ssize_t
on_write(mailstream_low *low, const void *data, size_t size)
{
	struct wire *w = low->data;

	if (w->fault != NULL)
		return -1;
	if (w->tls != NULL)
		return tls_session_write(w->tls, data, size);
	if (net_write(w->fd, bytes_make(data, size),
		    clock_mono_ms() + w->limits.wait_ms) != STATUS_OK)
		return -1;
	return (ssize_t)size;
}

static int
on_close(mailstream_low *low)
{
	struct wire *w = low->data;

	tls_session_free(w->tls);
	w->tls = NULL;
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
	return 0;
}

static int
on_get_fd(mailstream_low *low)
{
	const struct wire *w = low->data;

	return w->fd;
}

static void
on_free(mailstream_low *low)
{
	(void)on_close(low);
	free(low->data);
	free(low);
}

static void
on_cancel(mailstream_low *low)
{
	(void)low;
}

static struct mailstream_cancel *
on_get_cancel(mailstream_low *low)
{
	(void)low;
	return NULL;
}

static carray *
on_get_chain(mailstream_low *low)
{
	(void)low;
	return NULL;
}

static mailstream_low_driver driver = {.mailstream_read = on_read,
	.mailstream_write = on_write,
	.mailstream_close = on_close,
	.mailstream_get_fd = on_get_fd,
	.mailstream_free = on_free,
	.mailstream_cancel = on_cancel,
	.mailstream_get_cancel = on_get_cancel,
	.mailstream_get_certificate_chain = on_get_chain};

struct wire *
wire_new(int fd, const struct wire_limits *limits)
{
	struct wire *w = xcalloc(1, sizeof(*w));
	mailstream_low *low = mailstream_low_new(w, &driver);

	w->fd = fd;
	w->limits = *limits;
	if (low == NULL)
		goto fail;
	w->stream = mailstream_new(low, STREAM_BUFFER);
	if (w->stream != NULL)
		return w;
	free(low);
fail:
	(void)close(fd);
	free(w);
	return NULL;
}

mailstream *
wire_stream(struct wire *w)
{
	return w->stream;
}

/*
 * Octets that were sent before they were asked for. Under TLS the socket may
 * hold what is none of ours.
 */
static bool
has_more(const struct wire *w)
{
	char c;

	return w->stream->read_buffer_len > 0 ||
	       (w->tls == NULL &&
		       recv(w->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
}

enum status
wire_start_tls(struct wire *w, const struct tls_trust *trust, struct err *err)
{
	if (has_more(w)) {
		err_set(err, "the server said more in clear than it was asked");
		return STATUS_REJECTED;
	}
	return tls_session_open(w->fd, trust, w->limits.wait_ms, &w->tls, err);
}

struct tls_session *
wire_tls(struct wire *w)
{
	return w->tls;
}

void
wire_reset(struct wire *w)
{
	w->line = w->lines = 0;
}

void
wire_expect_silence(struct wire *w)
{
	if (w->fault == NULL && has_more(w))
		w->fault = "it said more than it was asked";
}

const char *
wire_fault(const struct wire *w)
{
	return w->fault;
}
