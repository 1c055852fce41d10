#include "pgp/level_work.h"

#include "pgp/cert_build.h"
#include "pgp/digest.h"

struct banning {
	struct arena *arena;
	const struct level_ban *ban;
	struct level_note *notes;
	size_t count, cap;
};

static enum status
ban_note(struct banning *b, const struct packet *p, const struct component *c)
{
	void *grown = b->notes;
	enum status st;

	st = arena_grow(
		b->arena, &grown, &b->cap, b->count + 1, sizeof(*b->notes));
	if (st != STATUS_OK)
		return st;
	b->notes = grown;
	b->notes[b->count++] = (struct level_note){
		.verdict = VERDICT_BLOCKED, .packet = p, .under = c};
	return STATUS_OK;
}

/* A component that stays: without those of its signatures that do not. */
static enum status
ban_sigs(struct banning *b, const struct component *in, struct component *out)
{
	size_t i, before = b->count;
	enum status st = STATUS_OK;

	*out = *in;
	for (i = 0; st == STATUS_OK && i < in->sig_count; i++)
		if (b->ban->bans(b->ban->ctx, in, &in->sigs[i]))
			st = ban_note(b, &in->sigs[i].packet, in);
	if (st != STATUS_OK || b->count == before)
		return st;
	out->sigs = arena_array(b->arena, in->sig_count, sizeof(*out->sigs));
	if (out->sigs == NULL)
		return STATUS_LIMIT;
	out->sig_count = 0;
	for (i = 0; i < in->sig_count; i++)
		if (!b->ban->bans(b->ban->ctx, in, &in->sigs[i]))
			out->sigs[out->sig_count++] = in->sigs[i];
	return STATUS_OK;
}

/* A component that goes takes its signatures along. */
static enum status
ban_whole(struct banning *b, const struct component *c)
{
	enum status st = ban_note(b, &c->packet, c);
	size_t i;

	for (i = 0; st == STATUS_OK && i < c->sig_count; i++)
		st = ban_note(b, &c->sigs[i].packet, c);
	return st;
}

static enum status
ban_list(struct banning *b, struct component **list, size_t *count)
{
	const struct component *in = *list;
	struct component *out = arena_array(b->arena, *count, sizeof(*out));
	enum status st = STATUS_OK;
	size_t i, n = 0;

	if (out == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < *count; i++) {
		if (b->ban->bans(b->ban->ctx, &in[i], NULL))
			st = ban_whole(b, &in[i]);
		else
			st = ban_sigs(b, &in[i], &out[n++]);
	}
	*list = out;
	*count = n;
	return st;
}

enum status
level_without_banned(struct arena *arena, const struct level_ban *ban,
	const struct cert *in, struct cert **out, struct level_note **notes,
	size_t *note_count)
{
	struct banning b = {.arena = arena, .ban = ban};
	struct cert *left = arena_alloc(arena, sizeof(*left));
	enum status st;

	if (left == NULL)
		return STATUS_LIMIT;
	*left = *in;
	st = ban_sigs(&b, &in->primary, &left->primary);
	if (st == STATUS_OK)
		st = ban_list(&b, &left->user_ids, &left->user_id_count);
	if (st == STATUS_OK)
		st = ban_list(&b, &left->attributes, &left->attribute_count);
	if (st == STATUS_OK)
		st = ban_list(&b, &left->subkeys, &left->subkey_count);
	if (st == STATUS_OK && b.count > 0) {
		/* What is left keeps its packet ids. */
		cert_build_totals(left);
		st = digest_sks(arena, left, &left->sks_digest);
	}
	if (st != STATUS_OK)
		return st;
	*out = left;
	*notes = b.notes;
	*note_count = b.count;
	return STATUS_OK;
}
