#include "pgp/cert.h"

#include <stdlib.h>

#include "pgp/cert_build.h"
#include "pgp/digest.h"

typedef enum status cert_each(void *ctx, struct component *c);

/* All components of a certificate, the primary first, in canonical order. */
struct section {
	struct component *list;
	size_t count;
};

enum { SECTIONS = 4 };

static void
cert_sections(const struct cert *c, struct section out[SECTIONS])
{
	/* The primary is a member of `c`; only cert_digest writes to it, and
	 * it got `c` without const. */
	out[0].list = (struct component *)(uintptr_t)&c->primary;
	out[0].count = 1;
	out[1].list = c->user_ids;
	out[1].count = c->user_id_count;
	out[2].list = c->attributes;
	out[2].count = c->attribute_count;
	out[3].list = c->subkeys;
	out[3].count = c->subkey_count;
}

static enum status
cert_each_component(const struct cert *cert, cert_each *each, void *ctx)
{
	struct section sections[SECTIONS];
	enum status st;
	size_t i, k;

	cert_sections(cert, sections);
	for (i = 0; i < SECTIONS; i++) {
		for (k = 0; k < sections[i].count; k++) {
			st = each(ctx, &sections[i].list[k]);
			if (st != STATUS_OK)
				return st;
		}
	}
	return STATUS_OK;
}

static enum status
cert_digest_component(void *ctx, struct component *c)
{
	struct signature *s;
	size_t i;

	(void)ctx;
	digest_packet(c->packet.tag, c->packet.body, &c->digest);
	for (i = 0; i < c->sig_count; i++) {
		s = &c->sigs[i];
		digest_packet(PACKET_SIGNATURE, s->packet.body, &s->digest);
	}
	return STATUS_OK;
}

enum status
cert_digest(struct arena *arena, struct cert *cert)
{
	enum status st;

	if (cert->digested)
		return STATUS_OK;
	st = cert_each_component(cert, cert_digest_component, NULL);
	if (st != STATUS_OK)
		return st;
	st = digest_sks(arena, cert, &cert->sks_digest);
	cert->digested = st == STATUS_OK;
	return st;
}

struct writing {
	struct buf *out;
	bool v6;
};

static enum status
cert_write_component(void *ctx, struct component *c)
{
	struct writing *w = ctx;
	enum status st;
	size_t i;

	st = packet_write(w->out, c->packet.tag, c->packet.body, w->v6);
	for (i = 0; st == STATUS_OK && i < c->sig_count; i++)
		st = packet_write(w->out, PACKET_SIGNATURE,
			c->sigs[i].packet.body, w->v6);
	return st;
}

enum status
cert_write(const struct cert *cert, struct buf *out)
{
	struct writing w = {out, cert->primary.key.fpr.version == 6};
	enum status st;

	st = buf_reserve(out, cert->octets);
	if (st != STATUS_OK)
		return st;
	return cert_each_component(cert, cert_write_component, &w);
}

struct walking {
	cert_visit *visit;
	void *ctx;
	bool digested;
};

static enum status
cert_walk_component(void *ctx, struct component *c)
{
	struct walking *w = ctx;
	struct digest own, sig, placed;
	const struct signature *s;
	enum status st;
	size_t i;

	own = c->digest;
	if (!w->digested)
		digest_packet(c->packet.tag, c->packet.body, &own);
	st = w->visit(w->ctx, &c->packet, c, &own);
	for (i = 0; st == STATUS_OK && i < c->sig_count; i++) {
		s = &c->sigs[i];
		sig = s->digest;
		if (!w->digested)
			digest_packet(PACKET_SIGNATURE, s->packet.body, &sig);
		digest_placed(&own, &sig, &placed);
		st = w->visit(w->ctx, &s->packet, c, &placed);
	}
	return st;
}

enum status
cert_walk(const struct cert *cert, cert_visit *visit, void *ctx)
{
	struct walking w = {visit, ctx, cert->digested};

	return cert_each_component(cert, cert_walk_component, &w);
}

struct placing {
	struct digest *list;
	size_t count;
};

static enum status
cert_place(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct placing *pl = ctx;

	(void)p;
	(void)under;
	pl->list[pl->count++] = *placed;
	return STATUS_OK;
}

static int
cert_cmp_digests(const void *a, const void *b)
{
	return digest_cmp(a, b);
}

enum status
cert_placed_digests(
	struct arena *arena, const struct cert *cert, struct bytes *sorted)
{
	struct placing pl = {NULL, 0};
	enum status st;

	pl.list = arena_array(arena, cert->packet_count, sizeof(*pl.list));
	if (!pl.list)
		return STATUS_LIMIT;
	st = cert_walk(cert, cert_place, &pl);
	if (st != STATUS_OK)
		return st;
	qsort(pl.list, pl.count, sizeof(*pl.list), cert_cmp_digests);
	*sorted = bytes_make(pl.list, pl.count * sizeof(*pl.list));
	return STATUS_OK;
}

static enum status
cert_flag_component(void *ctx, struct component *c)
{
	uint32_t *flags = ctx;
	size_t i;

	for (i = 0; i < c->sig_count; i++)
		if (c->sigs[i].malformed || !c->sigs[i].info.exportable)
			*flags |= CERT_HAS_UNSERVED;
	if (c->packet.tag != PACKET_PUBLIC_KEY &&
		c->packet.tag != PACKET_PUBLIC_SUBKEY)
		return STATUS_OK;
	/* SKS knows versions 2 to 4 only and refuses a key with another. */
	if (c->key.fpr.version > 4)
		*flags |= CERT_HAS_V5_V6 | CERT_NOT_SKS;
	if (!public_key_is_known(&c->key))
		*flags |= CERT_UNKNOWN_ALGORITHM;
	return STATUS_OK;
}

uint32_t
cert_flags(const struct cert *cert)
{
	uint32_t flags = 0;
	enum status st;

	if (!public_key_verifies(&cert->primary.key))
		flags |= CERT_UNVERIFIED;
	st = cert_each_component(cert, cert_flag_component, &flags);
	(void)st; /* the callback cannot fail */
	return flags;
}
