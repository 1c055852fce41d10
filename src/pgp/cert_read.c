#include <stdlib.h>
#include <string.h>

#include "pgp/cert_gather.h"
#include "pgp/digest.h"
#include "pgp/level.h"
#include "pgp/merge.h"

const struct cert_limits cert_limits_default = {
	.max_certs = 1000,
	.max_packets = 20000,
	.max_user_id = 2048,
	.max_attribute = 65536,
	.max_signature = 65535,
	.max_key = 65535,
	.max_total = (size_t)30 * 1024 * 1024,
	.secret = CERT_SECRET_REFUSES,
};

/* A block of the input, or a certificate already in the list. */
struct member {
	const struct digest *id; /* of the primary's packet */
	size_t seq;              /* position of its first appearance */
	struct block *block;     /* NULL: already in the list, at seq */
};

struct grouping {
	struct gather *g;
	struct member *members; /* sorted by id, then seq */
	size_t count;
	size_t known;        /* certificates in the list before */
	struct cert **built; /* by seq; NULL where nothing begins */
};

static int
cert_read_cmp_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = digest_cmp(x->id, y->id);

	if (c != 0)
		return c;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum status
cert_read_sort_members(struct grouping *gr)
{
	struct cert_list *list = gr->g->list;
	struct member *m;
	size_t i;

	gr->known = list->count;
	gr->count = gr->known + gr->g->block_count;
	gr->members = arena_array(gr->g->arena, gr->count, sizeof(*m));
	gr->built = arena_array(gr->g->arena, gr->count, sizeof(*gr->built));
	if (!gr->members || !gr->built)
		return STATUS_LIMIT;
	for (i = 0; i < gr->count; i++) {
		m = &gr->members[i];
		m->seq = i;
		if (i < gr->known) {
			m->id = &list->list[i]->primary.digest;
			continue;
		}
		m->block = &gr->g->blocks[i - gr->known];
		m->id = &m->block->id;
	}
	if (gr->count)
		qsort(gr->members, gr->count, sizeof(*m),
			cert_read_cmp_members);
	return STATUS_OK;
}

/* The blocks `from`..`end` of the members are one key: builds it. */
static enum status
cert_read_build(
	struct grouping *gr, size_t from, size_t end, struct cert **cert)
{
	const struct loose *loose = gr->g->loose;
	const struct loose **primaries, **parts;
	size_t i, k, n = 0, total = 0;
	const struct block *b;

	for (i = from; i < end; i++) {
		b = gr->members[i].block;
		total += b->end - b->primary - 1;
	}
	primaries =
		arena_array(gr->g->arena, end - from, sizeof(struct loose *));
	parts = arena_array(gr->g->arena, total, sizeof(struct loose *));
	if (!primaries || !parts)
		return STATUS_LIMIT;
	for (i = from; i < end; i++) {
		b = gr->members[i].block;
		primaries[i - from] = &loose[b->primary];
		for (k = b->primary + 1; k < b->end; k++)
			parts[n++] = &loose[k];
	}
	return cert_build(gr->g->arena, primaries, end - from, parts, n, cert);
}

/* Members `from`..`end` have one primary; at most the first is in the list. */
static enum status
cert_read_group(struct grouping *gr, size_t from, size_t end, struct err *err)
{
	struct cert_list *list = gr->g->list;
	struct member *first = &gr->members[from];
	struct cert *cert = NULL, *old = NULL;
	struct delta delta;
	enum status st;
	size_t i;

	for (i = from; i < end; i++) {
		if (gr->members[i].block)
			gr->members[i].block->cert = first->seq;
	}
	if (!first->block) {
		old = list->list[first->seq];
		from++;
	}
	if (from < end) {
		st = cert_read_build(gr, from, end, &cert);
		if (st != STATUS_OK)
			return st;
	}
	if (!cert) {
		cert = old;
	} else if (old) {
		st = merge_certs(gr->g->arena, old, cert, &cert, &delta);
		if (st != STATUS_OK)
			return st;
	}
	return level_apply(gr->g->arena, LEVEL_SKS, gr->g->limits, cert,
		&gr->built[first->seq], err);
}

static enum status
cert_read_groups(struct grouping *gr, struct err *err)
{
	size_t from, end;
	enum status st;

	for (from = 0; from < gr->count; from = end) {
		end = from + 1;
		while (end < gr->count && digest_cmp(gr->members[from].id,
						  gr->members[end].id) == 0)
			end++;
		st = cert_read_group(gr, from, end, err);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/* Puts what was built into the list, in order of first appearance, and says
 * in `place` where each went. */
static enum status
cert_read_list(struct grouping *gr, size_t *place)
{
	struct cert_list *list = gr->g->list;
	struct cert **all;
	size_t i, n = 0;
	enum status st;

	all = arena_array(gr->g->arena, gr->count, sizeof(struct cert *));
	if (!all)
		return STATUS_LIMIT;
	for (i = 0; i < gr->count; i++) {
		place[i] = SIZE_MAX;
		if (!gr->built[i])
			continue;
		if (n < gr->g->limits->max_certs) {
			place[i] = n;
			all[n++] = gr->built[i];
			continue;
		}
		st = cert_gather_note(gr->g, VERDICT_TOO_MANY_CERTS, SIZE_MAX,
			PACKET_PUBLIC_KEY);
		if (st != STATUS_OK)
			return st;
	}
	list->list = all;
	list->count = n;
	return STATUS_OK;
}

static void
cert_read_place_notes(const struct gather *g, size_t to, const size_t *place)
{
	struct cert_note *n;
	size_t i;

	for (i = g->first_note; i < to; i++) {
		n = &g->list->notes[i];
		if (n->cert != SIZE_MAX)
			n->cert = place[g->blocks[n->cert].cert];
	}
}

enum status
cert_read(struct arena *arena, struct bytes octets,
	const struct cert_limits *limits, struct cert_list *list,
	struct err *err)
{
	struct gather g;
	struct grouping gr;
	size_t last_note;
	enum status st;
	size_t *place;

	memset(&g, 0, sizeof(g));
	memset(&gr, 0, sizeof(gr));
	g.arena = arena;
	g.limits = limits;
	g.list = list;
	g.first_note = list->note_count;
	gr.g = &g;
	st = cert_gather_packets(&g, octets, err);
	if (st == STATUS_OK)
		st = cert_read_sort_members(&gr);
	if (st == STATUS_OK)
		st = cert_read_groups(&gr, err);
	if (st != STATUS_OK)
		return st;
	place = arena_array(arena, gr.count, sizeof(*place));
	if (!place)
		return STATUS_LIMIT;
	last_note = list->note_count;
	st = cert_read_list(&gr, place);
	if (st == STATUS_OK)
		cert_read_place_notes(&g, last_note, place);
	return st;
}
