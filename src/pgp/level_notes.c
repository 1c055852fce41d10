#include "pgp/level_work.h"

#include <string.h>

#include "pgp/digest.h"
#include "pgp/packet.h"

/* What is told of a certificate after a level has looked at it. */

static void
notes_placed(const struct component *under, const struct packet *packet,
	struct digest *out)
{
	/* A signature's packet is its first member. */
	const struct signature *s = (const void *)packet;

	if (packet == &under->packet)
		*out = under->digest;
	else
		digest_placed(&under->digest, &s->digest, out);
}

void
level_note_placed(const struct level_note *n, struct digest *out)
{
	notes_placed(n->under, n->packet, out);
}

static struct level_note *
notes_add(struct level_result *out, enum verdict v, const struct packet *p,
	const struct component *under)
{
	struct level_note *n = &out->notes[out->note_count++];

	*n = (struct level_note){.verdict = v, .packet = p, .under = under};
	return n;
}

static void
notes_set_limit(struct level_note *n, const struct work_limit *limit)
{
	if (limit == NULL)
		return;
	n->limit = limit->name;
	n->limit_max = limit->max;
}

/* ---- why a packet is kept --------------------------------------------- */

static enum verdict
notes_why_sig(const struct work *w, const struct work_sig *s)
{
	uint8_t type = s->sig->info.type;

	if (s->maker == MAKER_OWN)
		return s->known || public_key_verifies(&w->cert->primary.key)
			       ? VERDICT_VERIFIED
			       : VERDICT_UNVERIFIABLE;
	if (type == SIG_KEY_REVOCATION || type == SIG_SUBKEY_REVOCATION)
		return s->named ? VERDICT_NAMED_REVOKER
				: VERDICT_UNNAMED_REVOKER;
	return s->approved ? VERDICT_APPROVED : VERDICT_THIRD_PARTY;
}

static enum verdict
notes_why_part(const struct work *w, const struct work_part *p)
{
	if (p == &w->parts[0])
		return VERDICT_PRIMARY;
	return public_key_verifies(&w->cert->primary.key)
		       ? VERDICT_BOUND
		       : VERDICT_UNVERIFIABLE;
}

/* ---- of what was looked at -------------------------------------------- */

static size_t
notes_count(const struct work *w)
{
	bool all = w->rules->explain;
	size_t i, n = 0;

	for (i = 0; i < w->part_count; i++)
		n += all || w->parts[i].verdict != VERDICT_KEPT;
	for (i = 0; i < w->sig_count; i++)
		n += all || w->sigs[i].verdict != VERDICT_KEPT;
	return n;
}

static void
notes_add_part(const struct work *w, const struct work_part *p,
	struct level_result *out)
{
	enum verdict v = p->verdict;
	struct level_note *n;

	if (v == VERDICT_KEPT && !w->rules->explain)
		return;
	if (v == VERDICT_KEPT)
		v = notes_why_part(w, p);
	n = notes_add(out, v, &p->c->packet, p->c);
	notes_set_limit(n, p->limit);
}

static void
notes_add_sig(const struct work *w, const struct work_sig *s,
	struct level_result *out)
{
	enum verdict v = s->verdict;
	struct level_note *n;

	if (v == VERDICT_KEPT && !w->rules->explain)
		return;
	if (v == VERDICT_KEPT)
		v = notes_why_sig(w, s);
	n = notes_add(out, v, &s->sig->packet, w->parts[s->from].c);
	if (s->part != s->from)
		n->home = w->parts[s->part].c;
	if (s->into != NULL)
		n->into = &s->into->sig->packet;
	notes_set_limit(n, s->limit);
}

enum status
work_notes(struct work *w, struct level_result *out)
{
	size_t i;

	out->notes = arena_array(w->arena, notes_count(w), sizeof(*out->notes));
	if (out->notes == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < w->part_count; i++)
		notes_add_part(w, &w->parts[i], out);
	for (i = 0; i < w->sig_count; i++)
		notes_add_sig(w, &w->sigs[i], out);
	return STATUS_OK;
}

/* ---- of what was not -------------------------------------------------- */

static enum status
notes_visit(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	(void)placed;
	notes_add(ctx, VERDICT_UNCHECKED, p, under);
	return STATUS_OK;
}

enum status
level_note_all(
	struct arena *arena, const struct cert *in, struct level_result *out)
{
	out->notes = arena_array(arena, in->packet_count, sizeof(*out->notes));
	return out->notes == NULL ? STATUS_LIMIT
				  : cert_walk(in, notes_visit, out);
}

/* ---- of what went for the total --------------------------------------- */

struct trimmed {
	struct level_result *out;
	struct bytes kept; /* placed digests */
	size_t max;
};

static void
notes_over_total(struct level_note *n, size_t max)
{
	n->verdict = VERDICT_OVER_LIMIT;
	n->limit = "max_cert_octets";
	n->limit_max = max;
}

static enum status
notes_trimmed(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct trimmed *t = ctx;

	if (!digest_in(t->kept, placed))
		notes_over_total(
			notes_add(t->out, VERDICT_OVER_LIMIT, p, under),
			t->max);
	return STATUS_OK;
}

/* There is a note of each packet: those that went change theirs. */
static void
notes_take_back(struct trimmed *t)
{
	struct level_result *out = t->out;
	struct digest placed;
	size_t i;

	for (i = 0; i < out->note_count; i++) {
		struct level_note *n = &out->notes[i];

		if (!verdict_is_kept(n->verdict))
			continue;
		notes_placed(n->home && n->packet != &n->under->packet
				     ? n->home
				     : n->under,
			n->packet, &placed);
		if (!digest_in(t->kept, &placed))
			notes_over_total(n, t->max);
	}
}

enum status
level_note_trimmed(struct arena *arena, const struct level_rules *rules,
	const struct cert *before, struct level_result *out)
{
	struct trimmed t = {.out = out, .max = rules->limits->max_total};
	struct level_note *notes;
	enum status st;

	st = cert_placed_digests(arena, out->cert, &t.kept);
	if (st != STATUS_OK)
		return st;
	if (rules->explain) {
		notes_take_back(&t);
		return STATUS_OK;
	}
	notes = arena_array(
		arena, out->note_count + before->packet_count, sizeof(*notes));
	if (notes == NULL)
		return STATUS_LIMIT;
	if (out->note_count > 0)
		memcpy(notes, out->notes, out->note_count * sizeof(*notes));
	out->notes = notes;
	return cert_walk(before, notes_trimmed, &t);
}
