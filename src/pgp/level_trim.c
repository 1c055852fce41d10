#include "pgp/level_work.h"

#include <stdlib.h>

#include "pgp/cert_build.h"
#include "pgp/digest.h"
#include "pgp/verify.h"

/*
 * What is kept first when a certificate is over its total. Signatures come
 * after all components, so that none is left without the one it hangs from;
 * those on the primary cannot be, so the owner's word may come before.
 */
enum tier {
	TIER_OWNER,      /* by the primary on itself */
	TIER_COMPONENT,  /* user IDs, attributes, subkeys */
	TIER_SELF,       /* by the primary on them */
	TIER_THIRD_PARTY /* the rest */
};

/* What is counted beside the octets: of each packet its digest, which whoever
 * works with it holds; of each subkey its fingerprint, to be found by. */
enum { ROW_PER_PACKET = 32, ROW_PER_SUBKEY = 35 };

struct ranked {
	enum tier tier;
	struct digest body;   /* SHA-256 of the body alone */
	struct digest placed; /* where bodies are equal */
	bool hangs;           /* on the component of that rank */
	size_t octets;        /* of a row */
	size_t seq;           /* in cert_walk's order */
};

struct ranking {
	const struct cert *cert;
	bool closed;
	size_t sig; /* index of the next signature below its component */
	struct ranked *list;
	size_t count;
};

/* Copies what is kept, in the order of the walk. */
struct keeping {
	const bool *keep;
	size_t seq;
	struct arena *arena;
};

static enum tier
level_tier(const struct ranking *r, const struct component *under,
	const struct packet *p)
{
	const struct signature *s;

	if (p->tag != PACKET_SIGNATURE)
		return TIER_COMPONENT;
	s = &under->sigs[r->sig];
	if (s->malformed || !verify_is_self(r->cert, s))
		return TIER_THIRD_PARTY;
	return under == &r->cert->primary ? TIER_OWNER : TIER_SELF;
}

static enum status
level_rank(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct ranking *r = ctx;
	struct ranked *it = &r->list[r->count];
	uint8_t header[6];

	if (p->tag != PACKET_SIGNATURE)
		r->sig = 0;
	it->tier = level_tier(r, under, p);
	if (r->closed && it->tier == TIER_SELF) {
		it->tier = TIER_COMPONENT;
		it->hangs = true;
	}
	it->body = work_rank(it->hangs ? &under->packet : p);
	it->placed = *placed;
	it->octets = ROW_PER_PACKET + p->body.len +
		     packet_write_header(p->tag, p->body.len,
			     r->cert->primary.key.fpr.version == 6, header);
	if (p->tag == PACKET_PUBLIC_SUBKEY)
		it->octets += ROW_PER_SUBKEY;
	it->seq = r->count++;
	r->sig += p->tag == PACKET_SIGNATURE;
	return STATUS_OK;
}

static int
level_cmp_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int c;

	if (x->tier != y->tier)
		return x->tier < y->tier ? -1 : 1;
	c = digest_cmp(&x->body, &y->body);
	if (c == 0)
		c = (int)x->hangs - (int)y->hangs;
	return c != 0 ? c : digest_cmp(&x->placed, &y->placed);
}

/*
 * Marks what stays: by rank, at most CERT_PACKETS_MAX, and up to and with the
 * packet that reaches `max`.
 * That one stays too, or "keep up to max octets" would not commute with
 * merging: a later, smaller packet could take the place of one that another
 * server has to refuse. So a certificate ends below max plus one packet.
 */
static void
level_mark(struct ranked *list, size_t n, size_t max, bool *keep)
{
	size_t i, total;

	/* The first of the walk is the primary key: always there. */
	keep[0] = true;
	total = list[0].octets;
	qsort(list + 1, n - 1, sizeof(*list), level_cmp_ranked);
	if (n > CERT_PACKETS_MAX)
		n = CERT_PACKETS_MAX;
	for (i = 1; i < n && (total < max || list[i].hangs); i++) {
		keep[list[i].seq] = true;
		total += list[i].octets;
	}
}

static enum status
level_keep_component(
	struct keeping *k, const struct component *in, struct component *out)
{
	size_t i, n = 0;

	*out = *in;
	k->seq++;
	for (i = 0; i < in->sig_count; i++)
		n += k->keep[k->seq + i];
	out->sigs = arena_array(k->arena, n, sizeof(*out->sigs));
	if (!out->sigs)
		return STATUS_LIMIT;
	out->sig_count = 0;
	for (i = 0; i < in->sig_count; i++) {
		if (k->keep[k->seq + i])
			out->sigs[out->sig_count++] = in->sigs[i];
	}
	k->seq += in->sig_count;
	return STATUS_OK;
}

static enum status
level_keep_list(struct keeping *k, const struct component *in, size_t n,
	struct component **list, size_t *count)
{
	struct component *out = arena_array(k->arena, n, sizeof(*out));
	enum status st;
	size_t i, kept = 0;

	if (!out)
		return STATUS_LIMIT;
	for (i = 0; i < n; i++) {
		if (!k->keep[k->seq]) {
			k->seq += 1 + in[i].sig_count;
			continue;
		}
		st = level_keep_component(k, &in[i], &out[kept++]);
		if (st != STATUS_OK)
			return st;
	}
	*list = out;
	*count = kept;
	return STATUS_OK;
}

static enum status
level_keep(struct arena *arena, const struct cert *in, const bool *keep,
	struct cert **kept)
{
	struct keeping k = {keep, 0, arena};
	struct cert *out = arena_alloc(arena, sizeof(*out));
	enum status st;

	if (!out)
		return STATUS_LIMIT;
	st = level_keep_component(&k, &in->primary, &out->primary);
	if (st == STATUS_OK)
		st = level_keep_list(&k, in->user_ids, in->user_id_count,
			&out->user_ids, &out->user_id_count);
	if (st == STATUS_OK)
		st = level_keep_list(&k, in->attributes, in->attribute_count,
			&out->attributes, &out->attribute_count);
	if (st == STATUS_OK)
		st = level_keep_list(&k, in->subkeys, in->subkey_count,
			&out->subkeys, &out->subkey_count);
	if (st != STATUS_OK)
		return st;
	cert_build_totals(out);
	st = cert_digest(arena, out);
	if (st == STATUS_OK)
		*kept = out;
	return st;
}

enum status
level_trim(struct arena *arena, const struct cert *in, size_t max, bool closed,
	struct cert **out)
{
	struct ranking r = {in, closed, 0, NULL, 0};
	enum status st;
	bool *keep;

	r.list = arena_array(arena, in->packet_count, sizeof(*r.list));
	keep = arena_array(arena, in->packet_count, sizeof(*keep));
	if (!r.list || !keep)
		return STATUS_LIMIT;
	st = cert_walk(in, level_rank, &r);
	if (st != STATUS_OK)
		return st;
	level_mark(r.list, r.count, max, keep);
	return level_keep(arena, in, keep, out);
}

bool
level_is_full(const struct cert *c, size_t max)
{
	/* Each packet stands in memory: no sum of these overflows. */
	return c->packet_count > CERT_PACKETS_MAX ||
	       c->octets + c->packet_count * ROW_PER_PACKET +
			       c->subkey_count * ROW_PER_SUBKEY >
		       max;
}
