#include "mail/courier.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/courier_state.h"

enum {
	TURN_MAX_MS = 1000, /* a turn at least so often: for the heartbeat */
	EVENTS_MAX = 1024
};

/* A peer that is fed over HTTP answers. */
static void
on_fed(void *ctx, const struct carrier_answer *a)
{
	struct courier *c = ctx;
	size_t index = (size_t)(a->id >> 40);
	const struct answer answer = {
		.stage = a->stage, .code = a->code, .text = bytes_of(a->text)};

	peer_answered(&c->peers[index - 1], a->id, &answer, clock_mono_ms());
}

struct courier *
courier_new(const struct courier_parts *parts)
{
	const struct mail_settings *s = parts->settings;
	struct courier *c = xcalloc(1, sizeof(*c));

	c->p = *parts;
	c->fd = -1;
	c->brake = brake_new(s->max_forwards);
	c->peers = xcalloc(s->peer_count + 1, sizeof(*c->peers));
	for (size_t i = 0; i < s->peer_count; i++) {
		struct courier_peer *p = &c->peers[c->peer_count];

		if (!peer_is_fed(&s->peers[i]) &&
			(s->peers[i].mail[0] == '\0' || s->address[0] == '\0'))
			continue;
		p->c = c;
		p->set = &s->peers[i];
		p->shown = mend_counters_of(p->set->name);
		p->draft = (struct draft_peer){.mail = s,
			.known = parts->known,
			.auth = parts->auth,
			.brake = c->brake,
			.site = parts->site,
			.index = (int)i};
		c->peer_count++;
	}
	c->draft = draft_new();
	c->carrier = carrier_new(on_fed, c);
	c->events = workq_new(EVENTS_MAX, 0);
	frame_reader_init(&c->reader, FRAME_MAX);
	c->delivered = counter_get("mail_out_delivered");
	c->deferred = counter_get("mail_out_deferred");
	c->refused = counter_get("mail_out_refused");
	c->owed = counter_get("mail_out_owed");
	c->replied = counter_get("mail_out_replies");
	return c;
}

void
event_free(struct event *e)
{
	if (e->kind == EVENT_REPLY || e->kind == EVENT_EXTRA) {
		free(e->to);
		buf_done(&e->text);
	}
	free(e);
}

void
courier_free(struct courier *c)
{
	void *item;

	if (c == NULL)
		return;
	workq_close(c->events);
	while (workq_take(c->events, 0, &item) == STATUS_OK)
		event_free(item);
	workq_free(c->events);
	reply_forget(c);
	carrier_free(c->carrier);
	for (size_t i = 0; i < c->peer_count; i++)
		peer_done(&c->peers[i]);
	free(c->peers);
	draft_free(c->draft);
	brake_free(c->brake);
	frame_reader_done(&c->reader);
	buf_done(&c->out);
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c);
}

/* ---- what others hand over --------------------------------------------- */

enum status
courier_put(struct courier *c, struct event *e)
{
	enum status st = workq_put_again(c->events, e, 1);

	if (st != STATUS_OK)
		event_free(e);
	wake_signal(c->p.wake);
	return st;
}

/* Never lost while the courier lives: the queue closes after its thread. */
void
courier_post(struct courier *c, enum event_kind kind, struct courier_peer *peer)
{
	struct event *e = xcalloc(1, sizeof(*e));

	e->kind = kind;
	e->peer = peer;
	(void)courier_put(c, e);
}

void
courier_bounce(struct courier *c, const struct bounce *b)
{
	struct event *e = xcalloc(1, sizeof(*e));

	e->kind = EVENT_BOUNCE;
	e->bounce = *b;
	/* A flood of them: what does not fit is as if it were lost. */
	(void)courier_put(c, e);
}

void
courier_on_change(void *ctx)
{
	struct courier *c = ctx;

	atomic_store(&c->changed, true);
	atomic_store(&c->pending, true);
	wake_signal(c->p.wake);
}

bool
courier_has_pending(const struct courier *c)
{
	return atomic_load(&c->pending);
}

int64_t
courier_low_cursor(const struct courier *c)
{
	return atomic_load(&c->low_cursor);
}

/* ---- the thread -------------------------------------------------------- */

static void
on_event(struct courier *c, struct event *e, int64_t now)
{
	if (e->kind == EVENT_JOB)
		job_ended(e->peer, now);
	else if (e->kind == EVENT_PRUNED)
		prune_ended(c, now);
	else if (e->kind == EVENT_EXTRA)
		extra_add(e->peer, e->name, &e->text);
	if (e->kind == EVENT_REPLY) {
		reply_line_up(c, e);
		return;
	}
	for (size_t i = 0; i < c->peer_count; i++) {
		struct courier_peer *p = &c->peers[i];

		if (e->peer != NULL && e->peer != p)
			continue;
		if (e->kind == EVENT_BOUNCE && p->draft.index == e->bounce.peer)
			peer_on_bounce(p, &e->bounce, now);
		else if (e->kind == EVENT_RETRY)
			peer_retry(p);
		else if (e->kind == EVENT_PAUSE)
			p->flags |= PEER_PAUSED;
		else if (e->kind == EVENT_RESUME)
			peer_resume(p);
	}
	event_free(e);
}

static void
take_socket(struct courier *c)
{
	int fd;

	if (!agent_out_changed(c->p.agent, &fd))
		return;
	courier_forget_socket(c);
	c->fd = fd;
}

static void
take_events(struct courier *c, int64_t now)
{
	bool changed;
	void *item;

	/* An answer to the first letter of an agent was asked for after that
	 * agent's sockets were offered: look for them before each event. */
	while (workq_take(c->events, 0, &item) == STATUS_OK) {
		take_socket(c);
		on_event(c, item, now);
	}
	take_socket(c);
	changed = atomic_exchange(&c->changed, false);
	for (size_t i = 0; changed && i < c->peer_count; i++)
		c->peers[i].changed = true;
}

static void
publish_peer(struct courier_peer *p)
{
	size_t letters = p->count + atomic_load(&p->extra_count);
	size_t octets = extra_octets(p);

	for (size_t i = 0; i < p->count; i++)
		octets += p->letters[i].text.len;
	atomic_store(&p->even, !p->changed && p->count == 0);
	atomic_store(&p->letters_waiting, letters);
	atomic_store(&p->octets_waiting, octets);
	counter_set(p->shown.letters, (int64_t)letters);
	counter_set(p->shown.octets, (int64_t)octets);
}

/* What others ask about: is anything unsent, and how far is everybody? */
static void
publish(struct courier *c)
{
	int64_t low = INT64_MAX;
	bool waits = false;

	for (size_t i = 0; i < c->peer_count; i++) {
		const struct courier_peer *p = &c->peers[i];

		if (p->cursor < low)
			low = p->cursor;
		waits = waits || p->changed || p->count > 0;
		publish_peer(&c->peers[i]);
	}
	atomic_store(&c->low_cursor, low);
	atomic_store(&c->pending, waits);
	if (atomic_load(&c->changed))
		atomic_store(&c->pending, true);
}

static bool
is_finished(const struct courier *c, int64_t now)
{
	bool jobs = c->prune != NULL, busy = false;

	if (c->stop_at == 0)
		return false;
	for (size_t i = 0; i < c->peer_count; i++) {
		jobs = jobs || c->peers[i].job_runs;
		busy = busy || peer_is_busy(&c->peers[i]);
	}
	return !jobs && (!busy || now >= c->stop_at);
}

static void
wait_turn(struct courier *c, int64_t now)
{
	struct pollfd fds[2] = {{.fd = c->p.wake->fd, .events = POLLIN},
		{.fd = c->fd, .events = POLLIN}};
	int64_t until = now + TURN_MAX_MS;
	int n;

	for (size_t i = 0; i < c->peer_count; i++) {
		int64_t next = peer_next(&c->peers[i], now);

		if (next < until)
			until = next;
	}
	if (c->out_sent < c->out.len)
		fds[1].events |= POLLOUT;
	n = carrier_poll(c->carrier, fds, c->fd >= 0 ? 2 : 1,
		until > now ? until - now : 1);
	if (n <= 0)
		return;
	if (fds[0].revents != 0)
		wake_clear(c->p.wake);
	if (c->fd >= 0 && (fds[1].revents & (POLLIN | POLLHUP | POLLERR)))
		courier_read(c, clock_mono_ms());
}

static void *
run(void *arg)
{
	struct courier *c = arg;
	const struct mail_settings *s = c->p.settings;

	for (;;) {
		int64_t now = clock_mono_ms();

		if (s->beat != NULL)
			s->beat(s->beat_ctx, "courier");
		if (atomic_load(&c->stopping) && c->stop_at == 0)
			c->stop_at = now + STOP_MS;
		take_events(c, now);
		for (size_t i = 0; i < c->peer_count; i++)
			peer_step(&c->peers[i], now);
		reply_step(c);
		if (c->stop_at == 0)
			prune_start(c, now);
		publish(c);
		courier_write(c);
		if (is_finished(c, now))
			return NULL;
		wait_turn(c, now);
	}
}

enum status
courier_start(struct courier *c, struct err *err)
{
	int64_t now = clock_mono_ms();
	enum status st;

	st = session_open(c->p.store, SESSION_READ, &c->session, err);
	if (st == STATUS_OK)
		st = rows_make(c, err);
	if (st != STATUS_OK)
		return st;
	for (size_t i = 0; i < c->peer_count; i++)
		c->peers[i].tokens_at = now;
	c->prune_at = now + TURN_MAX_MS;
	publish(c);
	return thread_start(&c->thread, "courier", run, c, err);
}

void
courier_stop(struct courier *c)
{
	atomic_store(&c->stopping, true);
	wake_signal(c->p.wake);
	thread_join(&c->thread);
	if (c->session != NULL)
		session_close(c->session);
	c->session = NULL;
}
