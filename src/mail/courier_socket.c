#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mail/courier_state.h"
#include "mail/relay_tls.h"

bool
courier_send(struct courier *c, uint64_t id, const char *peer,
	const char *sender, const char *to, const char *envid,
	struct bytes text)
{
	size_t index = (size_t)(id >> 40);
	struct buf payload = {0};
	struct relay_way way;
	enum status st;

	relay_way_for(c->p.settings, index > 0 ? c->peers[index - 1].set : NULL,
		&way);
	st = frame_put_field(&payload, SEND_PEER, bytes_of(peer));
	if (st == STATUS_OK)
		st = relay_way_put(&way, &payload);
	if (st == STATUS_OK)
		st = frame_put_field(&payload, SEND_SENDER, bytes_of(sender));
	if (st == STATUS_OK)
		st = frame_put_field(&payload, SEND_RECIPIENT, bytes_of(to));
	if (st == STATUS_OK && envid != NULL)
		st = frame_put_field(&payload, SEND_ENVID, bytes_of(envid));
	if (st == STATUS_OK)
		st = frame_put_field(&payload, SEND_DATA, text);
	if (st == STATUS_OK)
		st = frame_put(&c->out, FRAME_SEND, id, buf_view(&payload));
	buf_done(&payload);
	return st == STATUS_OK;
}

void
courier_forget_socket(struct courier *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	buf_clear(&c->out);
	c->out_sent = 0;
	c->replies_sent = 0;
	frame_reader_done(&c->reader);
	frame_reader_init(&c->reader, FRAME_MAX);
	for (size_t i = 0; i < c->peer_count; i++)
		peer_on_agent_lost(&c->peers[i]);
}

static void
socket_broke(struct courier *c)
{
	courier_forget_socket(c);
	agent_out_broken(c->p.agent);
}

void
courier_write(struct courier *c)
{
	while (c->fd >= 0 && c->out_sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->out_sent,
			c->out.len - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n <= 0) {
			socket_broke(c);
			return;
		}
		c->out_sent += (size_t)n;
	}
	if (c->out_sent == c->out.len) {
		buf_clear(&c->out);
		c->out_sent = 0;
	}
}

static void
on_frame(struct courier *c, const struct frame *f, int64_t now)
{
	size_t index = (size_t)(f->id >> 40);

	if (f->type != FRAME_SENT)
		return;
	if (index == 0)
		reply_on_sent(c, f);
	else if (index <= c->peer_count)
		peer_on_sent(&c->peers[index - 1], f, now);
}

void
courier_read(struct courier *c, int64_t now)
{
	enum status st = frame_fill(&c->reader, c->fd);
	struct frame f;

	while (st == STATUS_OK) {
		st = frame_take(&c->reader, &f);
		if (st == STATUS_OK)
			on_frame(c, &f, now);
	}
	if (st != STATUS_NOT_FOUND)
		socket_broke(c);
}
