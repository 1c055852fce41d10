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

static bool
read_answer(struct bytes payload, struct answer *a)
{
	struct reader r = reader_of(payload);
	struct bytes value;
	uint64_t stage = 0, code = 0;
	uint8_t name;

	memset(a, 0, sizeof(*a));
	while (frame_next_field(&r, &name, &value)) {
		if (name == SENT_STAGE)
			stage = frame_number(value);
		else if (name == SENT_CODE)
			code = frame_number(value);
		else if (name == SENT_SIZE_MAX)
			a->size_max = frame_number(value);
		else if (name == SENT_TEXT)
			a->text = value;
	}
	a->stage = (enum sent_stage)stage;
	a->code = (unsigned int)code;
	return !r.failed && stage <= STAGE_DONE && code <= 999;
}

static void
on_sent(struct courier_peer *p, const struct frame *f, int64_t now)
{
	struct answer a;

	if (!read_answer(f->payload, &a)) {
		memset(&a, 0, sizeof(a));
		a.text = bytes_of("keypost-mail's answer is unreadable");
	}
	peer_answered(p, f->id, &a, now);
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
		on_sent(&c->peers[index - 1], f, now);
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
