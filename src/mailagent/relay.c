#include "mailagent/relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "mailagent/child.h"
#include "mailagent/relay_places.h"
#include "mailagent/relay_sent.h"
#include "mailagent/relay_session.h"
#include "mailagent/sandbox.h"

const struct relay_limits relay_limits_default = {.connect_ms = 30 * 1000,
	.greeting_ms = 60 * 1000,
	.answer_ms = 60 * 1000,
	.dot_ms = 600 * 1000,
	.session_ms = 900 * 1000,
	.idle_ms = 10 * 1000,
	.crowded_greeting_ms = 2 * 1000,
	.crowded_answer_ms = 10 * 1000,
	.crowded_turn_ms = 30 * 1000};

static void
report(struct relay *r, uint64_t id, enum sent_stage stage, const char *text)
{
	struct buf payload = {.len = 0};

	relay_put_sent(&payload, stage, 0, text, 0);
	r->sent(r->ctx, id, buf_view(&payload));
	buf_done(&payload);
}

static void serve_waiting(struct relay *r);

/* Ends it; what it has not answered is reported as it stands. */
void
relay_end(struct relay_place *s, const char *reason)
{
	struct relay *r = s->relay;
	struct relay_place **at = &r->sessions;
	enum sent_stage stage =
		(enum sent_stage)atomic_load(&s->progress->stage);
	struct parcel *p;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	r->count--;
	channel_free(s->channel);
	child_end(s->pid);
	/* Nothing under way: the first in line was not begun either. */
	if (atomic_load(&s->progress->since) == 0)
		stage = STAGE_CONNECT;
	while ((p = parcel_take(&s->sent)) != NULL) {
		report(r, p->id, stage, reason);
		parcel_free(p);
		/* Those behind it were not begun. */
		stage = STAGE_CONNECT;
		reason = "not tried: the session before it failed";
	}
	munmap(s->progress, sizeof(*s->progress));
	free(s->key);
	free(s);
}

static void
on_sent(void *ctx, const struct frame *f)
{
	struct relay_place *s = ctx;
	struct parcel *p = s->sent.first;

	if (f->type != FRAME_SENT || p == NULL || p->id != f->id)
		return;
	(void)parcel_take(&s->sent);
	s->idle_since = clock_mono_ms();
	s->relay->sent(s->relay->ctx, f->id, f->payload);
	parcel_free(p);
}

static void
on_closed(void *ctx)
{
	struct relay_place *s = ctx;
	struct relay *r = s->relay;

	relay_end(s, "the connection was lost");
	serve_waiting(r);
}

static int64_t
stage_limit(const struct relay_limits *l, int stage)
{
	switch (stage) {
	case STAGE_CONNECT:
		return l->connect_ms;
	case STAGE_GREETING:
		return l->greeting_ms;
	case STAGE_DOT:
		return l->dot_ms;
	default:
		return l->answer_ms;
	}
}

static bool
is_overdue(const struct relay_place *s, int64_t now)
{
	const struct relay_limits *l = &s->relay->limits;
	int stage = atomic_load(&s->progress->stage);
	int64_t since = atomic_load(&s->progress->since);
	int64_t connected = atomic_load(&s->progress->connected_since);

	if (since != 0 && now - since > stage_limit(l, stage))
		return true;
	return connected != 0 && now - connected > l->session_ms;
}

static void
on_tick(void *ctx, int64_t now)
{
	struct relay *r = ctx;
	struct relay_place *s, *next;

	for (s = r->sessions; s != NULL; s = next) {
		next = s->next;
		if (s->sent.first != NULL) {
			if (is_overdue(s, now))
				relay_end(s, "no answer in time");
		} else if (s->yields_since != 0 ||
			   now - s->idle_since > r->limits.idle_ms) {
			relay_end(s, "");
		}
	}
	relay_make_room(r, now);
	serve_waiting(r);
}

struct relay *
relay_new(struct loop *loop, const char *host,
	const struct relay_limits *limits,
	void (*sent)(void *ctx, uint64_t id, struct bytes payload), void *ctx)
{
	struct relay *r = xcalloc(1, sizeof(*r));

	r->loop = loop;
	r->host = xstrdup(host);
	r->limits = *limits;
	r->sent = sent;
	r->ctx = ctx;
	loop_tick(loop, on_tick, r);
	return r;
}

void
relay_free(struct relay *r)
{
	struct parcel *p;

	if (r == NULL)
		return;
	while (r->sessions != NULL)
		relay_end(r->sessions, "keypost-mail stops");
	while ((p = parcel_take(&r->waiting)) != NULL)
		parcel_free(p);
	free(r->host);
	free(r);
}

bool
relay_is_idle(const struct relay *r)
{
	const struct relay_place *s = r->sessions;

	while (s != NULL && s->sent.first == NULL)
		s = s->next;
	return s == NULL && r->waiting.first == NULL;
}

static void
run(int fd, void *ctx)
{
	const struct relay_place *s = ctx;

	relay_session_run(fd, s->relay->host, s->progress);
}

static struct relay_place *
new_session(struct relay *r, const char *key)
{
	struct relay_place *s = xcalloc(1, sizeof(*s));
	struct channel_calls calls = {on_sent, on_closed, s};
	int fd;

	s->relay = r;
	s->progress = mmap(NULL, sizeof(*s->progress), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->progress == MAP_FAILED)
		goto free_session;
	if (child_start(run, s, sandbox_enter_relay, &s->pid, &fd) != STATUS_OK)
		goto unmap;
	s->key = xstrdup(key);
	s->channel = channel_new(r->loop, fd, &calls);
	s->idle_since = s->since = clock_mono_ms();
	s->next = r->sessions;
	r->sessions = s;
	r->count++;
	return s;
unmap:
	munmap(s->progress, sizeof(*s->progress));
free_session:
	free(s);
	return NULL;
}

static struct relay_place *
find_session(struct relay *r, const char *key)
{
	struct relay_place *s;

	for (s = r->sessions; s != NULL; s = s->next) {
		if (strcmp(s->key, key) == 0)
			return s;
	}
	if (r->count >= AGENT_RELAYS_MAX)
		relay_drop_idle(r);
	return r->count < AGENT_RELAYS_MAX ? new_session(r, key) : NULL;
}

/* Letters of one peer to one relay share a session. */
static void
make_key(struct bytes payload, struct buf *key)
{
	struct reader rd = reader_of(payload);
	struct bytes value;
	uint8_t name;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && frame_next_field(&rd, &name, &value)) {
		if (name == SEND_PEER || name == SEND_RELAY)
			st = buf_put(key, value);
		if (st == STATUS_OK && name == SEND_PEER)
			st = buf_put_u8(key, ' ');
	}
	if (st == STATUS_OK)
		st = buf_put_u8(key, 0);
	(void)st;
}

/* False when there is no place for its peer now. */
static bool
hand_over(struct relay *r, struct parcel *p, struct bytes payload)
{
	struct buf key = {.len = 0};
	struct relay_place *s;

	make_key(payload, &key);
	s = find_session(r, (const char *)key.data);
	buf_done(&key);
	if (s == NULL || s->yields_since != 0)
		return false;
	parcel_put(&s->sent, p);
	channel_put(s->channel, FRAME_SEND, p->id, payload);
	buf_done(&p->payload);
	return true;
}

static void
serve_waiting(struct relay *r)
{
	struct parcel_queue todo = r->waiting;
	struct parcel *p;

	r->waiting.first = NULL;
	while ((p = parcel_take(&todo)) != NULL) {
		size_t octets = p->payload.len;

		if (hand_over(r, p, buf_view(&p->payload)))
			r->waiting_octets -= octets;
		else
			parcel_put(&r->waiting, p);
	}
}

void
relay_send(struct relay *r, uint64_t id, struct bytes payload)
{
	struct parcel *p = xcalloc(1, sizeof(*p));
	enum status st;

	p->id = id;
	if (r->waiting.first == NULL && hand_over(r, p, payload))
		return;
	if (r->waiting_octets + payload.len > RELAY_WAITING_MAX) {
		report(r, id, STAGE_CONNECT, "too many letters wait");
		parcel_free(p);
		return;
	}
	st = buf_put(&p->payload, payload);
	(void)st;
	r->waiting_octets += payload.len;
	parcel_put(&r->waiting, p);
	serve_waiting(r);
}
