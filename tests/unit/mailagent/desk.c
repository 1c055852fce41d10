#include "desk.h"

#include "../unit.h"

#include <string.h>

#include "base/clock.h"

static void
on_sent(void *ctx, uint64_t id, struct bytes payload)
{
	struct desk *d = ctx;
	struct report *r = &d->sent[d->count++];
	struct reader in = reader_of(payload);
	struct bytes value;
	uint8_t name;

	assert_true(d->count <= DESK_SENT_MAX);
	*r = (struct report){.id = id};
	while (frame_next_field(&in, &name, &value)) {
		if (name == SENT_STAGE)
			r->stage = frame_number(value);
		else if (name == SENT_CODE)
			r->code = frame_number(value);
		else if (name == SENT_SIZE_MAX)
			r->size_max = frame_number(value);
		else if (name == SENT_TEXT && value.len < sizeof(r->text))
			memcpy(r->text, value.data, value.len);
	}
}

void
desk_open(struct desk *d, int64_t answer_ms)
{
	struct relay_limits limits = {.connect_ms = answer_ms,
		.greeting_ms = answer_ms,
		.answer_ms = answer_ms,
		.dot_ms = answer_ms,
		.session_ms = DESK_LONG_MS,
		.idle_ms = DESK_LONG_MS,
		.crowded_greeting_ms = 200,
		.crowded_answer_ms = 400,
		.crowded_turn_ms = 800};

	*d = (struct desk){.loop = loop_new()};
	d->relay = relay_new(d->loop, "a.example", &limits, on_sent, d);
}

void
desk_close(struct desk *d)
{
	relay_free(d->relay);
	loop_free(d->loop);
}

static void
put(struct buf *b, uint8_t name, const char *text)
{
	assert_ok(frame_put_field(b, name, bytes_of(text)));
}

void
desk_post(struct desk *d, uint64_t id, const struct parcel *p)
{
	struct buf b = {.len = 0};

	put(&b, SEND_PEER, p->peer != NULL ? p->peer : "b");
	put(&b, SEND_RELAY, p->relay);
	put(&b, SEND_SENDER, "bounce+b.7@a.example");
	put(&b, SEND_RECIPIENT, p->to != NULL ? p->to : "keys@b.example");
	put(&b, SEND_ENVID, "7-9");
	put(&b, SEND_DATA, p->text != NULL ? p->text : "Subject: x\n\nkey\n");
	assert_ok(frame_put_number(&b, SEND_TLS, (uint64_t)p->tls));
	relay_send(d->relay, id, buf_view(&b));
	buf_done(&b);
}

void
desk_wait(struct desk *d, size_t n)
{
	int64_t until = clock_mono_ms() + DESK_WAIT_MS;

	while (d->count < n && clock_mono_ms() < until)
		loop_turn(d->loop);
	assert_int_equal(d->count, n);
}

void
desk_turn(struct desk *d, size_t n)
{
	int64_t until = clock_mono_ms() + DESK_WAIT_MS;

	while (d->count <= n && clock_mono_ms() < until)
		loop_turn(d->loop);
	assert_true(d->count > n);
}
