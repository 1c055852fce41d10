#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "mail/repair_state.h"

enum {
	TURN_MAX_MS = 1000,
	UNEVEN_MS = 5000, /* a summary waits until all changes are told */
	PAUSE_MS = 10 * 60 * 1000
};

static struct repair_letter *
take_letter(struct repair *r)
{
	struct repair_letter *l;

	pthread_mutex_lock(&r->lock);
	l = r->queue;
	if (l != NULL) {
		r->queue = l->next;
		r->queued--;
	}
	pthread_mutex_unlock(&r->lock);
	return l;
}

static void
ask(struct repair_peer *p, int64_t now)
{
	struct repair *r = p->r;
	struct range list[REPAIR_ASK_MAX];
	char store[BATCH_STORE_SIZE] = "";
	const char *of;
	struct repair_body out;
	enum status st;
	size_t n = 0;

	pthread_mutex_lock(&r->lock);
	if (!p->mute && now >= gaps_next(&p->gaps)) {
		n = gaps_due(&p->gaps, &r->pace, now, r->p.random(), list,
			REPAIR_ASK_MAX, &of);
		memcpy(store, of, sizeof(store));
	}
	if (p->gaps.given_up != p->given_up) {
		p->given_up = p->gaps.given_up;
		p->changed = true;
		if (r->p.settings->summary_every_ms > 0)
			p->summary_next = now + 1;
	}
	pthread_mutex_unlock(&r->lock);
	if (n == 0)
		return;
	st = repair_begin(p, &out);
	for (size_t i = 0; st == STATUS_OK && i < n; i++) {
		st = repair_put_range(&out, REPAIR_ASK, store, &list[i]);
		counter_add(r->asked, 1);
		log_line(LOG_INFO, "repair", "peer=%s asked=%lld-%lld",
			p->set->name, (long long)list[i].first,
			(long long)list[i].last);
	}
	if (st == STATUS_OK)
		repair_post(p, &out);
	else
		buf_done(&out.body);
}

/* Somebody wants all of it sent again. */
static void
start_walk(struct repair_peer *p, int64_t now)
{
	struct repair *r = p->r;
	struct repair_walk w = {.on = true};
	struct err err = {{0}};
	bool wanted, compare;

	pthread_mutex_lock(&r->lock);
	wanted = p->wants_walk;
	p->wants_walk = false;
	w.since = p->wants_since;
	compare = repair_speaks(p) && w.since == 0 &&
		  r->p.settings->summary_every_ms > 0;
	p->changed = p->changed || wanted;
	pthread_mutex_unlock(&r->lock);
	if (!wanted)
		return;
	if (compare)
		p->summary_next = now;
	else if (store_last_place(r->session, &w.upto, &err) == STATUS_OK &&
		 w.upto > 0)
		p->walk = w;
}

/* What goes out, a few letters ahead of the courier. */
static void
pump(struct repair_peer *p, int64_t now)
{
	struct repair *r = p->r;
	size_t waiting = courier_extras(r->p.courier, p->index);

	pthread_mutex_lock(&r->lock);
	if (p->gave_up && p->walk.on) {
		p->walk.place = p->walk.safe;
		p->walk.pause = now + PAUSE_MS;
	}
	/* What never left is no sign. */
	if (p->gave_up && p->unheard > 0)
		p->unheard--;
	p->gave_up = false;
	pthread_mutex_unlock(&r->lock);
	if (waiting > 0)
		return;
	p->walk.safe = p->walk.place;
	while (waiting < REPAIR_AHEAD && repair_has_work(p, now)) {
		repair_send(p);
		waiting = courier_extras(r->p.courier, p->index);
	}
}

static void
compare(struct repair_peer *p, int64_t now)
{
	struct repair *r = p->r;

	if (p->summary_next == 0 || now < p->summary_next)
		return;
	if (!repair_may_compare(p)) {
		repair_plan_summary(p, now, true);
		return;
	}
	/* What is on its way would differ. */
	if (!courier_is_even(r->p.courier, p->index) ||
		courier_extras(r->p.courier, p->index) > 0 ||
		repair_has_work(p, now)) {
		p->summary_next = now + UNEVEN_MS;
		return;
	}
	repair_summary(p, now);
	repair_compared(p);
}

static void
publish(struct repair_peer *p, int64_t now)
{
	struct repair_look *l = &p->look;
	size_t asked;

	pthread_mutex_lock(&p->r->lock);
	l->agreed = p->agreed;
	l->differed = p->differed;
	l->budget = p->budget_left;
	l->next_ms = p->summary_next == 0    ? -1
		     : p->summary_next > now ? p->summary_next - now
					     : 0;
	l->waiting = (int64_t)(p->send_count - p->send_at + p->answer_count);
	l->resync = p->walk.on;
	l->resync_at = p->walk.place;
	l->resync_upto = p->walk.upto;
	l->resync_sent = p->walk.sent;
	l->resync_since = p->walk.since;
	counter_set(p->shown.gaps, (int64_t)gaps_open(&p->gaps, &asked));
	counter_set(p->shown.asked, (int64_t)asked);
	counter_set(p->shown.speaks, repair_speaks(p));
	pthread_mutex_unlock(&p->r->lock);
	counter_set(p->shown.agreed, p->agreed);
	counter_set(p->shown.differed, p->differed);
	counter_set(
		p->shown.left, p->walk.on ? p->walk.upto - p->walk.place : 0);
	counter_set(p->shown.upto, p->walk.on ? p->walk.upto : 0);
}

static void
step_peer(struct repair_peer *p, int64_t now)
{
	if (!repair_reaches(p))
		return;
	start_walk(p, now);
	if (peer_mends(p->r->p.settings, p->set)) {
		ask(p, now);
		compare(p, now);
	}
	pump(p, now);
	repair_owed_step(p);
	(void)repair_has_budget(p); /* another day */
	publish(p, now);
}

int64_t
repair_step(struct repair *r, int64_t now)
{
	size_t n = r->p.settings->peer_count;
	struct repair_letter *l;
	int64_t next = now + TURN_MAX_MS;

	while ((l = take_letter(r)) != NULL) {
		repair_read(&r->peers[l->index], l->body, now);
		free(l);
	}
	for (size_t i = 0; i < n; i++)
		step_peer(&r->peers[i], now);
	for (size_t i = 0; now >= r->watch_next && i < n; i++)
		repair_watch(&r->peers[i], now);
	if (now >= r->watch_next)
		r->watch_next = now + REPAIR_WATCH_MS;
	for (size_t i = 0; now >= r->note_next && i < n; i++)
		repair_save(&r->peers[i]);
	if (now >= r->note_next)
		r->note_next = now + REPAIR_NOTE_MS;
	for (size_t i = 0; i < n; i++) {
		const struct repair_peer *p = &r->peers[i];

		if (peer_mends(r->p.settings, p->set) && p->summary_next != 0 &&
			p->summary_next < next)
			next = p->summary_next;
	}
	return next;
}
