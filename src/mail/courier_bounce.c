#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "mail/courier_state.h"

static struct sent_letter *
find_sent(struct courier_peer *p, int64_t first, int64_t last)
{
	struct sent_letters *s = p->sent;

	for (size_t i = 0; s != NULL && i < SENT_REMEMBERED; i++) {
		if (s->list[i].first == first && s->list[i].last == last)
			return &s->list[i];
	}
	return NULL;
}

static struct sent_letter *
remember(struct courier_peer *p, int64_t first, int64_t last)
{
	struct sent_letter *e = find_sent(p, first, last);

	/* Sent again: how often it came back stays. */
	if (e != NULL)
		return e;
	if (p->sent == NULL)
		p->sent = xcalloc(1, sizeof(*p->sent));
	e = &p->sent->list[p->sent->next++ % SENT_REMEMBERED];
	*e = (struct sent_letter){first, last, 0};
	return e;
}

void
peer_remember_sent(struct courier_peer *p, const struct out_letter *l)
{
	(void)remember(p, l->first, l->last);
}

/* How many letters came back in a row, up to and with this one. */
static unsigned int
row_of(const struct courier_peer *p, const struct sent_letter *e)
{
	size_t at = (size_t)(e - p->sent->list);
	unsigned int n = 0;

	while (n < SENT_REMEMBERED && p->sent->list[at].bounces > 0) {
		n++;
		at = (at + SENT_REMEMBERED - 1) % SENT_REMEMBERED;
	}
	return n > e->bounces ? n : e->bounces;
}

/*
 * Where a letter of these changes belongs; SIZE_MAX: one of them is there,
 * and not delivered.
 */
static size_t
place(const struct courier_peer *p, int64_t first, int64_t last)
{
	size_t i = 0;

	while (i < p->count &&
		(p->letters[i].last < first ||
			(p->letters[i].state == LETTER_DELIVERED &&
				p->letters[i].first <= last)))
		i++;
	return i < p->count && p->letters[i].first <= last ? SIZE_MAX : i;
}

static const char *
why_not(struct courier_peer *p, const struct bounce *b)
{
	if (b->first == 0)
		return "of repair: what it held is asked for again";
	if (find_sent(p, b->first, b->last) == NULL && !b->proven)
		return "not remembered, and not proven";
	if (b->last > p->scanned)
		return "never sent";
	if (place(p, b->first, b->last) == SIZE_MAX)
		return "about to be sent";
	return NULL;
}

static void
send_again(struct courier_peer *p, const struct bounce *b, int64_t now)
{
	struct sent_letter *e = remember(p, b->first, b->last);
	struct out_letter *l =
		plan_insert(p, place(p, b->first, b->last), b->first, b->last);

	e->bounces++;
	l->state = LETTER_PLANNED;
	l->bounced = true;
	l->attempts = e->bounces;
	l->round = p->round;
	p->dirty = true;
	if (b->kind == BOUNCE_SIZE && b->last > b->first) {
		l->state = LETTER_HALVE;
	} else if (b->kind == BOUNCE_SIZE ||
		   (b->kind == BOUNCE_SOFT && e->bounces >= RETRY_PEER_MAX)) {
		peer_owe(p, l, b->text);
	} else if (b->proven) {
		peer_back_off(p,
			b->kind == BOUNCE_HARD ? RETRY_PEER : RETRY_LATER, l,
			now);
		if (b->kind == BOUNCE_HARD && row_of(p, e) >= RETRY_PEER_MAX)
			peer_stop(p, b->text);
	}
}

void
peer_on_bounce(struct courier_peer *p, const struct bounce *b, int64_t now)
{
	const char *why =
		b->kind == BOUNCE_DELAYED ? "on its way" : why_not(p, b);

	log_line(LOG_WARN, "bounce",
		"peer=%s changes=%lld-%lld kind=%s outcome=%s reason=%s",
		p->set->name, (long long)b->first, (long long)b->last,
		bounce_word(b->kind), why == NULL ? "again" : "noted",
		log_quote_str(why == NULL ? b->text : why).text);
	if (why != NULL)
		return;
	(void)snprintf(p->last_error, sizeof(p->last_error), "%s", b->text);
	send_again(p, b, now);
}
