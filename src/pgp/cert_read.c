#include <stdlib.h>
#include <string.h>

#include "pgp/cert_gather.h"
#include "pgp/digest.h"
#include "pgp/level.h"

const struct cert_limits cert_limits_default = {
	.max_certs = 1000,
	.max_packets = 20000,
	.max_user_id = 2048,
	.max_attribute = 65536,
	.max_signature = 65535,
	.max_key = 65535,
	.max_total = (size_t)30 * 1024 * 1024,
	.secret = CERT_SECRET_REFUSES,
	.max_user_ids = 128,
	.max_attributes = 4,
	.max_subkeys = 256,
	.max_self_sigs = 256,
	.max_third_party = 1024,
};

struct member {
	struct block *block;
	size_t seq; /* position in the input */
};

struct grouping {
	struct gather *g;
	struct member *members; /* sorted by the primary's id, then seq */
	size_t count;
	struct cert **built; /* by seq; NULL where nothing begins */
};

static int
cert_read_cmp_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = digest_cmp(&x->block->id, &y->block->id);

	if (c != 0)
		return c;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum status
cert_read_sort_members(struct grouping *gr)
{
	struct gather *g = gr->g;
	size_t i;

	gr->count = g->block_count;
	gr->members = arena_array(g->arena, gr->count, sizeof(*gr->members));
	gr->built = arena_array(g->arena, gr->count, sizeof(*gr->built));
	if (!gr->members || !gr->built)
		return STATUS_LIMIT;
	for (i = 0; i < gr->count; i++) {
		gr->members[i].block = &g->blocks[i];
		gr->members[i].seq = i;
	}
	if (gr->count > 1)
		qsort(gr->members, gr->count, sizeof(*gr->members),
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
	enum status st;

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
	st = cert_build(gr->g->arena, primaries, end - from, parts, n, cert);
	if (st != STATUS_OK)
		return st;
	return gr->g->limits->no_packet_ids
		       ? digest_sks(gr->g->arena, *cert, &(*cert)->sks_digest)
		       : cert_digest(gr->g->arena, *cert);
}

/* Members `from`..`end` have one primary. */
static enum status
cert_read_group(struct grouping *gr, size_t from, size_t end)
{
	struct level_rules rules = {
		.level = LEVEL_SKS, .limits = gr->g->limits};
	size_t i, seq = gr->members[from].seq;
	struct level_result r;
	struct cert *cert;
	enum status st;

	for (i = from; i < end; i++)
		gr->members[i].block->cert = seq;
	st = cert_read_build(gr, from, end, &cert);
	if (st != STATUS_OK)
		return st;
	/* What no level holds need not be carried on. */
	st = level_apply(gr->g->arena, &rules, cert, &r);
	if (st != STATUS_OK)
		return st;
	gr->built[seq] = r.cert;
	if (r.cert->packet_count == cert->packet_count)
		return STATUS_OK;
	return cert_gather_note(
		gr->g, VERDICT_OVER_LIMIT, seq, PACKET_PUBLIC_KEY);
}

static enum status
cert_read_groups(struct grouping *gr)
{
	size_t from, end;
	enum status st;

	for (from = 0; from < gr->count; from = end) {
		end = from + 1;
		while (end < gr->count &&
			digest_cmp(&gr->members[from].block->id,
				&gr->members[end].block->id) == 0)
			end++;
		st = cert_read_group(gr, from, end);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/* Adds what was built to the list, in order of first appearance, and says in
 * `place` where each went. */
static enum status
cert_read_list(struct grouping *gr, size_t *place)
{
	struct cert_list *list = gr->g->list;
	void *grown = list->list;
	enum status st;
	size_t i;

	st = arena_grow(gr->g->arena, &grown, &list->cap,
		list->count + gr->count, sizeof(*list->list));
	if (st != STATUS_OK)
		return st;
	list->list = grown;
	for (i = 0; i < gr->count; i++) {
		place[i] = SIZE_MAX;
		if (!gr->built[i])
			continue;
		if (list->count < gr->g->limits->max_certs) {
			place[i] = list->count;
			list->list[list->count++] = gr->built[i];
			continue;
		}
		st = cert_gather_note(gr->g, VERDICT_TOO_MANY_CERTS, SIZE_MAX,
			PACKET_PUBLIC_KEY);
		if (st != STATUS_OK)
			return st;
	}
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
		st = cert_read_groups(&gr);
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
