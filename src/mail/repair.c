#include "mail/repair.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/repair_state.h"

/* Runs on the courier's thread. */
static void
extra_was_done(void *ctx, size_t index, uint64_t id, enum retry_action how)
{
	struct repair *r = ctx;

	pthread_mutex_lock(&r->lock);
	if (how != RETRY_DELIVERED && how != RETRY_LETTER)
		r->peers[index].gave_up = true;
	repair_owed_done(&r->peers[index], id, how);
	pthread_mutex_unlock(&r->lock);
	wake_signal(&r->wake);
}

enum status
repair_new(const struct repair_parts *parts, struct repair **repair,
	struct err *err)
{
	const struct mail_settings *s = parts->settings;
	struct repair *r = xcalloc(1, sizeof(*r));
	enum status st;

	r->p = *parts;
	r->wake.fd = -1;
	r->pace = (struct gaps_pace){.after_ms = s->repair_after_ms,
		.again_ms = s->repair_after_ms * 6};
	r->peers = xcalloc(s->peer_count + 1, sizeof(*r->peers));
	for (size_t i = 0; i < s->peer_count; i++) {
		struct repair_peer *p = &r->peers[i];

		p->r = r;
		p->index = i;
		p->set = &s->peers[i];
		p->draft = (struct draft_peer){.mail = s,
			.known = parts->known,
			.auth = parts->auth,
			.site = parts->site,
			.index = (int)i,
			.tag = "r"};
		p->shown = mend_counters_of(p->set->name);
	}
	pthread_mutex_init(&r->lock, NULL);
	r->draft = draft_new();
	r->asked = counter_get("mail_repair_asked");
	r->answered = counter_get("mail_repair_answered");
	r->summaries = counter_get("mail_repair_summaries");
	r->differences = counter_get("mail_repair_differences");
	r->sent = counter_get("mail_repair_certificates");
	r->mended = counter_get("mail_repair_ranges");
	st = wake_init(&r->wake, err);
	if (st != STATUS_OK) {
		repair_free(r);
		return st;
	}
	courier_on_extra(parts->courier, extra_was_done, r);
	*repair = r;
	return STATUS_OK;
}

void
repair_free(struct repair *r)
{
	if (r == NULL)
		return;
	while (r->queue != NULL) {
		struct repair_letter *l = r->queue;

		r->queue = l->next;
		free(l);
	}
	for (size_t i = 0; i < r->p.settings->peer_count; i++)
		free(r->peers[i].send);
	free(r->peers);
	free(r->cache);
	draft_free(r->draft);
	wake_done(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* ---- what others hand over --------------------------------------------- */

void
repair_heard(struct repair *r, size_t index, const struct batch_value *batch)
{
	struct repair_peer *p = &r->peers[index];

	if (!peer_mends(r->p.settings, p->set))
		return;
	pthread_mutex_lock(&r->lock);
	if (batch->store[0] == '\0') {
		p->is_plain = true;
		pthread_mutex_unlock(&r->lock);
		return;
	}
	repair_is_heard(p);
	if (strcmp(p->level, batch->level) != 0) {
		memcpy(p->level, batch->level, sizeof(p->level));
		p->changed = true;
	}
	if (batch->has_range &&
		gaps_note(&p->gaps, &r->pace, batch->store, batch->range.first,
			batch->range.last, clock_mono_ms()))
		p->changed = true;
	pthread_mutex_unlock(&r->lock);
	wake_signal(&r->wake);
}

enum status
repair_take(struct repair *r, size_t index, struct bytes body)
{
	struct repair_letter *l, **at;
	enum status st = STATUS_BUSY;

	if (body.len > REPAIR_BODY_MAX ||
		!peer_mends(r->p.settings, r->peers[index].set))
		return STATUS_OK; /* not for us */
	l = xmalloc(sizeof(*l) + body.len);
	memcpy(l + 1, body.data, body.len);
	*l = (struct repair_letter){
		.index = index, .body = bytes_make(l + 1, body.len)};
	pthread_mutex_lock(&r->lock);
	if (r->queued < REPAIR_QUEUE_MAX) {
		for (at = &r->queue; *at != NULL; at = &(*at)->next)
			continue;
		*at = l;
		r->queued++;
		repair_is_heard(&r->peers[index]);
		st = STATUS_OK;
	}
	pthread_mutex_unlock(&r->lock);
	if (st != STATUS_OK)
		free(l);
	wake_signal(&r->wake);
	return st;
}

static struct repair_peer *
find_peer(struct repair *r, const char *name)
{
	for (size_t i = 0; i < r->p.settings->peer_count; i++) {
		if (strcmp(r->peers[i].set->name, name) == 0 &&
			repair_reaches(&r->peers[i]))
			return &r->peers[i];
	}
	return NULL;
}

enum status
repair_resync(
	struct repair *r, const char *name, int64_t since, struct err *err)
{
	struct repair_peer *p = find_peer(r, name);

	if (p == NULL) {
		err_set(err, "%s: there is no such peer that is sent keys",
			name);
		return STATUS_NOT_FOUND;
	}
	pthread_mutex_lock(&r->lock);
	p->wants_walk = true;
	p->wants_since = since;
	p->owed.wanted = true;
	pthread_mutex_unlock(&r->lock);
	wake_signal(&r->wake);
	return STATUS_OK;
}

enum status
repair_look(struct repair *r, const char *name, struct repair_look *look)
{
	struct repair_peer *p = find_peer(r, name);

	if (p == NULL)
		return STATUS_NOT_FOUND;
	pthread_mutex_lock(&r->lock);
	*look = p->look;
	look->speaks = repair_speaks(p);
	look->gaps = gaps_open(&p->gaps, &look->asked);
	look->given_up = p->gaps.given_up;
	pthread_mutex_unlock(&r->lock);
	return STATUS_OK;
}

/* ---- the thread ---------------------------------------------------------- */

static void *
run(void *arg)
{
	struct repair *r = arg;
	const struct mail_settings *s = r->p.settings;
	struct pollfd fd = {.fd = r->wake.fd, .events = POLLIN};

	while (!atomic_load(&r->stopping)) {
		int64_t now = clock_mono_ms(), next;

		if (s->beat != NULL)
			s->beat(s->beat_ctx, "repair");
		wake_clear(&r->wake);
		next = repair_step(r, now);
		now = clock_mono_ms();
		(void)poll(&fd, 1, next > now ? (int)(next - now) : 1);
	}
	for (size_t i = 0; i < s->peer_count; i++)
		repair_save(&r->peers[i]);
	return NULL;
}

enum status
repair_open(struct repair *r, struct err *err)
{
	int64_t now = clock_mono_ms();
	enum status st =
		session_open(r->p.store, SESSION_READ, &r->session, err);

	for (size_t i = 0; st == STATUS_OK && i < r->p.settings->peer_count;
		i++)
		st = repair_load(&r->peers[i], now, err);
	return st;
}

enum status
repair_start(struct repair *r, struct err *err)
{
	enum status st = repair_open(r, err);

	if (st != STATUS_OK)
		return st;
	return thread_start(&r->thread, "repair", run, r, err);
}

void
repair_wake(struct repair *r)
{
	wake_signal(&r->wake);
}

void
repair_stop(struct repair *r)
{
	atomic_store(&r->stopping, true);
	wake_signal(&r->wake);
	thread_join(&r->thread);
	if (r->session != NULL)
		session_close(r->session);
	r->session = NULL;
}
