#include "ingest/prepare_state.h"

#include <string.h>

#include "ingest/dropped.h"
#include "ingest/stage.h"
#include "ingest/worker.h"
#include "pgp/digest.h"

enum { PLACED = sizeof(struct digest) };

struct outcome *
prepare_outcome(const struct prepare *p)
{
	return &p->sub->outcomes[p->wc->outcome];
}

/* Placed digests of what came, if the worker has left them to us. */
static enum status
prepare_came(struct prepare *p)
{
	struct outcome *o = prepare_outcome(p);

	if (o->came.len > 0)
		return STATUS_OK;
	return cert_placed_digests(p->sub->arena, p->wc->cert, &o->came);
}

/* What the level says of packets that came. */
static enum status
prepare_note_level(struct prepare *p, const struct level_result *r)
{
	struct outcome *o = prepare_outcome(p);
	const struct level_note *n;
	enum status st = STATUS_OK;
	struct digest placed;
	size_t i;

	for (i = 0; st == STATUS_OK && i < r->note_count; i++) {
		n = &r->notes[i];
		level_note_placed(n, &placed);
		if (!digest_in(o->came, &placed))
			continue;
		st = dropped_add(p->sub->arena, o, n->verdict, n->packet->tag,
			n->packet->body);
	}
	return st;
}

/* Those of `all` that are not among `some`. */
static enum status
without(struct arena *arena, struct bytes all, struct bytes some,
	struct bytes *left)
{
	uint8_t *out = arena_alloc(arena, all.len);
	struct digest d;
	size_t i, n = 0;

	if (out == NULL)
		return STATUS_LIMIT;
	for (i = 0; i + PLACED <= all.len; i += PLACED) {
		memcpy(&d, all.data + i, PLACED);
		if (digest_in(some, &d))
			continue;
		memcpy(out + n, &d, PLACED);
		n += PLACED;
	}
	*left = bytes_make(out, n);
	return STATUS_OK;
}

/* What was merged is digested already, and says it without hashing the stored
 * packets once more. */
enum status
prepare_had(struct prepare *p, struct bytes *had)
{
	struct bytes all = {NULL, 0};
	enum status st = STATUS_OK;

	if (p->old != NULL && p->had.len == 0)
		st = cert_placed_digests(p->sub->work->turn, p->merged, &all);
	if (all.len > 0 && st == STATUS_OK)
		st = without(
			p->sub->work->turn, all, p->delta.digests, &p->had);
	if (st == STATUS_OK)
		*had = p->had;
	return st;
}

/* What is kept and was not stored: what the level did not keep is no news. */
enum status
prepare_trim_delta(struct prepare *p)
{
	struct bytes kept, had;
	enum status st = prepare_had(p, &had);

	if (st == STATUS_OK)
		st = cert_placed_digests(p->sub->work->turn, p->kept, &kept);
	if (st == STATUS_OK)
		st = without(p->sub->work->turn, kept, had, &p->delta.digests);
	if (st == STATUS_OK)
		p->delta.new_count = p->delta.digests.len / PLACED;
	return st;
}

/* Bulk loads have none; and what was counted once, no more. */
struct verify_budget *
prepare_budget(const struct prepare *p)
{
	struct submission_work *work = p->sub->work;

	return p->sub->bulk || work->is_paid || p->wc->is_paid ? NULL
							       : &work->budget;
}

/* A row that was levelled before holds nothing that has to be asked again. */
static enum status
prepare_rules(struct prepare *p, const struct cert_limits *limits,
	struct level_rules *rules)
{
	*rules = (struct level_rules){
		.level = p->policy->level, .limits = limits, .stop = p->stop};
	if (!p->raises) {
		rules->stop = stage_stop(p->sub);
		rules->beat = stage_beat;
		rules->beat_ctx = p->sub->work;
	}
	if (p->old == NULL || p->stored.level == LEVEL_SKS)
		return STATUS_OK;
	return prepare_had(p, &rules->known);
}

static bool
prepare_fits(const struct verify_budget *cost, const struct verify_budget *left)
{
	return cost->octets <= left->octets &&
	       cost->operations <= left->operations;
}

/*
 * What is stored below the level is levelled at nobody's expense: else who
 * flooded it once would have shut out its owner's revocation. What takes too
 * long for that stays below the level, with what came; it is levelled in the
 * background (raise.h). Decided once, and not again after a race.
 */
static struct verify_budget
prepare_below(struct prepare *p)
{
	struct verify_budget *left = &p->sub->work->below, cost = {0, 0};
	struct verify_budget all = worker_budget(p->policy, 1);

	if (p->old == NULL || p->stored.level != LEVEL_SKS ||
		p->policy->level == LEVEL_SKS)
		return cost;
	level_cost(p->old, &cost);
	if (p->wc->below == BELOW_UNASKED && prepare_fits(&cost, left)) {
		left->octets -= cost.octets;
		left->operations -= cost.operations;
		p->wc->below = BELOW_LEVELLED;
	}
	if (p->wc->below == BELOW_LEVELLED && prepare_fits(&cost, &all))
		return cost;
	p->wc->below = BELOW_LEFT;
	p->as_stored = *p->policy;
	p->as_stored.level = LEVEL_SKS;
	p->policy = &p->as_stored;
	return (struct verify_budget){0, 0};
}

static enum status
prepare_apply(struct prepare *p, const struct cert *merged,
	const struct cert_limits *limits, const struct verify_budget *free,
	struct level_result *r)
{
	struct level_rules rules;
	struct tombstone_ban ban;
	struct verify_budget *budget = prepare_budget(p), all;
	enum status st = prepare_rules(p, limits, &rules);

	if (st != STATUS_OK)
		return st;
	if (tombstones_ban(p->tombstones, p->sub->work->turn, &ban))
		rules.ban = &ban.ban;
	if (budget == NULL)
		return level_apply(p->sub->work->turn, &rules, merged, r);
	all.octets = budget->octets + free->octets;
	all.operations = budget->operations + free->operations;
	rules.budget = &all;
	st = level_apply(p->sub->work->turn, &rules, merged, r);
	if (all.octets < budget->octets)
		budget->octets = all.octets;
	if (all.operations < budget->operations)
		budget->operations = all.operations;
	return st;
}

/* A blocked one keeps its key and its own revocations. */
static enum status
prepare_block(struct prepare *p, const struct cert *levelled)
{
	struct submission_work *work = p->sub->work;
	struct verify_budget *budget = prepare_budget(p);
	struct verify_budget any = {SIZE_MAX, SIZE_MAX};
	struct outcome *o = prepare_outcome(p);
	enum status st;

	st = tombstone_reduce(work->turn, levelled, budget ? budget : &any,
		&work->spent, &p->kept);
	if (st != STATUS_OK)
		return st;
	p->refused = p->kept == NULL ? VERDICT_BLOCKED : VERDICT_KEPT;
	p->trimmed = p->banned = p->reduced = true;
	if (p->kept != NULL)
		o->detail = "the key and its revocation are kept; nothing "
			    "else of it is accepted here";
	return STATUS_OK;
}

/* What tombstones say of keys: of the level's result, since what is not bound
 * to the primary is nobody's fault. */
static enum status
prepare_judge(struct prepare *p)
{
	enum tombstone_rule rule;

	if (p->kept == NULL)
		return STATUS_OK;
	rule = tombstones_of_cert(p->tombstones, p->kept);
	if (rule == RULE_BLOCK)
		return prepare_block(p, p->kept);
	if (rule == RULE_ERASE) {
		p->kept = NULL;
		p->refused = VERDICT_BLOCKED;
	}
	return STATUS_OK;
}

enum status
prepare_level(struct prepare *p, const struct cert *merged)
{
	struct verify_budget free = {0, 0};
	struct cert_limits limits;
	struct level_result r;
	enum status st;

	p->merged = merged;
	if (!p->sub->bulk && !p->raises)
		free = prepare_below(p);
	limits = policy_limits(p->policy, p->sub->bulk);
	st = prepare_apply(p, merged, &limits, &free, &r);
	if (st == STATUS_OK && !p->raises && stage_is_stopped(p->sub))
		st = STATUS_CLOSED;
	if (st != STATUS_OK)
		return st;
	p->kept = r.cert;
	p->refused = r.refused;
	p->banned = p->policy->level == LEVEL_SKS && r.note_count > 0;
	p->sub->work->spent |= r.refused == VERDICT_TOO_MUCH_WORK;
	st = prepare_note_level(p, &r);
	if (st != STATUS_OK)
		return st;
	p->trimmed =
		r.note_count > 0 ||
		(r.cert != NULL && r.cert->packet_count < merged->packet_count);
	if (p->trimmed && !p->raises)
		st = prepare_came(p);
	/* As it was read: its own digest is there. */
	if (st == STATUS_OK && r.cert != NULL &&
		(p->old != NULL || p->trimmed || merged->digested))
		st = cert_digest(p->sub->work->turn, r.cert);
	if (st == STATUS_OK)
		st = prepare_judge(p);
	if (p->policy == &p->as_stored && p->kept != NULL &&
		prepare_outcome(p)->detail == NULL)
		prepare_outcome(p)->detail =
			"taken as it came; it is verified in the background";
	return st;
}

/* Nothing is stored: all is new. A bulk load at level sks that nobody follows
 * needs no digests, unless some packets are not to come. */
static enum status
prepare_first(struct prepare *p)
{
	struct cert *cert = p->wc->cert;
	enum status st = STATUS_OK;

	if (p->policy->level != LEVEL_SKS || !p->sub->no_change_log ||
		tombstones_have_parts(p->tombstones))
		st = cert_digest(p->sub->arena, cert);
	if (st == STATUS_OK && cert->digested)
		st = prepare_came(p);
	p->delta.id = cert->id;
	p->delta.digests = prepare_outcome(p)->came;
	p->delta.new_count = cert->packet_count;
	return st;
}

enum status
prepare_merge(struct prepare *p, bool *news)
{
	struct cert *merged = p->wc->cert;
	enum status st;

	if (p->old == NULL) {
		*news = true;
		st = prepare_first(p);
		return st == STATUS_OK ? prepare_level(p, merged) : st;
	}
	st = prepare_came(p);
	if (st == STATUS_OK)
		st = merge_certs(p->sub->work->turn, p->old, p->wc->cert,
			&merged, &p->delta);
	if (st == STATUS_OK && (p->delta.new_count > 0 || p->rule != RULE_NONE))
		st = cert_digest(p->sub->work->turn, merged);
	if (st != STATUS_OK ||
		(p->delta.new_count == 0 && p->rule == RULE_NONE))
		return st;
	st = prepare_level(p, merged);
	if (st != STATUS_OK || p->kept == NULL)
		return st;
	/* All that is new of it is what is not accepted. */
	*news = memcmp(&p->kept->sks_digest, &p->stored.sks_digest,
			sizeof(p->kept->sks_digest)) != 0;
	return STATUS_OK;
}
