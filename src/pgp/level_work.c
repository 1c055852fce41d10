#include "pgp/level_work.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/cert_build.h"
#include "pgp/digest.h"

enum { FOREIGN_MAX = 16 /* revocations by others */ };

struct digest
work_rank(const struct packet *p)
{
	struct digest d;

	crypto_sha256(&p->body, 1, &d);
	return d;
}

static int
work_cmp_rank(const void *a, const void *b)
{
	const struct work_sig *x = *(struct work_sig *const *)a;
	const struct work_sig *y = *(struct work_sig *const *)b;

	return digest_cmp(&x->rank, &y->rank);
}

void
work_keep_best(struct work_sig **sigs, size_t n, const struct work_limit *limit)
{
	size_t i;

	if (n <= limit->max)
		return;
	for (i = 0; i < n; i++)
		sigs[i]->rank = work_rank(&sigs[i]->sig->packet);
	qsort(sigs, n, sizeof(*sigs), work_cmp_rank);
	for (i = limit->max; i < n; i++) {
		sigs[i]->verdict = VERDICT_OVER_LIMIT;
		sigs[i]->limit = limit;
	}
}

/* ---- opening ---------------------------------------------------------- */

/* Those that an operator sets have the names of the configuration. */
static void
work_set_limits(struct work *w, const struct cert_limits *l)
{
	const struct work_limit limits[WORK_LIMITS] = {
		[LIMIT_USER_ID] = {"max_uid_octets", l->max_user_id},
		[LIMIT_ATTRIBUTE] = {"max_attr_octets", l->max_attribute},
		[LIMIT_KEY] = {"max_key_packet", l->max_key},
		[LIMIT_SIGNATURE] = {"max_sig_octets", l->max_signature},
		[LIMIT_USER_IDS] = {"max_uids", l->max_user_ids},
		[LIMIT_ATTRIBUTES] = {"max_attributes", l->max_attributes},
		[LIMIT_SUBKEYS] = {"max_subkeys", l->max_subkeys},
		[LIMIT_SELF_SIGS] = {"max_selfsigs", l->max_self_sigs},
		[LIMIT_THIRD_PARTY] = {"max_thirdparty", l->max_third_party},
		[LIMIT_REVOCATIONS] = {"revocations by others", FOREIGN_MAX},
		[LIMIT_MISPLACED] = {"misplaced signatures", HOMELESS_MAX},
	};

	memcpy(w->limits, limits, sizeof(limits));
}

static bool
work_is_known(const struct work *w, const struct component *c,
	const struct signature *s)
{
	struct digest placed;

	if (w->rules->known.len == 0)
		return false;
	digest_placed(&c->digest, &s->digest, &placed);
	return digest_in(w->rules->known, &placed);
}

static void
work_add_parts(struct work *w, const struct component *list, size_t n)
{
	struct work_sig *s;
	size_t i, k;

	for (i = 0; i < n; i++) {
		w->parts[w->part_count].c = &list[i];
		for (k = 0; k < list[i].sig_count; k++) {
			s = &w->sigs[w->sig_count++];
			s->sig = &list[i].sigs[k];
			s->part = s->from = w->part_count;
			s->known = work_is_known(w, &list[i], s->sig);
			s->maker = verify_is_self(w->cert, s->sig)
					   ? MAKER_CLAIMS
					   : MAKER_OTHER;
		}
		w->part_count++;
	}
}

bool
work_is_stopped(const struct work *w)
{
	if (w->rules->beat != NULL)
		w->rules->beat(w->rules->beat_ctx);
	return w->rules->stop != NULL && atomic_load(w->rules->stop);
}

enum status
work_open(struct work *w, struct arena *arena, const struct level_rules *rules,
	const struct cert *in)
{
	size_t parts =
		1 + in->user_id_count + in->attribute_count + in->subkey_count;

	memset(w, 0, sizeof(*w));
	w->arena = arena;
	w->rules = rules;
	w->cert = in;
	w->budget = rules->budget;
	work_set_limits(w, rules->limits);
	w->parts = arena_array(arena, parts, sizeof(*w->parts));
	w->sigs =
		arena_array(arena, in->packet_count - parts, sizeof(*w->sigs));
	if (w->parts == NULL || w->sigs == NULL)
		return STATUS_LIMIT;
	work_add_parts(w, &in->primary, 1);
	work_add_parts(w, in->user_ids, in->user_id_count);
	work_add_parts(w, in->attributes, in->attribute_count);
	work_add_parts(w, in->subkeys, in->subkey_count);
	return STATUS_OK;
}

/* ---- placing ---------------------------------------------------------- */

enum status
work_place(struct work *w)
{
	struct work_sig **all =
		arena_array(w->arena, w->sig_count, sizeof(struct work_sig *));
	struct work_part *p;
	size_t i, at = 0;

	if (all == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < w->part_count; i++)
		w->parts[i].count = 0;
	for (i = 0; i < w->sig_count; i++)
		w->parts[w->sigs[i].part].count +=
			w->sigs[i].verdict == VERDICT_KEPT;
	for (i = 0; i < w->part_count; i++) {
		w->parts[i].sigs = all + at;
		at += w->parts[i].count;
		w->parts[i].count = 0;
	}
	for (i = 0; i < w->sig_count; i++) {
		if (w->sigs[i].verdict != VERDICT_KEPT)
			continue;
		p = &w->parts[w->sigs[i].part];
		p->sigs[p->count++] = &w->sigs[i];
	}
	return STATUS_OK;
}

/* ---- building --------------------------------------------------------- */

static int
work_cmp_sigs(const void *a, const void *b)
{
	return cert_build_cmp_sigs(a, b);
}

static enum status
work_build_part(
	struct work *w, const struct work_part *p, struct component *out)
{
	size_t i;

	*out = *p->c;
	out->sig_count = 0;
	out->sigs = arena_array(w->arena, p->count, sizeof(*out->sigs));
	if (out->sigs == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < p->count; i++)
		out->sigs[out->sig_count++] = *p->sigs[i]->sig;
	if (out->sig_count > 1)
		qsort(out->sigs, out->sig_count, sizeof(*out->sigs),
			work_cmp_sigs);
	return STATUS_OK;
}

static enum status
work_build_list(struct work *w, size_t first, size_t n, struct component **list,
	size_t *count)
{
	struct component *out = arena_array(w->arena, n, sizeof(*out));
	enum status st;
	size_t i, kept = 0;

	if (out == NULL)
		return STATUS_LIMIT;
	for (i = first; i < first + n; i++) {
		if (w->parts[i].verdict != VERDICT_KEPT)
			continue;
		st = work_build_part(w, &w->parts[i], &out[kept++]);
		if (st != STATUS_OK)
			return st;
	}
	*list = out;
	*count = kept;
	return STATUS_OK;
}

enum status
work_build(struct work *w, struct cert **result)
{
	const struct cert *in = w->cert;
	struct cert *out = arena_alloc(w->arena, sizeof(*out));
	enum status st = work_place(w);
	size_t at = 1;

	if (out == NULL || st != STATUS_OK)
		return STATUS_LIMIT;
	st = work_build_part(w, &w->parts[0], &out->primary);
	if (st == STATUS_OK)
		st = work_build_list(w, at, in->user_id_count, &out->user_ids,
			&out->user_id_count);
	at += in->user_id_count;
	if (st == STATUS_OK)
		st = work_build_list(w, at, in->attribute_count,
			&out->attributes, &out->attribute_count);
	at += in->attribute_count;
	if (st == STATUS_OK)
		st = work_build_list(w, at, in->subkey_count, &out->subkeys,
			&out->subkey_count);
	if (st != STATUS_OK)
		return st;
	cert_build_totals(out);
	st = cert_digest(w->arena, out);
	if (st == STATUS_OK)
		*result = out;
	return st;
}
