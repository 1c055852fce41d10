/*
 * Answers to people, on the road that peers' letters take: one after the
 * other, only while little else waits for the socket, and never twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "mail/courier_state.h"

enum {
	REPLIES_MAX = 64,
	REPLY_OCTETS_MAX = 16 * 1024 * 1024, /* of those that wait */
	REPLIES_IN_FLIGHT = 2,
	REPLY_OUT_MAX = 256 * 1024 /* more waits for the socket: peers first */
};

enum status
courier_reply(struct courier *c, const char *to, struct buf *text)
{
	struct event *e;

	/* One too many, when several threads ask at once, does no harm. */
	if (atomic_load(&c->replies) >= REPLIES_MAX ||
		atomic_load(&c->reply_octets) >= REPLY_OCTETS_MAX) {
		buf_done(text);
		return STATUS_BUSY;
	}
	(void)atomic_fetch_add(&c->replies, 1);
	(void)atomic_fetch_add(&c->reply_octets, text->len);
	e = xcalloc(1, sizeof(*e));
	e->kind = EVENT_REPLY;
	e->to = xstrdup(to);
	e->text = *text;
	memset(text, 0, sizeof(*text));
	return courier_put(c, e);
}

void
reply_line_up(struct courier *c, struct event *e)
{
	if (c->reply_first == NULL)
		c->reply_last = &c->reply_first;
	*c->reply_last = e;
	c->reply_last = &e->next;
}

static void
drop_first(struct courier *c)
{
	struct event *e = c->reply_first;

	c->reply_first = e->next;
	(void)atomic_fetch_sub(&c->replies, 1);
	(void)atomic_fetch_sub(&c->reply_octets, e->text.len);
	event_free(e);
}

void
reply_forget(struct courier *c)
{
	while (c->reply_first != NULL)
		drop_first(c);
}

static void
hand_over(struct courier *c)
{
	const struct event *e = c->reply_first;
	static uint64_t serial;

	/* Answers go out with a null sender: nobody answers them. */
	if (courier_send(
		    c, ++serial, "@reply", "", e->to, NULL, buf_view(&e->text)))
		c->replies_sent++;
	else
		log_line(LOG_INFO, "reply", "outcome=dropped");
	drop_first(c);
}

void
reply_step(struct courier *c)
{
	const char *relay = c->p.settings->relay;

	if (relay[0] == '\0' && c->reply_first != NULL) {
		log_line(LOG_INFO, "reply",
			"outcome=dropped reason=\"no relay\"");
		reply_forget(c);
	}
	while (c->reply_first != NULL && c->fd >= 0 &&
		c->replies_sent < REPLIES_IN_FLIGHT &&
		c->out.len - c->out_sent < REPLY_OUT_MAX)
		hand_over(c);
}

void
reply_on_sent(struct courier *c, const struct frame *f)
{
	struct reader r = reader_of(f->payload);
	uint64_t stage = 0, code = 0;
	struct bytes value;
	uint8_t name;

	if (c->replies_sent > 0)
		c->replies_sent--;
	counter_add(c->replied, 1);
	while (frame_next_field(&r, &name, &value)) {
		if (name == SENT_STAGE)
			stage = frame_number(value);
		else if (name == SENT_CODE)
			code = frame_number(value);
	}
	if (stage != STAGE_DONE || code != 250)
		log_line(LOG_INFO, "reply",
			"outcome=undelivered stage=%u code=%u",
			(unsigned int)stage, (unsigned int)code);
}
