#include "ingest/worker.h"

#include <string.h>

#include "pgp/merge.h"

/* The certificates of all blocks, and what is to be said of each. */
struct reading {
	struct submission *sub;
	struct arena *arena;
	struct cert_limits limits;
	struct work_cert *certs;
	size_t count;
	size_t cap;
	struct outcome *outcomes;
	size_t outcome_count;
	size_t outcome_cap;
	struct cert_list list; /* of all blocks so far */
	size_t *where;         /* index in list -> index in outcomes */
	size_t where_cap;
	size_t *slots; /* hash table: 1 + index in certs; 0 is empty */
	size_t slot_count;
	bool key_material;
};

static enum status
worker_add_outcome(struct reading *r, struct outcome **o)
{
	void *list = r->outcomes;
	enum status st;

	st = arena_grow(r->arena, &list, &r->outcome_cap, r->outcome_count + 1,
		sizeof(*r->outcomes));
	if (st != STATUS_OK)
		return st;
	r->outcomes = list;
	*o = &r->outcomes[r->outcome_count++];
	memset(*o, 0, sizeof(**o));
	return STATUS_OK;
}

static enum status
worker_refuse(struct reading *r, enum verdict why, const char *detail)
{
	struct outcome *o;
	enum status st = worker_add_outcome(r, &o);

	if (st != STATUS_OK)
		return st;
	o->kind = OUTCOME_REFUSED;
	o->verdict = why;
	o->detail = detail;
	return STATUS_OK;
}

/* ---- equal certificates in different blocks are one ------------------ */

static size_t
worker_hash(const struct cert_id *id)
{
	size_t h;

	/* A fingerprint is a digest: its octets need no mixing. */
	memcpy(&h, id->fpr.octets, sizeof(h));
	return h;
}

static enum status
worker_make_table(struct reading *r, size_t want)
{
	size_t i, k, n = 64;

	while (n < want * 2)
		n *= 2;
	if (n <= r->slot_count)
		return STATUS_OK;
	r->slots = arena_array(r->arena, n, sizeof(*r->slots));
	if (r->slots == NULL)
		return STATUS_LIMIT;
	r->slot_count = n;
	for (i = 0; i < r->count; i++) {
		k = worker_hash(&r->certs[i].cert->id) & (n - 1);
		while (r->slots[k] != 0)
			k = (k + 1) & (n - 1);
		r->slots[k] = i + 1;
	}
	return STATUS_OK;
}

static struct work_cert *
worker_find(struct reading *r, const struct cert_id *id)
{
	size_t k = worker_hash(id) & (r->slot_count - 1);

	for (; r->slots[k] != 0; k = (k + 1) & (r->slot_count - 1))
		if (cert_id_eq(&r->certs[r->slots[k] - 1].cert->id, id))
			return &r->certs[r->slots[k] - 1];
	return NULL;
}

static enum status
worker_unite(struct reading *r, struct work_cert *wc, struct cert *cert)
{
	struct cert *merged;
	struct delta delta;
	enum status st;

	st = merge_certs(r->arena, wc->cert, cert, &merged, &delta);
	if (st == STATUS_OK)
		wc->cert = merged;
	return st;
}

static enum status
worker_add_cert(struct reading *r, struct cert *cert, struct work_cert **added)
{
	void *list = r->certs;
	struct outcome *o;
	enum status st;

	st = arena_grow(
		r->arena, &list, &r->cap, r->count + 1, sizeof(*r->certs));
	if (st == STATUS_OK)
		st = worker_add_outcome(r, &o);
	if (st != STATUS_OK)
		return st;
	r->certs = list;
	*added = &r->certs[r->count++];
	memset(*added, 0, sizeof(**added));
	(*added)->cert = cert;
	(*added)->outcome = r->outcome_count - 1;
	o->has_fpr = true;
	o->fpr = cert->id.fpr;
	o->id = cert->id;
	r->key_material = true;
	return STATUS_OK;
}

/* ---- one block --------------------------------------------------------- */

/* What was left out of one certificate, or refused by itself. */
static enum status
worker_note(struct reading *r, const struct cert_note *note)
{
	struct outcome *o;

	switch (note->verdict) {
	case VERDICT_UNUSABLE_KEY:
		r->key_material = true;
		return worker_refuse(r, note->verdict, NULL);
	case VERDICT_TOO_MANY_CERTS:
		return worker_refuse(r, note->verdict, NULL);
	case VERDICT_KEPT:
	case VERDICT_DUPLICATE:
		return STATUS_OK;
	default:
		break;
	}
	if (note->cert >= r->list.count)
		return STATUS_OK;
	o = &r->outcomes[r->where[note->cert]];
	o->dropped++;
	if (o->verdict == VERDICT_KEPT)
		o->verdict = note->verdict;
	return STATUS_OK;
}

/* Certificates from index `from` of the list on. */
static enum status
worker_take_certs(struct reading *r, size_t from)
{
	bool first_block = r->count == 0;
	struct work_cert *wc;
	void *where = r->where;
	enum status st;
	size_t i;

	st = arena_grow(r->arena, &where, &r->where_cap, r->list.count,
		sizeof(*r->where));
	r->where = where;
	if (st == STATUS_OK && !first_block)
		st = worker_make_table(r, r->list.count);
	for (i = from; st == STATUS_OK && i < r->list.count; i++) {
		wc = NULL;
		if (!first_block)
			wc = worker_find(r, &r->list.list[i]->id);
		if (wc != NULL)
			st = worker_unite(r, wc, r->list.list[i]);
		else
			st = worker_add_cert(r, r->list.list[i], &wc);
		if (st == STATUS_OK)
			r->where[i] = wc->outcome;
	}
	return st;
}

static enum status
worker_read_block(struct reading *r, struct bytes octets, struct err *err)
{
	size_t certs = r->list.count, notes = r->list.note_count;
	size_t alone = r->list.standalone_count, before = r->outcome_count;
	enum status st;
	size_t i;

	st = cert_read(r->arena, octets, &r->limits, &r->list, err);
	if (st == STATUS_OK)
		st = worker_take_certs(r, certs);
	for (i = notes; st == STATUS_OK && i < r->list.note_count; i++)
		st = worker_note(r, &r->list.notes[i]);
	/* Verifying a signature that comes alone is not offered yet. */
	for (i = alone; st == STATUS_OK && i < r->list.standalone_count; i++) {
		r->key_material = true;
		st = worker_refuse(r, VERDICT_UNKNOWN_PRIMARY, NULL);
	}
	if (st == STATUS_OK && r->outcome_count == before &&
		r->list.count == certs)
		st = worker_refuse(r, VERDICT_NO_KEY, NULL);
	return st;
}

static enum status
worker_read_blocks(struct reading *r, struct err *err)
{
	struct armor_blocks blocks = {0};
	struct armor_block *b;
	enum status st;
	size_t i;

	st = armor_read(r->arena, r->sub->body, r->sub->armor, &blocks, err);
	for (i = 0; st == STATUS_OK && i < blocks.count; i++) {
		b = &blocks.list[i];
		if (b->status == STATUS_OK)
			st = worker_read_block(r, b->octets, err);
		else
			st = worker_refuse(r, VERDICT_BAD_ARMOR, b->note);
	}
	if (st == STATUS_OK && !r->key_material && blocks.good > 0) {
		err_set(err, "no OpenPGP key material found");
		return STATUS_MALFORMED;
	}
	return st;
}

/* Which packets came: mail and the store ask for it by digest. */
static enum status
worker_digest(struct reading *r)
{
	enum status st = STATUS_OK;
	struct outcome *o;
	size_t i;

	for (i = 0; st == STATUS_OK && i < r->count; i++) {
		o = &r->outcomes[r->certs[i].outcome];
		st = cert_placed_digests(r->arena, r->certs[i].cert, &o->came);
	}
	return st;
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

enum status
worker_read(
	const struct policy *policy, struct submission *sub, struct err *err)
{
	struct reading r = {.sub = sub};
	enum status st;

	r.arena = sub->arena;
	r.limits = policy_limits(policy, sub->bulk);
	if (!sub->bulk && sub->body.len > policy->max_body) {
		err_set(err, "more than %zu octets", policy->max_body);
		return STATUS_LIMIT;
	}
	st = worker_read_blocks(&r, err);
	if (st == STATUS_OK)
		st = worker_digest(&r);
	if (st == STATUS_REJECTED) {
		worker_wipe(sub);
		return st;
	}
	if (st != STATUS_OK)
		return st;
	sub->outcomes = r.outcomes;
	sub->outcome_count = r.outcome_count;
	sub->work->certs = r.certs;
	sub->work->count = r.count;
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
