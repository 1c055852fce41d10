#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit.h"
#include "base/clock.h"
#include "pgp/armor.h"
#include "pgp/cert.h"
#include "world.h"

enum { TURN_MS = 5, QUIET_MS = 300 };

void
agent_accept(struct world *w)
{
	struct frame f;
	int64_t deadline = clock_mono_ms() + WORLD_WAIT_MS;

	world_until(__atomic_load_n(&w->offered_in, __ATOMIC_SEQ_CST) >= 0);
	w->out = __atomic_exchange_n(&w->offered_out, -1, __ATOMIC_SEQ_CST);
	w->in = __atomic_exchange_n(&w->offered_in, -1, __ATOMIC_SEQ_CST);
	frame_reader_init(&w->in_reader, FRAME_MAX);
	frame_reader_init(&w->out_reader, FRAME_MAX);
	assert_ok(frame_read(&w->in_reader, w->in, deadline, &f));
	assert_int_equal(f.type, FRAME_CONFIG);
}

void
agent_die(struct world *w)
{
	if (w->in >= 0) {
		(void)close(w->in);
		(void)close(w->out);
		frame_reader_done(&w->in_reader);
		frame_reader_done(&w->out_reader);
	}
	w->in = w->out = -1;
}

static void
put_text(struct buf *b, unsigned int field, const char *text)
{
	if (text != NULL)
		assert_ok(frame_put_field(b, (uint8_t)field, bytes_of(text)));
}

static void
put_bounce(struct buf *b, const struct offer_bounce *o)
{
	put_text(b, LETTER_BOUNCE_TO, o->to);
	put_text(b, LETTER_BOUNCE_ENVID, o->envid);
	put_text(b, LETTER_BOUNCE_RCPT, o->recipient);
	put_text(b, LETTER_BOUNCE_ACTION, o->action);
	put_text(b, LETTER_BOUNCE_STATUS, o->status);
	put_text(b, LETTER_BOUNCE_TEXT, o->text);
	put_text(b, LETTER_BOUNCE_ID, o->id);
}

uint64_t
agent_offer(struct world *w, const struct offer *o)
{
	struct buf b = {0}, key = {0};
	uint64_t id = ++w->next_id;

	put_text(&b, LETTER_SOURCE, o->source == NULL ? "lmtp" : o->source);
	put_text(&b, LETTER_SENDER, o->sender);
	put_text(&b, LETTER_FROM, o->from);
	put_text(&b, LETTER_REPLY_TO, o->reply_to);
	put_text(&b, LETTER_SUBJECT, o->subject);
	put_text(&b, LETTER_MESSAGE_ID, o->message_id);
	put_text(&b, LETTER_PRECEDENCE, o->precedence);
	for (size_t i = 0; o->seen != NULL && o->seen[i] != NULL; i++)
		put_text(&b, LETTER_SEEN, o->seen[i]);
	put_text(&b, LETTER_BATCH, o->batch);
	put_text(&b, LETTER_AUTH, o->auth);
	if (o->repair.len > 0)
		assert_ok(frame_put_field(&b, LETTER_REPAIR, o->repair));
	assert_ok(frame_put_number(&b, LETTER_MACHINE, o->machine));
	put_bounce(&b, &o->bounce);
	if (o->report)
		assert_ok(frame_put_number(&b, LETTER_REPORT, 1));
	if (o->seen_over)
		assert_ok(frame_put_number(&b, LETTER_SEEN_OVER, 1));
	if (o->parts != 0) {
		key_armor(&key, o->seed, o->parts);
		assert_ok(frame_put_number(&b, LETTER_BLOCK_KIND, o->kind));
		assert_ok(frame_put_field(&b, LETTER_BLOCK, buf_view(&key)));
	}
	assert_ok(frame_send(w->in, FRAME_LETTER, id, buf_view(&b),
		clock_mono_ms() + WORLD_WAIT_MS));
	buf_done(&b);
	buf_done(&key);
	return id;
}

unsigned int
agent_fate(struct world *w, uint64_t id)
{
	struct frame f;
	struct reader r;
	struct bytes value;
	uint8_t name;
	unsigned int fate = 99;

	assert_ok(frame_read(
		&w->in_reader, w->in, clock_mono_ms() + WORLD_WAIT_MS, &f));
	assert_int_equal(f.type, FRAME_DONE);
	if (id != 0)
		assert_int_equal(f.id, id);
	r = reader_of(f.payload);
	while (frame_next_field(&r, &name, &value)) {
		if (name == DONE_FATE)
			fate = (unsigned int)frame_number(value);
	}
	return fate;
}

unsigned int
agent_letter(struct world *w, const struct offer *o)
{
	return agent_fate(w, agent_offer(w, o));
}

static void
copy_text(char *out, size_t size, struct bytes value)
{
	assert_true(value.len < size);
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
}

static bool
next_within(struct world *w, struct sent *s, int64_t ms)
{
	struct frame f;
	struct reader r;
	struct bytes value;
	uint8_t name;
	enum status st =
		frame_read(&w->out_reader, w->out, clock_mono_ms() + ms, &f);

	if (st == STATUS_TIMEOUT)
		return false;
	assert_ok(st);
	assert_int_equal(f.type, FRAME_SEND);
	memset(s, 0, sizeof(*s));
	s->id = f.id;
	r = reader_of(f.payload);
	while (frame_next_field(&r, &name, &value)) {
		if (name == SEND_PEER)
			copy_text(s->peer, sizeof(s->peer), value);
		else if (name == SEND_RECIPIENT)
			copy_text(s->recipient, sizeof(s->recipient), value);
		else if (name == SEND_SENDER)
			copy_text(s->sender, sizeof(s->sender), value);
		else if (name == SEND_RELAY)
			copy_text(s->relay, sizeof(s->relay), value);
		else if (name == SEND_DATA)
			s->text = strndup((const char *)value.data, value.len);
	}
	assert_non_null(s->text);
	return true;
}

static bool
is_all_told(struct world *w)
{
	struct err err = {{0}};
	struct peer row;
	int64_t last = 0;

	assert_ok(store_last_seq(w->session, &last, &err));
	for (size_t i = 0; i < w->settings.peer_count; i++) {
		world_peer(w, w->peers[i].name, &row);
		if (row.cursor < last)
			return false;
	}
	return true;
}

bool
agent_heard(struct world *w, struct sent *s)
{
	int64_t until_ms = clock_mono_ms() + WORLD_WAIT_MS;

	for (;;) {
		bool told = is_all_told(w);

		if (next_within(w, s, TURN_MS))
			return true;
		if (told)
			return false;
		assert_true(clock_mono_ms() < until_ms);
	}
}

void
agent_expect(struct world *w, struct sent *s)
{
	assert_true(next_within(w, s, WORLD_WAIT_MS));
}

void
agent_expect_none(struct world *w)
{
	struct sent s;

	assert_false(agent_heard(w, &s));
}

void
agent_expect_wait(struct world *w)
{
	struct sent s;

	assert_false(next_within(w, &s, QUIET_MS));
}

void
agent_ask(struct world *w, char address[64])
{
	struct offer o = {
		.subject = "HELP", .sender = address, .from = address};

	(void)snprintf(address, 64, "person%u@calm.example", ++w->persons);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

void
agent_next_answer(struct world *w, struct sent *s)
{
	for (;;) {
		agent_expect(w, s);
		agent_accept_letter(w, s);
		if (strcmp(s->peer, "@reply") == 0)
			return;
		sent_done(s);
	}
}

void
agent_expect_silence(struct world *w)
{
	char person[64];
	struct sent s;

	agent_ask(w, person);
	agent_expect(w, &s);
	assert_string_equal(s.recipient, person);
	agent_accept_letter(w, &s);
	sent_done(&s);
}

void
agent_answer(struct world *w, uint64_t id, unsigned int stage,
	unsigned int code, const char *text)
{
	struct buf b = {0};

	assert_ok(frame_put_number(&b, SENT_STAGE, stage));
	assert_ok(frame_put_number(&b, SENT_CODE, code));
	put_text(&b, SENT_TEXT, text);
	assert_ok(frame_send(w->out, FRAME_SENT, id, buf_view(&b),
		clock_mono_ms() + WORLD_WAIT_MS));
	buf_done(&b);
}

void
agent_accept_letter(struct world *w, const struct sent *s)
{
	agent_answer(w, s->id, STAGE_DONE, 250, "ok");
}

void
agent_accept_next(struct world *w, size_t n)
{
	struct sent s;

	for (size_t i = 0; i < n; i++) {
		agent_expect(w, &s);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
}

void
sent_done(struct sent *s)
{
	free(s->text);
	s->text = NULL;
}

bool
sent_has(const struct sent *s, const char *line)
{
	struct reader r = reader_of(bytes_of(s->text));
	struct bytes l;

	while (reader_line(&r, &l)) {
		if (bytes_eq(l, bytes_of(line)))
			return true;
	}
	return false;
}

bool
sent_has_key(const struct sent *s, unsigned int seed)
{
	struct arena *arena = arena_new(16 * 1024 * 1024);
	struct armor_blocks blocks;
	struct cert_list certs = {0};
	struct err err = {{0}};
	char want[41], hex[FINGERPRINT_HEX_MAX];
	bool found = false;

	key_fpr(seed, want);
	assert_ok(armor_read(
		arena, bytes_of(s->text), ARMOR_STRICT, &blocks, &err));
	assert_int_equal(blocks.good, 1);
	assert_ok(cert_read(arena, blocks.list[0].octets, &cert_limits_default,
		&certs, &err));
	for (size_t i = 0; i < certs.count; i++) {
		fingerprint_hex(&certs.list[i]->id.fpr, hex);
		found = found || strcmp(hex, want) == 0;
	}
	arena_free(arena);
	return found;
}

size_t
sent_count_keys(const struct sent *s, unsigned int from, unsigned int to)
{
	size_t n = 0;

	for (unsigned int i = from; i <= to; i++)
		n += sent_has_key(s, i);
	return n;
}
