#include "ingest/worker.h"

#include <string.h>

#include "ingest/dropped.h"
#include "ingest/fold.h"

/* Of a piece of a load, each thing that was refused or left out is told of:
 * more packets than this it never has. */
enum { NOTES_OF_BULK = 65536 };

/* The certificates of all blocks, and what is to be said of each. */
struct reading {
	struct submission *sub;
	struct arena *arena;
	struct cert_limits limits;
	struct cert_list list; /* of all blocks */
	struct folded certs;   /* each once */
	const struct armor_block *blocks;
	size_t block_count;
	struct outcome *outcomes;
	size_t outcome_count;
};

/* ---- from octets to certificates --------------------------------------- */

static enum status
worker_read_blocks(struct reading *r, struct err *err)
{
	struct armor_blocks blocks = {0};
	enum status st;
	size_t i;

	st = armor_read(r->arena, r->sub->body, r->sub->armor, &blocks, err);
	for (i = 0; st == STATUS_OK && i < blocks.count; i++)
		if (blocks.list[i].status == STATUS_OK)
			st = cert_read(r->arena, blocks.list[i].octets,
				&r->limits, &r->list, err);
	r->blocks = blocks.list;
	r->block_count = blocks.count;
	return st;
}

/* ---- from certificates to outcomes ------------------------------------- */

static void
worker_refuse(struct reading *r, enum verdict why, const char *detail)
{
	struct outcome *o = &r->outcomes[r->outcome_count++];

	o->kind = OUTCOME_REFUSED;
	o->verdict = why;
	o->detail = detail;
	o->at = SIZE_MAX;
}

static bool
worker_is_binary(const struct submission *sub)
{
	return sub->body.len > 0 && sub->body.data[0] & 0x80;
}

/* Where the packet stands in what came. */
static size_t
worker_place(const struct submission *sub, const struct packet *p)
{
	uintptr_t body = (uintptr_t)sub->body.data;
	uintptr_t at = (uintptr_t)p->whole.data;

	return worker_is_binary(sub) && at >= body && at - body < sub->body.len
		       ? at - body
		       : SIZE_MAX;
}

/* Something that never became a certificate. */
static bool
worker_is_refusal(const struct cert_note *note)
{
	return note->verdict == VERDICT_UNUSABLE_KEY ||
	       note->verdict == VERDICT_TOO_MANY_CERTS ||
	       (note->verdict == VERDICT_TOO_LARGE &&
		       note->tag == PACKET_PUBLIC_KEY) ||
	       note->verdict == VERDICT_SECRET;
}

static enum status
worker_note(struct reading *r, const struct cert_note *note)
{
	struct outcome *o;

	if (worker_is_refusal(note)) {
		worker_refuse(r, note->verdict, NULL);
		if (worker_is_binary(r->sub))
			r->outcomes[r->outcome_count - 1].at = note->offset;
		return STATUS_OK;
	}
	if (note->cert >= r->list.count || note->verdict == VERDICT_DUPLICATE)
		return STATUS_OK;
	o = &r->outcomes[r->certs.where[note->cert]];
	return dropped_add(r->arena, o, note->verdict, note->tag, note->body);
}

/* Which packets came: mail and the comparison ask for it by digest. */
static enum status
worker_take_cert(struct reading *r, struct cert *cert, struct work_cert *wc)
{
	struct outcome *o = &r->outcomes[r->outcome_count];

	wc->cert = cert;
	wc->outcome = r->outcome_count++;
	o->has_fpr = true;
	o->fpr = cert->id.fpr;
	o->id = cert->id;
	o->at = worker_place(r->sub, &cert->primary.packet);
	/* Else they are made when somebody needs them: prepare.c. */
	return cert->digested ? cert_placed_digests(r->arena, cert, &o->came)
			      : STATUS_OK;
}

static enum status
worker_make_outcomes(struct reading *r, struct submission_work *work)
{
	enum status st;
	size_t i;

	st = fold_certs(r->arena, &r->list, &r->certs);
	if (st != STATUS_OK)
		return st;
	r->outcomes = arena_array(r->arena,
		r->certs.count + r->list.note_count + r->list.standalone_count +
			r->block_count,
		sizeof(*r->outcomes));
	work->certs =
		arena_array(r->arena, r->certs.count + r->list.standalone_count,
			sizeof(*work->certs));
	if (r->outcomes == NULL || work->certs == NULL)
		return STATUS_LIMIT;
	work->count = r->certs.count;
	for (i = 0; st == STATUS_OK && i < r->certs.count; i++)
		st = worker_take_cert(r, r->certs.list[i], &work->certs[i]);
	for (i = 0; st == STATUS_OK && i < r->list.note_count; i++)
		st = worker_note(r, &r->list.notes[i]);
	for (i = 0; i < work->count; i++)
		work->certs[i].dropped_before =
			r->outcomes[work->certs[i].outcome].dropped;
	work->lone = r->list.standalone;
	work->lone_count = r->list.standalone_count;
	work->lone_outcome = r->outcome_count;
	/* Unless its key is stored: lone.h. */
	for (i = 0; i < r->list.standalone_count; i++) {
		worker_refuse(r, VERDICT_UNKNOWN_PRIMARY, NULL);
		r->outcomes[r->outcome_count - 1].at =
			worker_place(r->sub, &r->list.standalone[i]);
	}
	for (i = 0; i < r->block_count; i++)
		if (r->blocks[i].status != STATUS_OK)
			worker_refuse(r, VERDICT_BAD_ARMOR, r->blocks[i].note);
	return st;
}

bool
worker_is_dear(const struct policy *policy, const struct submission *sub)
{
	struct verify_budget most = worker_budget(policy,
				     sub->bulk ? 1 : WORKER_CHEAP_SHARE),
			     one;
	size_t i;

	for (i = 0; i < sub->work->count; i++) {
		level_cost(sub->work->certs[i].cert, &one);
		if (one.octets > most.octets ||
			one.operations > most.operations)
			return true;
		most.octets -= one.octets;
		most.operations -= one.operations;
	}
	return false;
}

void
worker_forget(struct submission *sub)
{
	struct submission_work *work = sub->work;

	arena_reset(sub->arena);
	sub->outcomes = NULL;
	sub->outcome_count = 0;
	work->certs = NULL;
	work->count = 0;
	work->lone = NULL;
	work->lone_count = 0;
	work->spent = false;
	work->is_read = false;
	sub->too_dear = false;
}

/* Overwrites what a stranger should not have sent us. */
static void
worker_wipe(struct submission *sub)
{
	arena_wipe(sub->arena);
	if (sub->wipe_body && sub->body.len > 0)
		explicit_bzero(
			(void *)(uintptr_t)sub->body.data, sub->body.len);
	sub->body = bytes_make(NULL, 0);
}

struct verify_budget
worker_budget(const struct policy *policy, size_t share)
{
	return (struct verify_budget){
		WORKER_HASHED_MAX / share, policy->max_verifications / share};
}

enum status
worker_read(
	const struct policy *policy, struct submission *sub, struct err *err)
{
	struct reading r = {.sub = sub};
	enum status st;

	r.arena = sub->arena;
	sub->work->budget = worker_budget(policy, 1);
	sub->work->below = worker_budget(policy, WORKER_CHEAP_SHARE);
	r.limits = policy_limits(policy, sub->bulk);
	/* Nobody follows such a load, and nothing is verified. */
	r.limits.no_packet_ids = sub->bulk && sub->no_change_log &&
				 !sub->has_level && policy->level == LEVEL_SKS;
	r.list.max_notes = sub->bulk ? NOTES_OF_BULK : 0;
	/* The level trims what is left of it; what is read early may go. */
	r.limits.max_total = cert_limits_default.max_total;
	if (!sub->bulk && sub->body.len > policy->max_body) {
		err_set(err, "more than %zu octets", policy->max_body);
		return STATUS_LIMIT;
	}
	st = worker_read_blocks(&r, err);
	if (st == STATUS_REJECTED)
		worker_wipe(sub);
	if (st == STATUS_OK)
		st = worker_make_outcomes(&r, sub->work);
	if (st != STATUS_OK)
		return st;
	if (r.outcome_count == 0) {
		err_set(err, "no OpenPGP key material found");
		return STATUS_MALFORMED;
	}
	sub->outcomes = r.outcomes;
	sub->outcome_count = r.outcome_count;
	return STATUS_OK;
}

void
worker_count(struct submission *sub)
{
	size_t i;

	memset(sub->counts, 0, sizeof(sub->counts));
	for (i = 0; i < sub->outcome_count; i++)
		sub->counts[sub->outcomes[i].kind]++;
}
