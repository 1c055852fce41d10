#include "mailagent/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"

enum { KEEP_MAX = 256 * 1024 };

struct channel {
	struct loop *loop;
	struct watch *watch;
	int fd;
	struct frame_reader in;
	struct buf out;
	size_t sent; /* of out */
	struct channel_calls calls;
	bool busy; /* inside of a call */
	bool dead;
};

static void
release(struct channel *c)
{
	frame_reader_done(&c->in);
	buf_done(&c->out);
	free(c);
}

static void
report_closed(struct channel *c)
{
	if (c->dead)
		return;
	loop_want(c->watch, 0);
	c->calls.closed(c->calls.ctx);
}

/* False when the socket is broken. */
static bool
write_some(struct channel *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->sent,
			c->out.len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->sent += (size_t)n;
	}
	c->sent = 0;
	if (c->out.cap > KEEP_MAX)
		buf_done(&c->out);
	else
		buf_clear(&c->out);
	return true;
}

static void
want(struct channel *c)
{
	loop_want(
		c->watch, (short)(c->out.len > 0 ? POLLIN | POLLOUT : POLLIN));
}

static void
read_frames(struct channel *c)
{
	enum status st = frame_fill(&c->in, c->fd);
	enum status took = STATUS_NOT_FOUND;
	struct frame f;

	while (!c->dead && (took = frame_take(&c->in, &f)) == STATUS_OK)
		c->calls.frame(c->calls.ctx, &f);
	if (c->dead)
		return;
	if (st != STATUS_OK || took != STATUS_NOT_FOUND)
		report_closed(c);
}

static void
on_ready(void *ctx, short events)
{
	struct channel *c = ctx;
	bool ok = true;

	c->busy = true;
	if (events & POLLOUT)
		ok = write_some(c);
	if (ok)
		want(c);
	if (!ok)
		report_closed(c);
	else if (events & (POLLIN | POLLHUP | POLLERR))
		read_frames(c);
	c->busy = false;
	if (c->dead)
		release(c);
}

struct channel *
channel_new(struct loop *loop, int fd, const struct channel_calls *calls)
{
	struct channel *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->fd = fd;
	c->calls = *calls;
	frame_reader_init(&c->in, FRAME_MAX);
	c->watch = loop_add(loop, fd, POLLIN, on_ready, c);
	return c;
}

void
channel_free(struct channel *c)
{
	if (c == NULL || c->dead)
		return;
	loop_remove(c->watch);
	close(c->fd);
	c->dead = true;
	if (!c->busy)
		release(c);
}

void
channel_put(struct channel *c, uint8_t type, uint64_t id, struct bytes payload)
{
	enum status st = frame_put(&c->out, type, id, payload);

	assert(st == STATUS_OK);
	/* A broken socket is reported by the loop, not from in here. */
	(void)write_some(c);
	want(c);
}

size_t
channel_waiting(const struct channel *c)
{
	return c->out.len - c->sent;
}

void
channel_flush(struct channel *c, int64_t deadline_ms)
{
	while (channel_waiting(c) > 0) {
		if (net_wait(c->fd, POLLOUT, deadline_ms) != STATUS_OK ||
			!write_some(c))
			return;
	}
}
