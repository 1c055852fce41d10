#include "host.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/unit.h"
#include "base/clock.h"
#include "mailagent/decode.h"
#include "mailagent/protocol.h"
#include "node.h"

enum { WAIT_MS = 60 * 1000, LATER = SIM_MINUTE };

static void
say(struct host *h, uint8_t type, uint64_t id, struct bytes payload)
{
	assert_ok(frame_put(&h->out, type, id, payload));
}

/* ---- alive and dead -------------------------------------------------------
 */

void
host_start(struct host *h, int64_t now)
{
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	h->pid = (int)fork();
	assert_true(h->pid >= 0);
	if (h->pid == 0) {
		const struct node_settings set = {.folder = h->folder,
			.shape = h->shape,
			.hosts = h->hosts,
			.index = h->index,
			.socket = ends[1],
			.now = now};

		(void)close(ends[0]);
		node_run(&set);
	}
	(void)close(ends[1]);
	h->fd = ends[0];
	frame_reader_init(&h->reader, FRAME_MAX);
	for (struct host_letter *l = h->letters; l != NULL; l = l->next) {
		l->again = 0;
		say(h, FRAME_LETTER, l->id, buf_view(&l->fields));
	}
}

static void
forget(struct host *h)
{
	int status;

	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	h->died = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	(void)close(h->fd);
	h->fd = -1;
	frame_reader_done(&h->reader);
	buf_done(&h->out);
	memset(&h->out, 0, sizeof(h->out));
	h->out_sent = 0;
}

void
host_kill(struct host *h)
{
	assert_int_equal(kill(h->pid, SIGKILL), 0);
	forget(h);
}

void
host_stop(struct host *h)
{
	const struct bytes none = {0};

	assert_ok(frame_send(
		h->fd, SIM_STOP, 0, none, clock_mono_ms() + WAIT_MS));
	forget(h);
	assert_false(h->died);
}

static void
letter_free(struct host_letter *l)
{
	buf_done(&l->fields);
	free(l);
}

void
host_done(struct host *h)
{
	while (h->letters != NULL) {
		struct host_letter *l = h->letters;

		h->letters = l->next;
		letter_free(l);
	}
}

/* ---- letters in -----------------------------------------------------------
 */

void
host_offer(struct host *h, struct bytes text, struct bytes sender)
{
	const struct decode_hint hint = {.has_sender = true, .sender = sender};
	struct host_letter *l = calloc(1, sizeof(*l));
	struct host_letter **at = &h->letters;
	struct err why = {{0}};

	assert_non_null(l);
	l->id = ++h->next_id;
	assert_ok(frame_put_field(&l->fields, LETTER_SOURCE, bytes_of("lmtp")));
	assert_ok(frame_put_number(&l->fields, LETTER_SIZE, text.len));
	assert_ok(decode_letter(text, &hint, &l->fields, &why));
	while (*at != NULL)
		at = &(*at)->next;
	*at = l;
	if (h->fd >= 0)
		say(h, FRAME_LETTER, l->id, buf_view(&l->fields));
}

static void
offer_again(struct host *h, int64_t now)
{
	for (struct host_letter *l = h->letters; l != NULL; l = l->next) {
		if (l->again == 0 || l->again > now)
			continue;
		l->again = 0;
		say(h, FRAME_LETTER, l->id, buf_view(&l->fields));
	}
}

static void
on_done(struct host *h, const struct frame *f, int64_t now)
{
	struct reader r = reader_of(f->payload);
	struct host_letter **at = &h->letters, *l;
	uint64_t fate = 0;
	struct bytes value;
	uint8_t name;

	while (*at != NULL && (*at)->id != f->id)
		at = &(*at)->next;
	l = *at;
	assert_non_null(l);
	while (frame_next_field(&r, &name, &value)) {
		if (name == DONE_FATE)
			fate = frame_number(value);
	}
	if (fate == FATE_LATER) {
		l->again = now + LATER;
		return;
	}
	h->refused += fate != FATE_TAKEN;
	*at = l->next;
	letter_free(l);
}

/* ---- letters out ----------------------------------------------------------
 */

static void
on_send(struct host *h, const struct frame *f, host_sends *sends, void *ctx)
{
	struct reader r = reader_of(f->payload);
	struct host_parcel p = {.from = h};
	struct bytes value;
	struct buf answer = {0};
	uint8_t name;
	bool taken;

	while (frame_next_field(&r, &name, &value)) {
		if (name == SEND_SENDER)
			p.sender = value;
		else if (name == SEND_RECIPIENT)
			p.recipient = value;
		else if (name == SEND_DATA)
			p.text = value;
	}
	taken = sends(ctx, &p);
	assert_ok(frame_put_number(
		&answer, SENT_STAGE, taken ? STAGE_DONE : STAGE_CONNECT));
	assert_ok(frame_put_number(&answer, SENT_CODE, taken ? 250 : 0));
	say(h, FRAME_SENT, f->id, buf_view(&answer));
	buf_done(&answer);
}

static void
on_state(struct host *h, const struct frame *f)
{
	struct reader r = reader_of(f->payload);
	struct bytes value;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		if (name == STATE_CERTS)
			h->certs = (size_t)frame_number(value);
		else if (name == STATE_BEHIND)
			h->behind = (size_t)frame_number(value);
		else if (name == STATE_SUM && value.len == sizeof(h->sum))
			memcpy(h->sum, value.data, value.len);
	}
}

static void
write_out(struct host *h)
{
	ssize_t n = send(h->fd, h->out.data + h->out_sent,
		h->out.len - h->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		h->out_sent += (size_t)n;
	if (h->out_sent == h->out.len) {
		buf_clear(&h->out);
		h->out_sent = 0;
	}
}

void
host_hear(
	struct host *h, int64_t now, host_sends *sends, void *ctx, int wait_ms)
{
	struct pollfd p = {.fd = h->fd, .events = POLLIN};
	struct frame f;

	if (h->out_sent < h->out.len)
		p.events |= POLLOUT;
	if (poll(&p, 1, wait_ms) <= 0)
		return;
	if (p.revents & POLLOUT)
		write_out(h);
	if (!(p.revents & (POLLIN | POLLHUP)))
		return;
	assert_ok(frame_fill(&h->reader, h->fd));
	while (frame_take(&h->reader, &f) == STATUS_OK) {
		if (f.type == FRAME_DONE)
			on_done(h, &f, now);
		else if (f.type == FRAME_SEND)
			on_send(h, &f, sends, ctx);
		else if (f.type == SIM_STATE)
			on_state(h, &f);
		if (f.type != FRAME_DONE && f.type != FRAME_SEND)
			h->answered = true;
	}
}

/* ---- questions ------------------------------------------------------------
 */

static void
ask(struct host *h, uint8_t type, uint64_t id)
{
	const struct bytes none = {0};

	h->answered = false;
	say(h, type, id, none);
}

void
host_tell_time(struct host *h, int64_t now)
{
	offer_again(h, now);
	ask(h, SIM_TIME, (uint64_t)now);
}

static void
ask_and_wait(struct host *h, uint8_t type, uint64_t id, int64_t now,
	host_sends *sends, void *ctx)
{
	ask(h, type, id);
	while (!h->answered)
		host_hear(h, now, sends, ctx, -1);
}

void
host_submit(struct host *h, unsigned int seed, unsigned int parts, int64_t now,
	host_sends *sends, void *ctx)
{
	ask_and_wait(
		h, SIM_SUBMIT, (uint64_t)seed << 32 | parts, now, sends, ctx);
}

void
host_ask_state(struct host *h, int64_t now, host_sends *sends, void *ctx)
{
	ask_and_wait(h, SIM_STATE, 0, now, sends, ctx);
}
