/* recover_submit: what came goes the one way in, and is compared with it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "pgp/digest.h"
#include "recon/recover_state.h"
#include "store/store.h"

/* ---- what came --------------------------------------------------------- */

/* Runs on ingest's threads. */
static void
submission_done(struct submission *sub)
{
	struct part *p = sub->ctx;
	struct recover *r = p->batch->source->r;

	pthread_mutex_lock(&r->lock);
	p->next = r->ended;
	r->ended = p;
	pthread_mutex_unlock(&r->lock);
	fetch_wake(r->fetcher);
}

static size_t
find_asked(const struct batch *b, const struct sks_digest *d)
{
	size_t lo = 0, hi = b->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(&b->asked[mid], d, sizeof(*d));

		if (c == 0)
			return mid;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return SIZE_MAX;
}

static void
log_unexpected(struct source *s, const struct sks_digest *d)
{
	char text[33];

	if (s->named++ >= NAMED_MAX)
		return;
	hex_write_upper(bytes_make(d->octets, sizeof(d->octets)), text);
	log_line(LOG_INFO, "recover",
		"peer=%s outcome=unexpected came=%s why=\"none of its digest "
		"was asked for\"",
		s->peer, text);
}

/* Which one is it? What is no row of packets is done with. */
static void
name_part(struct part *p)
{
	struct batch *b = p->batch;
	struct source *s = b->source;
	enum status st;
	size_t i;

	arena_reset(s->r->arena);
	p->octets = reply_first(s->r->arena, p->octets);
	st = digest_sks_packets(s->r->arena, p->octets, &p->digest);
	arena_release(s->r->arena);
	if (st != STATUS_OK) {
		s->facts.refused++;
		p->state = PART_DONE;
		return;
	}
	i = find_asked(b, &p->digest);
	if (i == SIZE_MAX) {
		s->facts.unexpected++;
		log_unexpected(s, &p->digest);
	} else {
		b->came[i] = true;
	}
	s->facts.got++;
	s->facts.last_fetch = clock_wall_s();
	p->state = PART_NAMED;
}

/* ---- in ---------------------------------------------------------------- */

static enum status
submit(struct part *p)
{
	struct source *s = p->batch->source;
	struct recover *r = s->r;
	struct submission *sub =
		submission_new(ingest_policy(r->ingest)->max_arena);
	enum status st;

	sub->origin = s->peer;
	sub->by_gossip = true;
	sub->seen = "";
	sub->armor = ARMOR_STRICT;
	sub->body = p->octets;
	sub->done = submission_done;
	sub->ctx = p;
	p->sub = sub;
	st = ingest_submit(r->ingest, sub);
	if (st != STATUS_OK) {
		p->sub = NULL;
		submission_free(sub);
		return st;
	}
	p->state = PART_SUBMITTED;
	p->batch->in_flight++;
	r->in_flight++;
	r->octets += p->octets.len;
	return STATUS_OK;
}

static bool
has_room(const struct recover *r, const struct part *p)
{
	return r->in_flight == 0 ||
	       (r->in_flight < SUBMITTED_MAX &&
		       r->octets + p->octets.len <= SUBMITTED_OCTETS);
}

/* False: not now. */
static bool
go_on(struct part *p, int64_t now)
{
	struct batch *b = p->batch;

	if (p->state == PART_NEW)
		name_part(p);
	if (p->state != PART_NAMED)
		return true;
	if (!has_room(b->source->r, p))
		return false;
	if (submit(p) == STATUS_OK)
		return true;
	b->again = now + BUSY_MS;
	return false;
}

bool
submit_step(struct batch *b, int64_t now)
{
	while (b->next < b->part_count && now >= b->again &&
		!b->source->r->quiet && go_on(&b->parts[b->next], now))
		b->next++;
	return b->next == b->part_count && b->in_flight == 0;
}

/* ---- and what became of it --------------------------------------------- */

/* Asked for again it would come to the same. */
static void
settle_as(struct part *p, enum recover_reason reason, const char *why,
	const char *stored)
{
	char offered[33];

	if (!known_back_off(p->batch->source, &p->digest, reason))
		return;
	hex_write_upper(bytes_make(p->digest.octets, sizeof(p->digest.octets)),
		offered);
	log_line(LOG_INFO, "recover",
		"peer=%s outcome=%s offered=%s stored=%s why=%s",
		p->batch->source->peer, recover_reason_word(reason), offered,
		stored, log_quote_str(why).text);
}

/* Stored, but as what? */
static void
compare(struct part *p, const struct outcome *o)
{
	struct source *s = p->batch->source;
	struct store *store = ingest_store(s->r->ingest);
	struct sks_digest d = {{0}};
	struct store_session *session;
	struct err err = {""};
	char text[33];
	uint8_t level;
	enum status st;

	if (session_borrow(store, &session, &err) != STATUS_OK)
		return;
	st = store_get_head(session, &o->id, &d, &level, &err);
	session_return(store, session);
	if (st == STATUS_OK && memcmp(&d, &p->digest, sizeof(d)) == 0)
		return;
	hex_write_upper(bytes_make(d.octets, sizeof(d.octets)), text);
	if (o->kind != OUTCOME_NEW && o->dropped == 0) {
		settle_as(p, RECOVER_LESS, "", text);
		return;
	}
	s->facts.changed++;
	settle_as(p, RECOVER_CHANGED,
		o->detail != NULL ? o->detail : "not all of it is kept here",
		text);
}

/* It goes in another time. */
static void
submit_again(struct part *p, int64_t now)
{
	struct batch *b = p->batch;
	size_t i = (size_t)(p - b->parts);

	p->state = PART_NAMED;
	b->again = now + (p->sub->status == STATUS_IO ? TROUBLE_MS : BUSY_MS);
	if (i < b->next)
		b->next = i;
}

static bool
is_settled(const struct part *p)
{
	struct store *store = ingest_store(p->batch->source->r->ingest);
	struct store_session *session;
	struct err err = {""};
	bool is;

	if (session_borrow(store, &session, &err) != STATUS_OK)
		return false;
	is = known_is_settled(session, &p->digest);
	session_return(store, session);
	return is;
}

static void
refuse(struct part *p, const struct outcome *o)
{
	p->batch->source->facts.refused++;
	/* The store remembers what is blocked, until that is lifted; but not
	 * by the digest of what came with something twice. */
	if (o->verdict == VERDICT_BLOCKED && is_settled(p))
		return;
	settle_as(p, RECOVER_REFUSED,
		o->detail != NULL ? o->detail : verdict_word(o->verdict),
		"none");
}

static void
settle(struct part *p, int64_t now)
{
	struct source *s = p->batch->source;
	const struct submission *sub = p->sub;

	p->state = PART_DONE;
	switch (sub->status) {
	case STATUS_OK:
		break;
	case STATUS_BUSY:
	case STATUS_TIMEOUT:
	case STATUS_IO:
	case STATUS_CLOSED:
		submit_again(p, now);
		return;
	default:
		s->facts.refused++;
		settle_as(p, RECOVER_REFUSED, sub->err.text, "none");
		return;
	}
	for (size_t i = 0; i < sub->outcome_count; i++) {
		const struct outcome *o = &sub->outcomes[i];

		if (o->kind == OUTCOME_REFUSED)
			refuse(p, o);
		else
			compare(p, o);
	}
}

void
submit_settle(struct recover *r, int64_t now)
{
	struct part *list, *p;

	pthread_mutex_lock(&r->lock);
	list = r->ended;
	r->ended = NULL;
	pthread_mutex_unlock(&r->lock);
	while ((p = list) != NULL) {
		list = p->next;
		p->batch->in_flight--;
		r->in_flight--;
		r->octets -= p->octets.len;
		settle(p, now);
		submission_free(p->sub);
		p->sub = NULL;
	}
}
