#include "pgp/level_work.h"

#include "pgp/digest.h"

/*
 * Signatures that stand where they do not belong, or where what they sign is
 * not: each is tried below every other component, so LIMIT_MISPLACED at most,
 * those of lowest rank, are looked after.
 */

static bool
home_belongs_nowhere(const struct signature *s)
{
	return !verify_type_fits(s->info.type, PACKET_USER_ID) &&
	       !verify_type_fits(s->info.type, PACKET_PUBLIC_KEY) &&
	       (s->info.type == SIG_PRIMARY_BINDING ||
		       !verify_type_fits(s->info.type, PACKET_PUBLIC_SUBKEY));
}

static bool
home_fits(struct work *w, const struct work_sig *s, size_t part)
{
	const struct work_part *p = &w->parts[part];
	size_t *octets = w->budget == NULL ? NULL : &w->budget->octets;
	bool fits;

	if (p->verdict != VERDICT_KEPT)
		return false;
	fits = verify_is_plausible(w->cert, p->c, s->sig, octets);
	w->spent |= (octets != NULL && *octets == 0) || work_is_stopped(w);
	return fits;
}

static const struct work_sig *
home_find(const struct work *w, size_t part, const struct work_sig *s)
{
	size_t i;

	for (i = 0; i < w->parts[part].count; i++)
		if (digest_cmp(&w->parts[part].sigs[i]->sig->digest,
			    &s->sig->digest) == 0)
			return w->parts[part].sigs[i];
	return NULL;
}

static void
home_search(struct work *w, struct work_sig *s)
{
	size_t i;

	s->verdict = VERDICT_IMPLAUSIBLE;
	for (i = 0; i < w->part_count && !w->spent; i++) {
		if (i == s->from || !home_fits(w, s, i))
			continue;
		s->into = home_find(w, i, s);
		s->verdict = s->into ? VERDICT_DUPLICATE : VERDICT_KEPT;
		s->part = i;
		return;
	}
}

static enum verdict
home_first_look(struct work *w, struct work_sig *s)
{
	const struct work_limit *l = &w->limits[LIMIT_SIGNATURE];

	if (s->sig->packet.body.len > l->max) {
		s->limit = l;
		return VERDICT_TOO_LARGE;
	}
	if (w->parts[s->from].verdict != VERDICT_KEPT && s->known)
		return VERDICT_COMPONENT_GONE;
	if (s->known)
		return VERDICT_KEPT;
	if (s->sig->malformed)
		return VERDICT_MALFORMED;
	if (home_belongs_nowhere(s->sig))
		return VERDICT_WRONG_TYPE;
	if (!signature_in_limits(&s->sig->info))
		return VERDICT_TOO_LARGE;
	if (w->parts[s->from].verdict != VERDICT_KEPT)
		return VERDICT_COMPONENT_GONE;
	return home_fits(w, s, s->from) ? VERDICT_KEPT : VERDICT_IMPLAUSIBLE;
}

/* The same signature may have lost its way twice: once it is at home. */
static void
home_fold(struct work_sig **homeless, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			if (homeless[i]->verdict == VERDICT_KEPT &&
				homeless[k]->verdict == VERDICT_KEPT &&
				homeless[i]->part == homeless[k]->part &&
				digest_cmp(&homeless[i]->sig->digest,
					&homeless[k]->sig->digest) == 0) {
				homeless[i]->verdict = VERDICT_DUPLICATE;
				homeless[i]->into = homeless[k];
			}
}

enum status
level_find_homes(struct work *w)
{
	struct work_sig **homeless =
		arena_array(w->arena, w->sig_count, sizeof(struct work_sig *));
	const struct work_limit *limit = &w->limits[LIMIT_MISPLACED];
	size_t i, n = 0;
	enum status st;

	if (homeless == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < w->sig_count && !w->spent; i++) {
		struct work_sig *s = &w->sigs[i];

		s->verdict = home_first_look(w, s);
		if (s->verdict == VERDICT_IMPLAUSIBLE)
			homeless[n++] = s;
	}
	st = work_place(w);
	if (st != STATUS_OK)
		return st;
	work_keep_best(homeless, n, limit);
	if (n > limit->max)
		n = limit->max;
	for (i = 0; i < n && !w->spent; i++)
		home_search(w, homeless[i]);
	home_fold(homeless, n);
	for (i = 0; i < w->sig_count; i++) {
		struct work_sig *s = &w->sigs[i];

		if (s->verdict == VERDICT_KEPT && !s->sig->info.exportable)
			s->verdict = VERDICT_NOT_EXPORTABLE;
	}
	return work_place(w);
}
