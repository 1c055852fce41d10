#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/courier_state.h"

struct out_letter *
plan_insert(struct courier_peer *p, size_t at, int64_t first, int64_t last)
{
	struct out_letter *l;

	if (p->count == p->cap) {
		p->cap = p->cap == 0 ? 16 : p->cap * 2;
		p->letters = xrealloc(p->letters, p->cap * sizeof(*p->letters));
	}
	l = &p->letters[at];
	memmove(l + 1, l, (p->count - at) * sizeof(*l));
	memset(l, 0, sizeof(*l));
	l->first = first;
	l->last = last;
	p->count++;
	return l;
}

void
plan_remove(struct courier_peer *p, size_t at)
{
	struct out_letter *l = &p->letters[at];

	buf_done(&l->text);
	p->count--;
	memmove(l, l + 1, (p->count - at) * sizeof(*l));
}

static const char too_often[] =
	"it changes all the time: two servers disagree on what is new";

static void
give_up(struct out_letter *l, const char *reason)
{
	l->state = LETTER_OWED;
	(void)snprintf(l->reason, sizeof(l->reason), "%s", reason);
	buf_done(&l->text);
}

/* The store did not answer: all of the peer's state stands, and we wait. */
static void
read_failed(struct courier_peer *p, enum status st, const struct err *err,
	int64_t now)
{
	p->job_retry = now + JOB_RETRY_MS;
	log_line(LOG_ERROR, "peer",
		"name=%s state=no-store status=%s reason=%s", p->set->name,
		status_name(st), log_quote_str(err->text).text);
}

static bool
has_room(const struct courier_peer *p)
{
	size_t ahead = 0, octets = 0;

	for (size_t i = 0; i < p->count; i++) {
		ahead += p->letters[i].state == LETTER_COMPOSED;
		octets += p->letters[i].text.len;
	}
	return ahead < LETTERS_AHEAD && octets < LETTERS_OCTETS &&
	       p->count < 2 * (LETTERS_AHEAD + LETTERS_IN_FLIGHT);
}

/* Everything in the log was looked at. */
static void
reached_end(struct courier_peer *p)
{
	p->changed = false;
	p->due = 0;
}

/*
 * Keeps a letter that was made. False: it has room left and time to fill it,
 * so it is made again later.
 */
static bool
keep_letter(struct courier_peer *p, struct draft_letter *made, int64_t now)
{
	int64_t delay = p->c->p.settings->batch_delay_ms;
	struct out_letter *l;

	if (made->keys > 0 && !made->full && !made->too_big && delay > 0) {
		if (p->due == 0)
			p->due = now + delay;
		if (now < p->due) {
			buf_done(&made->text);
			p->peek = now + PEEK_MS;
			return false;
		}
	}
	if (made->keys > 0 || made->too_big) {
		l = plan_insert(p, p->count, made->first, made->last);
		l->keys = made->keys;
		l->text = made->text;
		if (made->too_big)
			give_up(l, made->held ? too_often
					      : "larger than a letter may be");
		else
			p->draft.told = made->last;
		if (made->held)
			log_line(LOG_ERROR, "peer",
				"name=%s state=held change=%lld reason=%s",
				p->set->name, (long long)made->first,
				log_quote_str(too_often).text);
		else
			draft_count(
				p->c->draft, p->c->brake, p->draft.index, now);
	} else if (made->scanned > p->scanned && p->settle_at == 0) {
		p->settle_at = now + SKIP_SETTLE_MS;
	}
	p->scanned = made->scanned;
	return true;
}

void
plan_letters(struct courier_peer *p, int64_t now)
{
	if (!p->changed || now < p->job_retry)
		return;
	if (p->due != 0 && now < p->due && now < p->peek)
		return;
	while (has_room(p)) {
		struct draft_letter made;
		struct err err = {{0}};
		enum status st;

		memset(&made, 0, sizeof(made));
		st = draft_next(p->c->draft, p->c->session, &p->draft,
			p->scanned, &made, &err);
		if (st != STATUS_OK) {
			read_failed(p, st, &err, now);
			return;
		}
		if (!keep_letter(p, &made, now))
			return;
		if (made.at_end && !made.full && !made.too_big) {
			reached_end(p);
			return;
		}
	}
}

/* Is what the log held at its beginning, or all of it, gone by now? */
static bool
log_lacks(struct courier_peer *p, const struct out_letter *l)
{
	struct err err;
	int64_t start, time;
	enum status st = store_log_start(p->c->session, &start, &time, &err);

	return st == STATUS_NOT_FOUND || (st == STATUS_OK && start > l->first);
}

/* What came back cannot be sent again as it was: the peer lacks some of it. */
static void
lost_changes(struct courier_peer *p, const struct out_letter *l)
{
	p->flags |= PEER_RESYNC;
	p->dirty = true;
	log_line(LOG_ERROR, "peer",
		"name=%s state=resync changes=%lld-%lld reason=\"a letter "
		"came back after its changes had left the log\"",
		p->set->name, (long long)l->first, (long long)l->last);
}

enum status
plan_again(struct courier_peer *p, struct out_letter *l)
{
	struct draft_letter made;
	struct err err = {{0}};
	enum status st;

	memset(&made, 0, sizeof(made));
	st = draft_again(p->c->draft, p->c->session, &p->draft, l->first,
		l->last, &made, &err);
	if (st != STATUS_OK) {
		read_failed(p, st, &err, clock_mono_ms());
		return st;
	}
	l->keys = made.keys;
	l->text = made.text;
	if (l->bounced && log_lacks(p, l))
		lost_changes(p, l);
	/* Certificates grow after a letter was planned. */
	if (made.too_big && l->last > l->first)
		l->state = LETTER_HALVE;
	else if (made.too_big)
		give_up(l, "larger than a letter may be");
	else if (made.keys == 0)
		l->state = LETTER_DELIVERED; /* who has had it already */
	return STATUS_OK;
}
