#include "pgp/delta.h"

#include <string.h>

#include "pgp/cert_build.h"
#include "pgp/digest.h"
#include "pgp/verify.h"

struct cutting {
	struct arena *arena;
	const struct cert *cert;
	struct bytes digests;
	enum delta_dialect dialect;
	size_t hits;  /* packets of `digests` that go into the cut */
	size_t *work; /* for verify_is_plausible */
};

static struct digest
delta_packet_id(const struct cutting *c, const struct packet *p,
	const struct digest *known)
{
	struct digest id = *known;

	if (!c->cert->digested)
		digest_packet(p->tag, p->body, &id);
	return id;
}

static bool
delta_wants_sig(const struct cutting *c, const struct digest *component,
	const struct signature *s)
{
	struct digest id, placed;

	/* A local signature stays where it was made. */
	if (!s->malformed && !s->info.exportable)
		return false;
	id = delta_packet_id(c, &s->packet, &s->digest);
	digest_placed(component, &id, &placed);
	return digest_in(c->digests, &placed);
}

static bool
delta_binds(const struct cutting *c, const struct component *under,
	const struct signature *s)
{
	bool right_type = under->packet.tag == PACKET_PUBLIC_SUBKEY
				  ? s->info.type == SIG_SUBKEY_BINDING
				  : s->info.type >= SIG_GENERIC_CERT &&
					    s->info.type <= SIG_POSITIVE_CERT;

	return !s->malformed && right_type && s->info.exportable &&
	       verify_is_self(c->cert, s) &&
	       verify_is_plausible(c->cert, under, s, c->work);
}

/* The newest self-signature that makes the component worth keeping, or its
 * sig_count. Signatures stand in order of time. */
static size_t
delta_find_binding(const struct cutting *c, const struct component *under)
{
	size_t i;

	for (i = under->sig_count; i-- > 0;) {
		if (delta_binds(c, under, &under->sigs[i]))
			return i;
	}
	return under->sig_count;
}

static enum status
delta_cut_sigs(struct cutting *c, const struct component *in,
	const struct digest *id, struct component *out)
{
	bool is_primary = in == &c->cert->primary, bound = is_primary;
	size_t i, binding = in->sig_count, kept = 0;
	bool *keep = arena_array(c->arena, in->sig_count, sizeof(*keep));

	if (!keep)
		return STATUS_LIMIT;
	for (i = 0; i < in->sig_count; i++) {
		keep[i] = delta_wants_sig(c, id, &in->sigs[i]);
		c->hits += keep[i];
		kept += keep[i];
		bound = bound || (keep[i] && delta_binds(c, in, &in->sigs[i]));
	}
	if (!bound)
		binding = delta_find_binding(c, in);
	if (binding < in->sig_count) {
		keep[binding] = true;
		kept++;
	}
	out->sigs = arena_array(c->arena, kept, sizeof(*out->sigs));
	if (!out->sigs)
		return STATUS_LIMIT;
	out->sig_count = 0;
	for (i = 0; i < in->sig_count; i++) {
		if (keep[i])
			out->sigs[out->sig_count++] = in->sigs[i];
	}
	return STATUS_OK;
}

static bool
delta_wants_component(const struct cutting *c, const struct component *in,
	const struct digest *id)
{
	size_t i;

	if (digest_in(c->digests, id))
		return true;
	for (i = 0; i < in->sig_count; i++) {
		if (delta_wants_sig(c, id, &in->sigs[i]))
			return true;
	}
	/* pksd replaces the subkey it has by what a letter brings, also by
	 * none: pks-mail 3.3.1. */
	return c->dialect == DELTA_PKSD &&
	       in->packet.tag == PACKET_PUBLIC_SUBKEY;
}

static enum status
delta_cut_list(struct cutting *c, const struct component *in, size_t n,
	struct component **list, size_t *count)
{
	struct component *out = arena_array(c->arena, n, sizeof(*out));
	struct digest id;
	enum status st;
	size_t i, kept = 0;

	if (!out)
		return STATUS_LIMIT;
	for (i = 0; i < n; i++) {
		id = delta_packet_id(c, &in[i].packet, &in[i].digest);
		if (!delta_wants_component(c, &in[i], &id))
			continue;
		c->hits += digest_in(c->digests, &id);
		out[kept] = in[i];
		st = delta_cut_sigs(c, &in[i], &id, &out[kept++]);
		if (st != STATUS_OK)
			return st;
	}
	*list = out;
	*count = kept;
	return STATUS_OK;
}

static enum status
delta_cut_parts(struct cutting *c, struct cert *out)
{
	const struct cert *in = c->cert;
	struct digest id;
	enum status st;

	id = delta_packet_id(c, &in->primary.packet, &in->primary.digest);
	c->hits += digest_in(c->digests, &id);
	st = delta_cut_sigs(c, &in->primary, &id, &out->primary);
	if (st == STATUS_OK)
		st = delta_cut_list(c, in->user_ids, in->user_id_count,
			&out->user_ids, &out->user_id_count);
	out->attribute_count = 0;
	/* An attribute needs a new-format header, at which pksd stops. */
	if (st == STATUS_OK && c->dialect != DELTA_PKSD)
		st = delta_cut_list(c, in->attributes, in->attribute_count,
			&out->attributes, &out->attribute_count);
	if (st == STATUS_OK)
		st = delta_cut_list(c, in->subkeys, in->subkey_count,
			&out->subkeys, &out->subkey_count);
	return st;
}

enum status
delta_cut(struct arena *arena, const struct cert *cert, struct bytes digests,
	enum delta_dialect dialect, struct cert **cut)
{
	size_t work = verify_work(cert);
	struct cutting c = {arena, cert, digests, dialect, 0, &work};
	struct cert *out = arena_alloc(arena, sizeof(*out));
	enum status st;

	if (!out)
		return STATUS_LIMIT;
	*out = *cert;
	st = delta_cut_parts(&c, out);
	if (st != STATUS_OK)
		return st;
	if (c.hits == 0)
		return STATUS_NOT_FOUND;
	cert_build_totals(out);
	out->digested = false;
	st = cert_digest(arena, out);
	if (st == STATUS_OK)
		*cut = out;
	return st;
}

enum status
delta_union(
	struct arena *arena, struct bytes a, struct bytes b, struct bytes *out)
{
	enum { SIZE = sizeof(struct digest) };
	size_t i = 0, k = 0, n = 0, total;
	uint8_t *list;
	int c;

	if (__builtin_add_overflow(a.len, b.len, &total))
		return STATUS_LIMIT;
	list = arena_alloc(arena, total);
	if (!list)
		return STATUS_LIMIT;
	while (i + SIZE <= a.len || k + SIZE <= b.len) {
		if (i + SIZE > a.len)
			c = 1;
		else if (k + SIZE > b.len)
			c = -1;
		else
			c = memcmp(a.data + i, b.data + k, SIZE);
		memcpy(list + n, c <= 0 ? a.data + i : b.data + k, SIZE);
		n += SIZE;
		i += c <= 0 ? SIZE : 0;
		k += c >= 0 ? SIZE : 0;
	}
	*out = bytes_make(list, n);
	return STATUS_OK;
}
