#include "pgp/level_work.h"

#include <string.h>

#include "pgp/subpacket.h"

/*
 * What others say of a certificate: certifications within their limit, the
 * ones that the owner approved beside it, and revocations by others, which
 * count only where the owner named the revoker; that is found out when
 * serving.
 */

enum {
	SUB_REVOKER = 12,
	REVOKER_CLASS = 0x80,
	REVOKERS_MAX = 16 /* named ones that are looked for */
};

struct revokers {
	struct fingerprint list[REVOKERS_MAX];
	size_t count;
};

static void
others_add_revokers(struct revokers *r, const struct signature *s)
{
	struct reader in = reader_of(s->info.hashed);
	struct fingerprint *f;
	struct subpacket p;

	while (r->count < REVOKERS_MAX &&
		subpacket_next(&in, &p) == STATUS_OK) {
		if (p.type != SUB_REVOKER || p.body.len < 2 + 20 ||
			p.body.len > 2 + sizeof(f->octets) ||
			!(p.body.data[0] & REVOKER_CLASS))
			continue;
		f = &r->list[r->count++];
		f->len = (uint8_t)(p.body.len - 2);
		f->version = f->len == 20 ? 4 : 6;
		memcpy(f->octets, p.body.data + 2, f->len);
	}
}

/* Named by the primary in a signature on itself that is kept. */
static void
others_find_revokers(const struct work *w, struct revokers *r)
{
	const struct work_part *p = &w->parts[0];
	size_t i;

	r->count = 0;
	for (i = 0; i < p->count; i++)
		if (p->sigs[i]->maker == MAKER_OWN)
			others_add_revokers(r, p->sigs[i]->sig);
}

static bool
others_is_named(const struct revokers *r, const struct signature *s)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		const struct fingerprint *f = &r->list[i];

		if (s->info.has_issuer_fpr
				? s->info.issuer_fpr.len == f->len &&
					  memcmp(s->info.issuer_fpr.octets,
						  f->octets, f->len) == 0
				: s->info.has_issuer &&
					  s->info.issuer ==
						  fingerprint_key_id(f))
			return true;
	}
	return false;
}

static bool
others_revokes_key(const struct work_sig *s)
{
	return s->sig->info.type == SIG_KEY_REVOCATION ||
	       s->sig->info.type == SIG_SUBKEY_REVOCATION;
}

/*
 * Revocations by others, of the whole key, by rank alone: who is named depends
 * on what else has come, and what is kept must not depend on what came first.
 * That level strict asks for the name takes nothing from one that has it.
 */
static void
others_judge_revocations(struct work *w, struct work_sig **list)
{
	bool strict = w->rules->level == LEVEL_STRICT;
	struct revokers r;
	size_t i, k, n = 0;

	others_find_revokers(w, &r);
	for (i = 0; i < w->part_count; i++) {
		for (k = 0; k < w->parts[i].count; k++) {
			struct work_sig *s = w->parts[i].sigs[k];

			if (s->maker == MAKER_OWN || !others_revokes_key(s))
				continue;
			s->named = others_is_named(&r, s->sig);
			if (s->named || !strict)
				list[n++] = s;
			else
				s->verdict = VERDICT_NOT_APPROVED;
		}
	}
	work_keep_best(list, n, &w->limits[LIMIT_REVOCATIONS]);
}

static void
others_judge_part(struct work *w, struct work_part *p, struct work_sig **list)
{
	bool strict = w->rules->level == LEVEL_STRICT;
	size_t i, n = 0;

	level_find_approved(p);
	for (i = 0; i < p->count; i++) {
		struct work_sig *s = p->sigs[i];

		if (s->maker == MAKER_OWN || s->approved ||
			others_revokes_key(s))
			continue;
		if (strict)
			s->verdict = VERDICT_NOT_APPROVED;
		else
			list[n++] = s;
	}
	work_keep_best(list, n, &w->limits[LIMIT_THIRD_PARTY]);
}

enum status
level_judge_others(struct work *w)
{
	struct work_sig **list =
		arena_array(w->arena, w->sig_count, sizeof(struct work_sig *));
	size_t i;

	if (list == NULL)
		return STATUS_LIMIT;
	others_judge_revocations(w, list);
	for (i = 0; i < w->part_count; i++)
		if (w->parts[i].verdict == VERDICT_KEPT)
			others_judge_part(w, &w->parts[i], list);
	return STATUS_OK;
}
