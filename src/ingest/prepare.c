#include "ingest/prepare.h"

#include <string.h>

#include "ingest/dropped.h"
#include "ingest/prepare_state.h"
#include "ingest/record.h"
#include "ingest/row.h"
#include "ingest/stage.h"
#include "store/pack.h"

enum {
	PLACED = sizeof(struct digest),
	/* A row is large with so many packets, or octets: merging with it
	 * takes ten megabytes or more. */
	LARGE_PACKETS = 10000,
	LARGE_OCTETS = 2 * 1024 * 1024
};

static void
prepare_settle(struct prepare *p, enum outcome_kind kind, enum work_state next)
{
	prepare_outcome(p)->kind = kind;
	p->wc->state = next;
}

/* How many of the digests `placed` are not among those `stored`. */
static size_t
prepare_missing(struct bytes stored, struct bytes placed)
{
	size_t i = 0, k, n = 0;
	int c;

	for (k = 0; k + PLACED <= placed.len; k += PLACED) {
		c = -1;
		for (; i + PLACED <= stored.len; i += PLACED) {
			c = memcmp(stored.data + i, placed.data + k, PLACED);
			if (c >= 0)
				break;
		}
		n += c != 0;
	}
	return n;
}

static bool
prepare_is_large(struct arena *arena, struct bytes octets)
{
	struct packet_reader r = packet_reader_of(octets, arena);
	struct packet packet;
	size_t n = 0;

	if (octets.len > LARGE_OCTETS)
		return true;
	/* None is smaller than its header. */
	if (octets.len < 2 * LARGE_PACKETS)
		return false;
	while (n <= LARGE_PACKETS &&
		packet_next(&r, &packet, NULL) == STATUS_OK)
		n++;
	return n > LARGE_PACKETS;
}

/* Reads the row, if any; *done when it already holds all that came. */
static enum status
prepare_read_stored(struct prepare *p, bool *done, struct err *err)
{
	struct arena *arena = p->sub->work->turn;
	struct work_cert *wc = p->wc;
	struct sks_digest head;
	enum status st;
	uint8_t level;

	*done = true;
	wc->was_stored = false;
	st = store_get_head(p->s, &wc->cert->id, &head, &level, err);
	if (st == STATUS_OK && p->rule == RULE_NONE &&
		memcmp(&head, &wc->cert->sks_digest, sizeof(head)) == 0)
		return STATUS_OK;
	if (st == STATUS_OK)
		st = store_get_cert(
			p->s, &wc->cert->id, arena, &p->stored, err);
	if (st == STATUS_NOT_FOUND) {
		*done = false;
		return STATUS_OK;
	}
	if (st != STATUS_OK)
		return st;
	wc->was_stored = true;
	wc->old_digest = p->stored.sks_digest;
	*done = false;
	if (prepare_is_large(arena, p->stored.octets))
		stage_claim_large(p->sub->work);
	return cert_read_stored(arena, p->stored.octets, &p->old, err);
}

/* What came and is not in the row: the certificate was full. */
static enum status
prepare_note_full(struct prepare *p)
{
	struct outcome *o = prepare_outcome(p);
	struct bytes kept;
	enum status st;

	if (!p->trimmed)
		return STATUS_OK;
	st = cert_placed_digests(p->sub->work->turn, p->kept, &kept);
	if (st != STATUS_OK || prepare_missing(kept, o->came) == 0)
		return st;
	return dropped_compare(p->sub->arena, o, p->wc->cert, kept);
}

enum status
prepare_row(struct prepare *p)
{
	struct submission_work *work = p->sub->work;
	struct terms_rules rules = {.level = p->policy->level,
		.budget = prepare_budget(p),
		.redact = p->policy->redact_hard_revoked};
	struct row_made made = {&p->wc->row, &p->wc->search, false};
	enum status st;

	st = row_make(work->turn, p->kept, &rules, &made);
	if (st == STATUS_OK)
		st = store_pack_cert(
			p->s, work->turn, &p->wc->row, &p->wc->search, NULL);
	work->spent |= st == STATUS_OK && made.spent;
	if (st == STATUS_OK && p->policy->level == LEVEL_SKS && !p->banned)
		st = prepare_note_full(p);
	return st;
}

static void
prepare_change(struct prepare *p)
{
	struct change *c = &p->wc->change;

	memset(c, 0, sizeof(*c));
	c->cert = p->kept->id;
	c->new_digest = p->kept->sks_digest;
	if (p->wc->was_stored)
		c->old_digest = p->wc->old_digest;
	else
		c->flags |= CHANGE_NEW_CERT;
	if (p->wc->row.flags & (CERT_HAS_V5_V6 | CERT_UNKNOWN_ALGORITHM))
		c->flags |= CHANGE_MODERN;
	c->flags |= p->wc->row.flags << CHANGE_CERT_SHIFT;
	c->delta = p->delta.digests;
	c->origin = p->sub->origin;
	c->seen = p->sub->seen;
	c->time = p->wc->row.updated;
}

/* An administrator does not want it. Its digest is remembered. */
static void
prepare_reject(struct prepare *p)
{
	prepare_outcome(p)->verdict = VERDICT_BLOCKED;
	prepare_settle(p, OUTCOME_REFUSED, WORK_TO_REJECT);
}

/* Nothing of it is to be kept. */
static void
prepare_turn_away(struct prepare *p)
{
	if (p->refused == VERDICT_BLOCKED) {
		prepare_reject(p);
		return;
	}
	prepare_outcome(p)->verdict = p->refused;
	prepare_settle(p, OUTCOME_REFUSED, WORK_SETTLED);
}

/* The row stays as it is: it has all that came, or what it lacks of that is
 * not wanted. */
static enum status
prepare_leave(struct prepare *p)
{
	struct bytes had;
	enum status st;

	if (p->reduced) {
		st = prepare_had(p, &had);
		if (st != STATUS_OK)
			return st;
		if (prepare_missing(had, prepare_outcome(p)->came) > 0) {
			prepare_reject(p);
			return STATUS_OK;
		}
	}
	prepare_settle(p, OUTCOME_UNCHANGED, WORK_SETTLED);
	return STATUS_OK;
}

/* What the writer shall put in, and tell. */
static enum status
prepare_write(struct prepare *p)
{
	enum status st = prepare_row(p);

	if (st == STATUS_OK && (p->trimmed || p->policy->level != LEVEL_SKS))
		st = prepare_trim_delta(p);
	if (st != STATUS_OK)
		return st;
	if (p->sub->whole && prepare_outcome(p)->lost_own) {
		prepare_settle(p, OUTCOME_REFUSED, WORK_SETTLED);
		return STATUS_OK;
	}
	prepare_change(p);
	prepare_settle(p, p->wc->was_stored ? OUTCOME_UPDATED : OUTCOME_NEW,
		WORK_TO_WRITE);
	return STATUS_OK;
}

static enum status
prepare_cert(struct prepare *p, struct err *err)
{
	enum status st;
	bool done, news = false;

	/* A second turn, after a race, tells again what the first one told. */
	dropped_reset(prepare_outcome(p), p->wc->dropped_before);
	/* First of all: what is judged from here on is judged by these. */
	p->wc->generation = tombstones_generation(p->tombstones);
	p->rule = tombstones_of_primary(p->tombstones, &p->wc->cert->id);
	if (p->rule == RULE_ERASE) {
		prepare_reject(p);
		return STATUS_OK;
	}
	st = prepare_read_stored(p, &done, err);
	if (st == STATUS_OK && !done)
		st = prepare_merge(p, &news);
	if (st != STATUS_OK)
		return st;
	if (p->refused != VERDICT_KEPT) {
		prepare_turn_away(p);
		return STATUS_OK;
	}
	return news ? prepare_write(p) : prepare_leave(p);
}

/* Nobody else is refused for it. */
static void
prepare_refuse(struct prepare *p)
{
	struct outcome *o = prepare_outcome(p);

	o->verdict = VERDICT_OVER_LIMIT;
	o->detail = "what is stored of it takes too much memory to merge";
	prepare_settle(p, OUTCOME_REFUSED, WORK_SETTLED);
	arena_reset(p->sub->work->turn);
}

/*
 * One certificate. LIMIT: the turn has no room for it, and something to
 * write, after which there will be.
 */
static enum status
prepare_in_turn(struct prepare *p, struct err *err)
{
	struct arena *turn = p->sub->work->turn;
	struct verify_budget before = p->sub->work->budget;
	bool alone = arena_used(turn) == 0;
	enum status st = prepare_cert(p, err);

	if (st != STATUS_LIMIT)
		return st;
	p->sub->work->budget = before;
	if (record_has(p->sub, WORK_TO_WRITE))
		return st;
	if (!alone) {
		struct prepare again = {.s = p->s,
			.policy = p->policy,
			.sub = p->sub,
			.wc = p->wc,
			.tombstones = p->tombstones};

		arena_reset(turn);
		st = prepare_cert(&again, err);
	}
	if (st != STATUS_LIMIT)
		return st;
	prepare_refuse(p);
	return STATUS_OK;
}

/* What lost a race is merged again; what no row waits for is forgotten. */
static void
prepare_turn(struct submission *sub)
{
	struct submission_work *work = sub->work;
	size_t i;

	for (i = 0; i < work->count; i++)
		if (work->certs[i].state == WORK_RACED)
			work->certs[i].state = WORK_TO_MERGE;
	work->spent = false;
	if (work->turn == NULL)
		work->turn = arena_new(arena_left(sub->arena));
	else if (!record_has(sub, WORK_TO_WRITE))
		arena_reset(work->turn);
}

/* To be told again, and written: what was counted is not counted again. */
static void
prepare_forget(struct work_cert *wc, struct arena *turn)
{
	if (wc->state == WORK_TO_WRITE)
		wc->state = WORK_TO_MERGE;
	arena_reset(turn);
}

static enum status
prepare_each(struct store_session *s, const struct policy *policy,
	struct submission *sub, bool rehearse, struct err *err)
{
	struct submission_work *work = sub->work;
	struct policy own = *policy;
	enum status st = STATUS_OK;
	size_t i;

	if (sub->has_level)
		own.level = sub->level;
	for (i = 0; st == STATUS_OK && !work->spent && i < work->count; i++) {
		struct prepare p = {.s = s,
			.policy = &own,
			.sub = sub,
			.tombstones = ingest_tombstones(work->ingest)};

		p.wc = &work->certs[i];
		if (p.wc->state != WORK_TO_MERGE || (rehearse && p.wc->is_paid))
			continue;
		st = prepare_in_turn(&p, err);
		p.wc->is_paid = st == STATUS_OK;
		if (rehearse)
			prepare_forget(p.wc, work->turn);
	}
	return st;
}

static enum status
prepare_refuse_all(struct submission *sub, struct err *err)
{
	sub->too_dear = true;
	err_set(err, "too many signatures to verify at once: send fewer "
		     "certificates");
	return STATUS_LIMIT;
}

/*
 * One turn has no memory for all of it, and nothing may be written before
 * each is known to be within L13: so all of them are gone through once, one
 * at a time, and then again for good.
 */
static enum status
prepare_rehearse(struct store_session *s, const struct policy *policy,
	struct submission *sub, struct err *err)
{
	struct submission_work *work = sub->work;
	enum status st;
	size_t i;

	for (i = 0; i < work->count; i++)
		prepare_forget(&work->certs[i], work->turn);
	st = prepare_each(s, policy, sub, true, err);
	if (st != STATUS_OK || work->spent)
		return st;
	work->is_paid = true;
	return prepare_each(s, policy, sub, false, err);
}

enum status
prepare_certs(struct store_session *s, const struct policy *policy,
	struct submission *sub, struct err *err)
{
	struct submission_work *work = sub->work;
	enum status st;

	prepare_turn(sub);
	st = prepare_each(s, policy, sub, false, err);
	if (st == STATUS_OK && !work->spent)
		work->is_paid = true;
	else if (st == STATUS_LIMIT && !work->spent && !work->is_paid)
		st = prepare_rehearse(s, policy, sub, err);
	if (work->spent && (st == STATUS_OK || st == STATUS_LIMIT))
		return prepare_refuse_all(sub, err);
	return st == STATUS_LIMIT ? STATUS_OK : st;
}
