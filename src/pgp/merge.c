#include "pgp/merge.h"

#include <stdlib.h>

#include "pgp/cert_build.h"
#include "pgp/digest.h"

struct merging {
	struct arena *arena;
	bool digested;        /* of `add` */
	struct digest *fresh; /* placed digests of what is new */
	size_t fresh_count, fresh_cap;
};

struct sig_list {
	struct signature *list;
	size_t count;
};

static enum status
merge_note(struct merging *m, const struct digest *placed)
{
	void *grown = m->fresh;

	if (arena_grow(m->arena, &grown, &m->fresh_cap, m->fresh_count + 1,
		    sizeof(*m->fresh)) != STATUS_OK)
		return STATUS_LIMIT;
	m->fresh = grown;
	m->fresh[m->fresh_count++] = *placed;
	return STATUS_OK;
}

static struct digest
merge_packet_id(
	const struct merging *m, const struct packet *p, const struct digest *d)
{
	struct digest id = *d;

	if (!m->digested)
		digest_packet(p->tag, p->body, &id);
	return id;
}

static enum status
merge_note_sig(struct merging *m, const struct component *under,
	const struct signature *sig)
{
	struct digest own = merge_packet_id(m, &under->packet, &under->digest);
	struct digest id = merge_packet_id(m, &sig->packet, &sig->digest);
	struct digest placed;

	digest_placed(&own, &id, &placed);
	return merge_note(m, &placed);
}

/* All of a component is new. */
static enum status
merge_note_all(struct merging *m, const struct component *c)
{
	struct digest own = merge_packet_id(m, &c->packet, &c->digest);
	enum status st = merge_note(m, &own);
	size_t i;

	for (i = 0; st == STATUS_OK && i < c->sig_count; i++)
		st = merge_note_sig(m, c, &c->sigs[i]);
	return st;
}

/* How many of `add` are not in `old`; both are in canonical order. */
static size_t
merge_count_new(const struct component *old, const struct component *add)
{
	size_t i = 0, k = 0, n = 0;
	int c;

	while (k < add->sig_count) {
		c = i < old->sig_count
			    ? cert_build_cmp_sigs(&old->sigs[i], &add->sigs[k])
			    : 1;
		if (c < 0) {
			i++;
			continue;
		}
		n += c > 0;
		i += c == 0;
		k++;
	}
	return n;
}

static enum status
merge_sigs(struct merging *m, const struct component *old,
	const struct component *add, struct sig_list *out)
{
	size_t i = 0, k = 0;
	enum status st;
	int c;

	while (i < old->sig_count || k < add->sig_count) {
		if (i == old->sig_count)
			c = 1;
		else if (k == add->sig_count)
			c = -1;
		else
			c = cert_build_cmp_sigs(&old->sigs[i], &add->sigs[k]);
		out->list[out->count++] = c <= 0 ? old->sigs[i] : add->sigs[k];
		if (c > 0) {
			st = merge_note_sig(m, add, &add->sigs[k]);
			if (st != STATUS_OK)
				return st;
		}
		i += c <= 0;
		k += c >= 0;
	}
	return STATUS_OK;
}

/* Two components with equal packets. Nothing new: `old` as it is. */
static enum status
merge_component(struct merging *m, const struct component *old,
	const struct component *add, struct component *out)
{
	struct sig_list sigs = {NULL, 0};
	size_t fresh = merge_count_new(old, add);
	enum status st;

	*out = *old;
	if (fresh == 0)
		return STATUS_OK;
	sigs.list = arena_array(
		m->arena, old->sig_count + fresh, sizeof(*sigs.list));
	if (!sigs.list)
		return STATUS_LIMIT;
	st = merge_sigs(m, old, add, &sigs);
	if (st != STATUS_OK)
		return st;
	out->sigs = sigs.list;
	out->sig_count = sigs.count;
	return STATUS_OK;
}

struct part_list {
	const struct component *list;
	size_t count;
};

static enum status
merge_parts(struct merging *m, struct part_list old, struct part_list add,
	struct component **list, size_t *count)
{
	struct component *out;
	size_t i = 0, k = 0, n = 0;
	enum status st;
	int c;

	out = arena_array(m->arena, old.count + add.count, sizeof(*out));
	if (!out)
		return STATUS_LIMIT;
	while (i < old.count || k < add.count) {
		if (i == old.count)
			c = 1;
		else if (k == add.count)
			c = -1;
		else
			c = bytes_cmp(old.list[i].packet.body,
				add.list[k].packet.body);
		st = STATUS_OK;
		if (c < 0) {
			out[n] = old.list[i];
		} else if (c > 0) {
			out[n] = add.list[k];
			st = merge_note_all(m, &add.list[k]);
		} else {
			st = merge_component(
				m, &old.list[i], &add.list[k], &out[n]);
		}
		if (st != STATUS_OK)
			return st;
		n++;
		i += c <= 0;
		k += c >= 0;
	}
	*list = out;
	*count = n;
	return STATUS_OK;
}

static enum status
merge_union(struct merging *m, const struct cert *old, const struct cert *add,
	struct cert *out)
{
	enum status st;

	st = merge_component(m, &old->primary, &add->primary, &out->primary);
	if (st == STATUS_OK)
		st = merge_parts(m,
			(struct part_list){old->user_ids, old->user_id_count},
			(struct part_list){add->user_ids, add->user_id_count},
			&out->user_ids, &out->user_id_count);
	if (st == STATUS_OK)
		st = merge_parts(m,
			(struct part_list){
				old->attributes, old->attribute_count},
			(struct part_list){
				add->attributes, add->attribute_count},
			&out->attributes, &out->attribute_count);
	if (st == STATUS_OK)
		st = merge_parts(m,
			(struct part_list){old->subkeys, old->subkey_count},
			(struct part_list){add->subkeys, add->subkey_count},
			&out->subkeys, &out->subkey_count);
	return st;
}

static int
merge_cmp_digests(const void *a, const void *b)
{
	return digest_cmp(a, b);
}

static void
merge_delta(struct merging *m, const struct cert *cert, struct delta *delta)
{
	if (m->fresh_count > 1)
		qsort(m->fresh, m->fresh_count, sizeof(*m->fresh),
			merge_cmp_digests);
	delta->id = cert->id;
	delta->digests =
		bytes_make(m->fresh, m->fresh_count * sizeof(*m->fresh));
	delta->new_count = m->fresh_count;
}

enum status
merge_certs(struct arena *arena, const struct cert *old, const struct cert *add,
	struct cert **merged, struct delta *delta)
{
	struct merging m = {arena, add->digested, NULL, 0, 0};
	struct cert *out;
	enum status st;

	if (!bytes_eq(old->primary.packet.body, add->primary.packet.body))
		return STATUS_MALFORMED;
	out = arena_alloc(arena, sizeof(*out));
	if (!out)
		return STATUS_LIMIT;
	*out = *old;
	st = merge_union(&m, old, add, out);
	if (st != STATUS_OK)
		return st;
	if (m.fresh_count) {
		cert_build_totals(out);
		/* What came from either side keeps its packet ids. */
		out->digested = false;
		if (old->digested && add->digested) {
			st = digest_sks(arena, out, &out->sks_digest);
			out->digested = st == STATUS_OK;
		} else {
			st = cert_digest(arena, out);
		}
		if (st != STATUS_OK)
			return st;
	}
	merge_delta(&m, old, delta);
	*merged = out;
	return STATUS_OK;
}
