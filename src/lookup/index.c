#include "lookup/index.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/level.h"
#include "pgp/verify.h"

/* What is looked at while one row is described. */
struct index_view {
	struct arena *arena;
	const struct cert_row *row;
	const struct cert *cert;
	int64_t now;
	bool signatures;
	size_t *work; /* for verify_is_plausible */
	/* For its own revocations in a row that was never verified. */
	struct verify_budget *own;
};

/* ---- signatures ------------------------------------------------------- */

struct index_kind_row {
	uint8_t type;
	enum index_sig_kind kind;
};

static const struct index_kind_row index_kinds[] = {
	{SIG_GENERIC_CERT, INDEX_SIG_CERTIFICATION},
	{SIG_PERSONA_CERT, INDEX_SIG_CERTIFICATION},
	{SIG_CASUAL_CERT, INDEX_SIG_CERTIFICATION},
	{SIG_POSITIVE_CERT, INDEX_SIG_CERTIFICATION},
	{SIG_SUBKEY_BINDING, INDEX_SIG_BINDING},
	{SIG_DIRECT_KEY, INDEX_SIG_DIRECT},
	{SIG_KEY_REVOCATION, INDEX_SIG_REVOCATION},
	{SIG_SUBKEY_REVOCATION, INDEX_SIG_REVOCATION},
	{SIG_CERT_REVOCATION, INDEX_SIG_REVOCATION},
};

static enum index_sig_kind
index_kind(const struct signature *sig, bool self)
{
	size_t i;

	for (i = 0; i < sizeof(index_kinds) / sizeof(index_kinds[0]); i++) {
		if (index_kinds[i].type != sig->info.type)
			continue;
		if (index_kinds[i].kind == INDEX_SIG_CERTIFICATION && self)
			return INDEX_SIG_SELF;
		return index_kinds[i].kind;
	}
	return INDEX_SIG_OTHER;
}

static bool
index_is_certification(const struct signature *sig)
{
	return index_kind(sig, false) == INDEX_SIG_CERTIFICATION;
}

static int64_t
index_sig_expires(const struct signature *sig)
{
	if (sig->info.expires_after == 0)
		return 0;
	return (int64_t)sig->info.created + sig->info.expires_after;
}

static bool
index_is_past(int64_t expires, int64_t now)
{
	return expires != 0 && expires <= now;
}

/*
 * By the primary itself, as far as a look tells; local ones are not served
 * and do not count. The hash comes last.
 */
static bool
index_is_valid_self(const struct index_view *v, const struct component *under,
	const struct signature *sig)
{
	return sig->info.exportable && verify_is_self(v->cert, sig) &&
	       verify_is_plausible(v->cert, under, sig, v->work);
}

/* Anybody can write a plausible one: nothing is shown as revoked by it. */
static bool
index_is_made_by_key(const struct index_view *v, const struct component *under,
	const struct signature *sig)
{
	if (v->row->level != (uint8_t)LEVEL_SKS ||
		index_kind(sig, true) != INDEX_SIG_REVOCATION)
		return true;
	return verify_is_own(v->cert, under, &sig->info, v->own);
}

/* Who has found a secret can revoke with it, too: later, and for a harmless
 * reason, which must not hide what the owner said. */
static int
index_weight(const struct signature *sig)
{
	return sig->info.type == SIG_KEY_REVOCATION ||
			       sig->info.type == SIG_SUBKEY_REVOCATION
		       ? verify_gravity(&sig->info)
		       : 0;
}

static bool
index_outweighs(const struct signature *a, const struct signature *b)
{
	int x = index_weight(a), y = index_weight(b);

	return x > y || (x == y && a->info.created > b->info.created);
}

/*
 * The weightiest and then newest valid self-signature of a type, or of any
 * certification when `type` is 0; NULL for none. They are sorted by time, so
 * that the last one that is good is the one, and few need a hash.
 */
static const struct signature *
index_newest(
	const struct index_view *v, const struct component *c, uint8_t type)
{
	const struct signature *best = NULL, *sig;
	size_t i;

	for (i = c->sig_count; i > 0; i--) {
		sig = &c->sigs[i - 1];
		if (sig->malformed)
			continue;
		if (type == 0 ? !index_is_certification(sig)
			      : sig->info.type != type)
			continue;
		if (best != NULL && !index_outweighs(sig, best))
			continue;
		if (index_is_valid_self(v, c, sig) &&
			index_is_made_by_key(v, c, sig))
			best = sig;
	}
	return best;
}

static enum status
index_list_sigs(const struct index_view *v, struct index_part *part)
{
	const struct component *c = part->component;
	const struct signature *sig;
	const size_t max = 2 * INDEX_SIGS_MAX;
	size_t listed[2] = {0, 0};
	struct index_sig *out;
	size_t i;
	bool self;

	if (!v->signatures)
		return STATUS_OK;
	out = arena_array(v->arena, c->sig_count < max ? c->sig_count : max,
		sizeof(*out));
	if (out == NULL)
		return STATUS_LIMIT;
	part->sigs = out;
	for (i = 0; i < c->sig_count; i++) {
		sig = &c->sigs[i];
		/* Malformed and local ones are stored and never shown. */
		if (sig->malformed || !sig->info.exportable)
			continue;
		/* A crowd of others does not hide the key's own. */
		self = verify_is_self(v->cert, sig);
		if (listed[self]++ >= INDEX_SIGS_MAX) {
			part->sigs_left++;
			continue;
		}
		out->sig = sig;
		out->self = self;
		out->plausible = verify_is_plausible(v->cert, c, sig, v->work);
		out->kind = index_kind(sig, out->self);
		out->created = sig->info.created;
		out->expires = index_sig_expires(sig);
		out++;
	}
	part->sig_count = (size_t)(out - part->sigs);
	return STATUS_OK;
}

/* ---- parts ------------------------------------------------------------ */

static enum status
index_user_id(const struct index_view *v, const struct component *c,
	struct index_part *part)
{
	const struct signature *self = index_newest(v, c, 0), *revoked;

	memset(part, 0, sizeof(*part));
	part->component = c;
	part->text = c->packet.body;
	part->valid = self != NULL;
	if (self != NULL) {
		part->created = self->info.created;
		part->expires = index_sig_expires(self);
		part->expired = index_is_past(part->expires, v->now);
		part->primary = self->info.primary_user_id;
		part->has_flags = self->info.has_flags;
		part->flags = self->info.flags;
	}
	revoked = index_newest(v, c, SIG_CERT_REVOCATION);
	/* A newer self-signature takes a user ID back into use. */
	part->revoked =
		revoked != NULL &&
		(self == NULL || revoked->info.created >= self->info.created);
	if (part->revoked)
		part->revocation = revoked;
	return index_list_sigs(v, part);
}

static int64_t
index_key_expires(const struct public_key *key, const struct signature *sig)
{
	if (key->fpr.version <= 3)
		return key->v3_days == 0
			       ? 0
			       : (int64_t)key->created +
					 (int64_t)key->v3_days * 86400;
	if (sig == NULL || !sig->info.has_key_expiry ||
		sig->info.key_expires_after == 0)
		return 0;
	return (int64_t)key->created + sig->info.key_expires_after;
}

static enum status
index_subkey(const struct index_view *v, const struct component *c,
	struct index_part *part)
{
	const struct signature *bind = index_newest(v, c, SIG_SUBKEY_BINDING);
	const struct signature *revoked;

	memset(part, 0, sizeof(*part));
	part->component = c;
	part->valid = verify_is_bound(v->cert, c, v->work);
	part->created = c->key.created;
	part->expires = index_key_expires(&c->key, bind);
	part->expired = index_is_past(part->expires, v->now);
	if (bind != NULL) {
		part->has_flags = bind->info.has_flags;
		part->flags = bind->info.flags;
	}
	revoked = index_newest(v, c, SIG_SUBKEY_REVOCATION);
	part->revoked =
		revoked != NULL &&
		(bind == NULL || verify_is_hard_revocation(&revoked->info) ||
			revoked->info.created >= bind->info.created);
	if (part->revoked)
		part->revocation = revoked;
	return index_list_sigs(v, part);
}

typedef enum status index_part_maker(const struct index_view *v,
	const struct component *c, struct index_part *part);

static enum status
index_parts(const struct index_view *v, const struct component *list,
	size_t count, index_part_maker *make, struct index_part **parts)
{
	struct index_part *out = arena_array(v->arena, count, sizeof(*out));
	enum status st = STATUS_OK;
	size_t i;

	if (out == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < count; i++)
		st = make(v, &list[i], &out[i]);
	*parts = out;
	return st;
}

/* ---- the whole -------------------------------------------------------- */

/* Those marked primary and in use, then by newest, then by text, so that the
 * order never depends on chance. */
static int
index_compare_user_ids(const void *a, const void *b)
{
	const struct index_part *x = a, *y = b;
	bool px = x->valid && x->primary && !x->revoked;
	bool py = y->valid && y->primary && !y->revoked;

	if (x->valid != y->valid)
		return x->valid ? -1 : 1;
	if (px != py)
		return px ? -1 : 1;
	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	return bytes_cmp(x->text, y->text);
}

/*
 * Several may claim to be primary, or none: the first one in use after
 * sorting is, and comes first, for clients show that one.
 */
static void
index_order_user_ids(struct index_cert *c)
{
	struct index_part first;
	size_t i, n = 0;

	if (c->user_id_count == 0)
		return;
	qsort(c->user_ids, c->user_id_count, sizeof(*c->user_ids),
		index_compare_user_ids);
	while (n < c->user_id_count && c->user_ids[n].valid &&
		c->user_ids[n].revoked)
		n++;
	if (n == c->user_id_count || !c->user_ids[n].valid)
		n = 0;
	first = c->user_ids[n];
	memmove(c->user_ids + 1, c->user_ids, n * sizeof(first));
	c->user_ids[0] = first;
	c->user_ids[0].primary = first.valid;
	for (i = 1; i < c->user_id_count; i++)
		c->user_ids[i].primary = false;
	/* The others by newest alone, whatever they claim to be. */
	qsort(c->user_ids + 1, c->user_id_count - 1, sizeof(*c->user_ids),
		index_compare_user_ids);
}

/* Expiry: from the newest of direct-key and primary user ID's signatures. */
static void
index_primary(const struct index_view *v, struct index_cert *c)
{
	const struct component *primary = &v->cert->primary;
	const struct signature *best, *uid = NULL;

	best = index_newest(v, primary, SIG_DIRECT_KEY);
	if (c->user_id_count > 0 && c->user_ids[0].valid)
		uid = index_newest(v, c->user_ids[0].component, 0);
	if (uid != NULL &&
		(best == NULL || uid->info.created > best->info.created))
		best = uid;
	c->created = primary->key.created;
	c->expires = index_key_expires(&primary->key, best);
	c->expired = index_is_past(c->expires, v->now);
	c->key.revocation = index_newest(v, primary, SIG_KEY_REVOCATION);
	c->revoked = c->key.revocation != NULL;
	c->key.component = primary;
	c->key.valid = true;
	c->key.revoked = c->revoked;
	c->key.expired = c->expired;
	c->key.created = c->created;
	c->key.expires = c->expires;
	if (best != NULL) {
		c->key.has_flags = best->info.has_flags;
		c->key.flags = best->info.flags;
	}
}

enum status
index_describe(struct arena *arena, const struct cert_row *row, int64_t now,
	bool signatures, struct index_cert *out, struct err *err)
{
	struct index_view v = {.arena = arena,
		.row = row,
		.now = now,
		.signatures = signatures};
	struct verify_budget own;
	struct index_cert c = {.row = row};
	struct cert *cert;
	enum status st;
	size_t work;

	st = cert_read_stored(arena, row->octets, &cert, err);
	if (st != STATUS_OK)
		return st;
	v.cert = c.cert = cert;
	work = verify_work(cert);
	v.work = &work;
	own.octets = work;
	own.operations = VERIFY_WHEN_SERVING;
	v.own = &own;
	c.user_id_count = cert->user_id_count;
	c.attribute_count = cert->attribute_count;
	c.subkey_count = cert->subkey_count;
	st = index_parts(&v, cert->user_ids, cert->user_id_count, index_user_id,
		&c.user_ids);
	if (st == STATUS_OK)
		st = index_parts(&v, cert->attributes, cert->attribute_count,
			index_user_id, &c.attributes);
	if (st == STATUS_OK)
		st = index_parts(&v, cert->subkeys, cert->subkey_count,
			index_subkey, &c.subkeys);
	if (st != STATUS_OK)
		return st;
	index_order_user_ids(&c);
	index_primary(&v, &c);
	st = index_list_sigs(&v, &c.key);
	if (st == STATUS_OK)
		*out = c;
	return st;
}
