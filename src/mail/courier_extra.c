#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "mail/courier_state.h"

enum {
	EXTRAS_IN_FLIGHT = 4,
	EXTRA_TRIES = 8 /* then it is dropped: whoever lacks it asks again */
};

struct extra {
	struct extra *next;
	struct buf text;
	uint64_t id;   /* of its frame, while it is on its way; else 0 */
	uint64_t name; /* whose it is: the caller's */
	unsigned int tries;
};

void
extra_add(struct courier_peer *p, uint64_t name, struct buf *text)
{
	struct extra **at = &p->extras;
	struct extra *e = xcalloc(1, sizeof(*e));

	e->name = name;
	e->text = *text;
	*text = (struct buf){0};
	while (*at != NULL)
		at = &(*at)->next;
	*at = e;
}

static void
drop(struct courier_peer *p, struct extra **at, enum retry_action how)
{
	struct extra *e = *at;
	const struct courier *c = p->c;

	*at = e->next;
	(void)atomic_fetch_sub(&p->extra_count, 1);
	if (c->on_extra != NULL)
		c->on_extra(
			c->on_extra_ctx, (size_t)p->draft.index, e->name, how);
	buf_done(&e->text);
	free(e);
}

static bool
hand_over(struct courier_peer *p, struct extra *e)
{
	e->id = peer_next_id(p);
	/* No letter of the log begins with 0. */
	if (peer_send(p, e->id, 0, (int64_t)p->serial, buf_view(&e->text)))
		return true;
	e->id = 0;
	return false;
}

/* Only while the peer takes letters: its own back-off tells. */
void
extra_step(struct courier_peer *p, int64_t now)
{
	struct extra *next;
	size_t sent = 0;

	for (struct extra *e = p->extras; e != NULL; e = next) {
		if (p->failures > 0 || now < p->next_try || now < p->extra_next)
			return;
		/* What is answered at once may be gone then. */
		next = e->next;
		if (e->id == 0 &&
			(p->c->out.len - p->c->out_sent > OUT_MAX ||
				!peer_take_token(p, now) || !hand_over(p, e)))
			return;
		if (++sent == EXTRAS_IN_FLIGHT)
			return;
	}
}

/* Refused for now: after a while, and not for ever. */
static void
defer(struct courier_peer *p, struct extra **at, enum retry_action action,
	int64_t now)
{
	struct extra *e = *at;

	e->id = 0;
	p->extra_failures++;
	p->extra_next = now + retry_wait_ms(action, p->extra_failures,
				      p->c->p.random());
	if (++e->tries >= EXTRA_TRIES)
		drop(p, at, action);
}

void
extra_answered(struct courier_peer *p, uint64_t id, const struct answer *a,
	int64_t now)
{
	struct extra **at = &p->extras;
	enum retry_action action;

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	action = retry_classify(a->stage, a->code, a->text);
	log_line(LOG_INFO, "sent", "peer=%s repair=yes octets=%zu outcome=%s",
		p->set->name, (*at)->text.len, retry_word(action));
	if (action == RETRY_DELIVERED) {
		p->extra_failures = 0;
		p->extra_next = 0;
	} else if (action != RETRY_LETTER) {
		defer(p, at, action, now);
		return;
	}
	drop(p, at, action);
}

void
extra_on_agent_lost(struct courier_peer *p)
{
	for (struct extra *e = p->extras; e != NULL; e = e->next)
		e->id = 0;
}

size_t
extra_octets(const struct courier_peer *p)
{
	size_t n = 0;

	for (const struct extra *e = p->extras; e != NULL; e = e->next)
		n += e->text.len;
	return n;
}

void
extra_done(struct courier_peer *p)
{
	p->c->on_extra = NULL;
	while (p->extras != NULL)
		drop(p, &p->extras, RETRY_LATER);
}

/* ---- what others ask --------------------------------------------------- */

static struct courier_peer *
peer_at(const struct courier *c, size_t index)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		if (c->peers[i].draft.index == (int)index)
			return &c->peers[i];
	}
	return NULL;
}

void
courier_extra(struct courier *c, size_t index, uint64_t id, struct buf *text)
{
	struct courier_peer *p = peer_at(c, index);
	struct event *e;

	if (p == NULL) {
		buf_done(text);
		return;
	}
	(void)atomic_fetch_add(&p->extra_count, 1);
	e = xcalloc(1, sizeof(*e));
	e->kind = EVENT_EXTRA;
	e->name = id;
	e->peer = p;
	e->text = *text;
	memset(text, 0, sizeof(*text));
	if (courier_put(c, e) != STATUS_OK)
		(void)atomic_fetch_sub(&p->extra_count, 1);
}

size_t
courier_extras(const struct courier *c, size_t index)
{
	struct courier_peer *p = peer_at(c, index);

	return p == NULL ? 0 : atomic_load(&p->extra_count);
}

bool
courier_is_even(const struct courier *c, size_t index)
{
	struct courier_peer *p = peer_at(c, index);

	return p == NULL ||
	       (atomic_load(&p->even) && !atomic_load(&c->changed));
}

void
courier_look(
	const struct courier *c, const char *name, struct mail_waiting *waiting)
{
	memset(waiting, 0, sizeof(*waiting));
	for (size_t i = 0; i < c->peer_count; i++) {
		const struct courier_peer *p = &c->peers[i];

		if (strcmp(p->set->name, name) != 0)
			continue;
		waiting->letters = atomic_load(&p->letters_waiting);
		waiting->octets = atomic_load(&p->octets_waiting);
	}
}

void
courier_on_extra(struct courier *c, extra_ended *ended, void *ctx)
{
	c->on_extra = ended;
	c->on_extra_ctx = ctx;
}
