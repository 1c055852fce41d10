#include "pgp/cert_build.h"

#include <stdlib.h>

#include "pgp/digest.h"

/* What the order of signatures looks at first: malformed ones last, then
 * revocations first, then time. */
enum { RANK_MALFORMED = 33, RANK_NO_REVOCATION = 32 };

/* The loose packets that become one component. */
struct run {
	const struct loose *const *list;
	size_t count;
};

static uint64_t
cert_build_rank(bool malformed, const struct signature_info *info)
{
	bool revokes;

	if (malformed)
		return (uint64_t)1 << RANK_MALFORMED;
	revokes = info->type == SIG_KEY_REVOCATION ||
		  info->type == SIG_SUBKEY_REVOCATION ||
		  info->type == SIG_CERT_REVOCATION;
	return (uint64_t)!revokes << RANK_NO_REVOCATION | info->created;
}

int
cert_build_cmp_sigs(const struct signature *a, const struct signature *b)
{
	uint64_t x = cert_build_rank(a->malformed, &a->info);
	uint64_t y = cert_build_rank(b->malformed, &b->info);

	if (x != y)
		return x < y ? -1 : 1;
	return bytes_cmp(a->packet.body, b->packet.body);
}

static int
cert_build_cmp(const void *a, const void *b)
{
	return cert_build_cmp_sigs(a, b);
}

static int
cert_build_cmp_parts(const void *a, const void *b)
{
	const struct loose *x = *(const struct loose *const *)a;
	const struct loose *y = *(const struct loose *const *)b;
	static const uint8_t order[64] = {
		[PACKET_USER_ID] = 0,
		[PACKET_USER_ATTRIBUTE] = 1,
		[PACKET_PUBLIC_SUBKEY] = 2,
	};

	if (x->packet.tag != y->packet.tag)
		return order[x->packet.tag] - order[y->packet.tag];
	return bytes_cmp(x->packet.body, y->packet.body);
}

static size_t
cert_build_count_sigs(struct run run)
{
	size_t i, n = 0;

	for (i = 0; i < run.count; i++)
		n += run.list[i]->sig_count;
	return n;
}

/* Sorted, each once. */
static size_t
cert_build_fold(struct signature *sigs, size_t n)
{
	size_t i, kept = 1;

	for (i = 1; i < n; i++) {
		if (cert_build_cmp_sigs(&sigs[kept - 1], &sigs[i]) == 0)
			continue;
		if (kept < i)
			sigs[kept] = sigs[i];
		kept++;
	}
	return kept;
}

static void
cert_build_parse(const struct packet *p, struct signature *s)
{
	s->packet.tag = PACKET_SIGNATURE;
	s->packet.body = p->body;
	s->malformed = signature_parse(p->body, &s->info, NULL) != STATUS_OK;
}

/* The union of the signatures below all of `run`, sorted and folded. */
static enum status
cert_build_sigs(struct arena *arena, struct run run, struct component *c)
{
	size_t i, k, at = 0, n = cert_build_count_sigs(run);

	if (n == 0)
		return STATUS_OK;
	c->sigs = arena_array(arena, n, sizeof(*c->sigs));
	if (!c->sigs)
		return STATUS_LIMIT;
	for (i = 0; i < run.count; i++)
		for (k = 0; k < run.list[i]->sig_count; k++)
			cert_build_parse(&run.list[i]->sigs[k], &c->sigs[at++]);
	qsort(c->sigs, n, sizeof(*c->sigs), cert_build_cmp);
	c->sig_count = cert_build_fold(c->sigs, n);
	return STATUS_OK;
}

static enum status
cert_build_component(struct arena *arena, struct run run, struct component *c)
{
	c->packet = run.list[0]->packet;
	c->key = run.list[0]->key;
	return cert_build_sigs(arena, run, c);
}

/* Equal neighbours from `at` on. */
static struct run
cert_build_run(const struct loose **parts, size_t n, size_t at)
{
	struct run run = {parts + at, 1};

	while (at + run.count < n &&
		cert_build_cmp_parts(&parts[at], &parts[at + run.count]) == 0)
		run.count++;
	return run;
}

/* All components of one tag; `*at` moves to the first of another one. */
static enum status
cert_build_list(struct arena *arena, uint8_t tag, const struct loose **parts,
	size_t n, size_t *at, struct component **list, size_t *count)
{
	size_t i, distinct = 0;
	struct run run;
	enum status st;

	for (i = *at; i < n && parts[i]->packet.tag == tag; i += run.count) {
		run = cert_build_run(parts, n, i);
		distinct++;
	}
	*list = arena_array(arena, distinct, sizeof(**list));
	if (!*list)
		return STATUS_LIMIT;
	for (i = 0; i < distinct; i++) {
		run = cert_build_run(parts, n, *at);
		st = cert_build_component(arena, run, &(*list)[i]);
		if (st != STATUS_OK)
			return st;
		*at += run.count;
	}
	*count = distinct;
	return STATUS_OK;
}

static void
cert_build_total(const struct component *list, size_t n, bool v6, size_t *count,
	size_t *octets)
{
	const struct signature *s;
	uint8_t header[6];
	size_t i, k;

	for (i = 0; i < n; i++) {
		*count += 1 + list[i].sig_count;
		*octets += list[i].packet.body.len +
			   packet_write_header(list[i].packet.tag,
				   list[i].packet.body.len, v6, header);
		for (k = 0; k < list[i].sig_count; k++) {
			s = &list[i].sigs[k];
			*octets += s->packet.body.len +
				   packet_write_header(PACKET_SIGNATURE,
					   s->packet.body.len, v6, header);
		}
	}
}

void
cert_build_totals(struct cert *c)
{
	bool v6 = c->primary.key.fpr.version == 6;
	size_t count = 0, octets = 0;

	c->id.fpr = c->primary.key.fpr;
	if (c->id.fpr.version < 4)
		crypto_sha256(&c->primary.packet.body, 1, &c->id.body_sha256);
	cert_build_total(&c->primary, 1, v6, &count, &octets);
	cert_build_total(c->user_ids, c->user_id_count, v6, &count, &octets);
	cert_build_total(
		c->attributes, c->attribute_count, v6, &count, &octets);
	cert_build_total(c->subkeys, c->subkey_count, v6, &count, &octets);
	c->packet_count = count;
	c->octets = octets;
}

enum status
cert_build(struct arena *arena, const struct loose *const *primaries,
	size_t primary_count, const struct loose **parts, size_t part_count,
	struct cert **cert)
{
	struct cert *c = arena_alloc(arena, sizeof(*c));
	struct run primary = {primaries, primary_count};
	size_t at = 0;
	enum status st;

	if (!c)
		return STATUS_LIMIT;
	if (part_count > 1)
		qsort(parts, part_count, sizeof(*parts), cert_build_cmp_parts);
	st = cert_build_component(arena, primary, &c->primary);
	if (st == STATUS_OK)
		st = cert_build_list(arena, PACKET_USER_ID, parts, part_count,
			&at, &c->user_ids, &c->user_id_count);
	if (st == STATUS_OK)
		st = cert_build_list(arena, PACKET_USER_ATTRIBUTE, parts,
			part_count, &at, &c->attributes, &c->attribute_count);
	if (st == STATUS_OK)
		st = cert_build_list(arena, PACKET_PUBLIC_SUBKEY, parts,
			part_count, &at, &c->subkeys, &c->subkey_count);
	if (st != STATUS_OK)
		return st;
	cert_build_totals(c);
	*cert = c;
	return STATUS_OK;
}
