#include "pgp/level_work.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/digest.h"
#include "pgp/subpacket.h"

/*
 * What the primary says of itself and of its parts. Each claim is verified
 * once however many packets repeat it; parts are looked at by rank, so that
 * those beyond a limit cost nothing.
 */

enum { SUB_ISSUER = 16, SUB_EMBEDDED = 32, SUB_ISSUER_FPR = 33 };

/* ---- variants --------------------------------------------------------- */

/*
 * Over what its maker signed, and the signature itself: without what anybody
 * may add to its numbers, or one would be as many as there are octets. Of
 * what is well written that is the hash of spec openpgp 5.
 */
static struct digest
own_signature_hash(const struct signature *s, bool *plain)
{
	const struct signature_info *i = &s->info;
	struct bytes parts[2 + 2 * PK_NUMBERS_MAX];
	struct pk_plain numbers;
	struct digest d;
	size_t n;

	parts[0] = i->hashed_part;
	parts[1] = i->salt;
	if (i->version < 4)
		parts[0] = bytes_make(s->packet.body.data,
			s->packet.body.len - i->material.len);
	n = pk_plain_material(i, &numbers, plain);
	memcpy(parts + 2, numbers.parts, n * sizeof(*parts));
	crypto_sha256(parts, 2 + n, &d);
	return d;
}

void
level_signature_hash(const struct signature *s, struct digest *out)
{
	bool plain;

	*out = own_signature_hash(s, &plain);
}

/* How many issuers it names that are not the one: the primary, of one that it
 * made; else whom the signed area names. */
static bool
own_misleads_in(struct bytes area, const struct fingerprint *f, uint64_t id)
{
	struct reader in = reader_of(area), body;
	struct subpacket p;

	while (subpacket_next(&in, &p) == STATUS_OK) {
		body = reader_of(p.body);
		if (p.type == SUB_ISSUER &&
			(p.body.len != 8 || reader_be64(&body) != id))
			return true;
		if (p.type == SUB_ISSUER_FPR && f != NULL &&
			(p.body.len != 1 + (size_t)f->len ||
				p.body.data[0] != f->version ||
				memcmp(p.body.data + 1, f->octets, f->len) !=
					0))
			return true;
	}
	return false;
}

static bool
own_misleads(const struct work *w, const struct work_sig *s)
{
	const struct public_key *key = &w->cert->primary.key;
	const struct signature_info *i = &s->sig->info;

	if (i->version < 4)
		return false;
	if (s->maker == MAKER_OWN)
		return own_misleads_in(i->unhashed, &key->fpr, key->key_id);
	if (!i->has_issuer)
		return false;
	return own_misleads_in(i->unhashed,
		i->has_issuer_fpr ? &i->issuer_fpr : NULL,
		i->has_issuer_fpr ? fingerprint_key_id(&i->issuer_fpr)
				  : i->issuer);
}

static bool
own_has_junk(const struct signature *s)
{
	struct reader in = reader_of(s->info.unhashed);
	struct subpacket p;

	while (subpacket_next(&in, &p) == STATUS_OK)
		if (p.type != SUB_ISSUER && p.type != SUB_EMBEDDED &&
			p.type != SUB_ISSUER_FPR)
			return true;
	return false;
}

static bool
own_has_issuer(const struct signature *s)
{
	return s->info.has_issuer || s->info.has_issuer_fpr;
}

/* What its back-signature is worth, asked once. */
static int
own_back(struct work *w, const struct work_part *p, struct work_sig *s)
{
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};

	if (s->maker != MAKER_OWN || s->sig->info.type != SIG_SUBKEY_BINDING)
		return 0;
	if (!s->back_asked && work_is_stopped(w))
		w->spent = true;
	if (!s->back_asked)
		s->back = verify_back_signature(
			w->cert, p->c, s->sig, w->budget ? w->budget : &all);
	s->back_asked = true;
	w->spent |= s->back == VERIFY_SPENT;
	return (int)s->back;
}

/*
 * Which of two packets with one signature hash stays: below zero for `a`. The
 * unhashed area is anybody's to write, so first comes what cannot be forged:
 * that it verifies as the primary's, that its back-signature does, that it
 * names nobody else as its issuer, and that its numbers are written plainly.
 */
static int
own_prefer(struct work *w, const struct work_part *p, struct work_sig *a,
	struct work_sig *b)
{
	int c = (int)b->maker - (int)a->maker;

	if (c == 0)
		c = own_back(w, p, a) - own_back(w, p, b);
	if (c == 0)
		c = own_misleads(w, a) - own_misleads(w, b);
	if (c == 0)
		c = (int)b->plain - (int)a->plain;
	if (c == 0)
		c = own_has_issuer(b->sig) - own_has_issuer(a->sig);
	if (c == 0)
		c = own_has_junk(a->sig) - own_has_junk(b->sig);
	if (c == 0 && a->sig->packet.body.len != b->sig->packet.body.len)
		c = a->sig->packet.body.len < b->sig->packet.body.len ? -1 : 1;
	return c != 0 ? c : bytes_cmp(a->sig->packet.body, b->sig->packet.body);
}

static int
own_cmp_hash(const void *a, const void *b)
{
	const struct work_sig *x = *(struct work_sig *const *)a;
	const struct work_sig *y = *(struct work_sig *const *)b;
	int c = digest_cmp(&x->hash, &y->hash);

	/* Claims first: one verification answers for all that follow. */
	return c != 0 ? c : (int)y->maker - (int)x->maker;
}

/* ---- verifying -------------------------------------------------------- */

static bool
own_verifies(
	struct work *w, const struct work_part *p, const struct signature *s)
{
	const struct public_key *key = &w->cert->primary.key;
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};

	if (key->fpr.version == 6 && s->info.version != 6)
		return false;
	w->spent |= work_is_stopped(w);
	if (w->spent)
		return false;
	switch (verify_signature(
		w->cert, p->c, &s->info, key, w->budget ? w->budget : &all)) {
	case VERIFY_GOOD:
		return true;
	case VERIFY_CANNOT:
		return !public_key_verifies(key);
	case VERIFY_SPENT:
		w->spent = true;
		return false;
	default:
		return false;
	}
}

static bool
own_is_revocation(const struct work_sig *s)
{
	uint8_t t = s->sig->info.type;

	return t == SIG_KEY_REVOCATION || t == SIG_SUBKEY_REVOCATION ||
	       t == SIG_CERT_REVOCATION;
}

/* All claims below one part: OWN, or dropped. */
static void
own_verify_part(struct work *w, struct work_part *p)
{
	struct work_sig *first = NULL;
	size_t i;

	for (i = 0; i < p->count; i++)
		p->sigs[i]->hash =
			own_signature_hash(p->sigs[i]->sig, &p->sigs[i]->plain);
	if (p->count > 1)
		qsort(p->sigs, p->count, sizeof(*p->sigs), own_cmp_hash);
	for (i = 0; i < p->count && !w->spent; i++) {
		struct work_sig *s = p->sigs[i];
		bool good;

		if (s->maker != MAKER_CLAIMS)
			continue;
		if (s->known)
			good = true;
		else if (first != NULL &&
			 digest_cmp(&first->hash, &s->hash) == 0)
			good = first->maker == MAKER_OWN;
		else
			good = own_verifies(w, p, s->sig);
		if (good)
			s->maker = MAKER_OWN;
		else
			s->verdict = VERDICT_BAD_SIGNATURE;
		first = s;
	}
}

/* One packet for each signature hash; equal ones are neighbours. */
static void
own_fold_part(struct work *w, struct work_part *p)
{
	struct work_sig *best = NULL;
	size_t i;

	for (i = 0; i < p->count && !w->spent; i++) {
		struct work_sig *s = p->sigs[i];

		if (s->verdict != VERDICT_KEPT)
			continue;
		if (best == NULL || digest_cmp(&best->hash, &s->hash) != 0) {
			best = s;
		} else if (own_prefer(w, p, s, best) < 0) {
			best->verdict = VERDICT_VARIANT;
			best->into = s;
			best = s;
		} else {
			s->verdict = VERDICT_VARIANT;
			s->into = best;
		}
	}
}

static void
own_limit_part(struct work *w, struct work_part *p, struct work_sig **list)
{
	size_t i, n = 0;

	for (i = 0; i < p->count; i++)
		if (p->sigs[i]->verdict == VERDICT_KEPT &&
			p->sigs[i]->maker == MAKER_OWN &&
			!own_is_revocation(p->sigs[i]))
			list[n++] = p->sigs[i];
	work_keep_best(list, n, &w->limits[LIMIT_SELF_SIGS]);
}

/* ---- components ------------------------------------------------------- */

/* Does the primary say that this part is its own, or was? */
static bool
own_is_held(const struct work_part *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct work_sig *s = p->sigs[i];
		uint8_t t = s->sig->info.type;

		if (s->verdict != VERDICT_KEPT || s->maker != MAKER_OWN)
			continue;
		if (p->c->packet.tag == PACKET_PUBLIC_SUBKEY
				? t == SIG_SUBKEY_BINDING ||
					  t == SIG_SUBKEY_REVOCATION
				: (t >= SIG_GENERIC_CERT &&
					  t <= SIG_POSITIVE_CERT) ||
					  t == SIG_CERT_REVOCATION)
			return true;
	}
	return false;
}

static void
own_drop_part(struct work_part *p, enum verdict verdict)
{
	size_t i;

	p->verdict = verdict;
	for (i = 0; i < p->count; i++)
		if (p->sigs[i]->verdict == VERDICT_KEPT)
			p->sigs[i]->verdict = VERDICT_COMPONENT_GONE;
}

static int
own_cmp_parts(const void *a, const void *b)
{
	const struct work_part *x = *(struct work_part *const *)a;
	const struct work_part *y = *(struct work_part *const *)b;

	return digest_cmp(&x->rank, &y->rank);
}

static enum status
own_judge_list(
	struct work *w, size_t first, size_t n, const struct work_limit *limit)
{
	struct work_part **order =
		arena_array(w->arena, n, sizeof(struct work_part *));
	struct work_sig **room =
		arena_array(w->arena, w->sig_count, sizeof(struct work_sig *));
	size_t i, kept = 0;

	if (order == NULL || room == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < n; i++) {
		order[i] = &w->parts[first + i];
		order[i]->rank = work_rank(&order[i]->c->packet);
	}
	if (n > 1)
		qsort(order, n, sizeof(struct work_part *), own_cmp_parts);
	for (i = 0; i < n && !w->spent; i++) {
		struct work_part *p = order[i];

		if (p->verdict != VERDICT_KEPT)
			continue;
		if (limit != NULL && kept == limit->max) {
			own_drop_part(p, VERDICT_OVER_LIMIT);
			p->limit = limit;
			continue;
		}
		own_verify_part(w, p);
		own_fold_part(w, p);
		if (p != &w->parts[0] && !own_is_held(p)) {
			own_drop_part(p, VERDICT_NOT_BOUND);
			continue;
		}
		own_limit_part(w, p, room);
		kept++;
	}
	return STATUS_OK;
}

enum status
level_judge_own(struct work *w)
{
	const struct work_limit *l = w->limits;
	const struct cert *c = w->cert;
	size_t at = 1;
	enum status st;

	st = own_judge_list(w, 0, 1, NULL);
	if (st == STATUS_OK)
		st = own_judge_list(
			w, at, c->user_id_count, &l[LIMIT_USER_IDS]);
	at += c->user_id_count;
	if (st == STATUS_OK)
		st = own_judge_list(
			w, at, c->attribute_count, &l[LIMIT_ATTRIBUTES]);
	at += c->attribute_count;
	if (st == STATUS_OK)
		st = own_judge_list(w, at, c->subkey_count, &l[LIMIT_SUBKEYS]);
	return st == STATUS_OK ? work_place(w) : st;
}
