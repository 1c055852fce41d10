#include "lookup/revokers.h"

#include <string.h>

#include "pgp/subpacket.h"
#include "pgp/verify.h"

enum {
	SUB_REVOKER = 12,
	REVOKER_CLASS = 0x80,
	REVOKERS_NAMED_MAX = 16, /* by one certificate */
	REVOKERS_SCRATCH = 8 << 20,
	REVOKERS_HASHED_MAX = 16 << 20
};

/* A key that somebody named, as far as we hold it. */
struct revoker {
	struct fingerprint fpr;
	bool found;
	struct public_key key;
};

struct revoking {
	struct store_session *session;
	struct arena *arena;
	struct revoker *known; /* each looked for once */
	size_t count;
	struct verify_budget budget;
};

struct named {
	struct fingerprint list[REVOKERS_NAMED_MAX];
	size_t count;
};

/* ---- who is named ----------------------------------------------------- */

static void
named_add(struct named *n, const struct signature_info *sig)
{
	struct reader in = reader_of(sig->hashed);
	struct fingerprint *f;
	struct subpacket p;

	while (n->count < REVOKERS_NAMED_MAX &&
		subpacket_next(&in, &p) == STATUS_OK) {
		if (p.type != SUB_REVOKER ||
			(p.body.len != 2 + 20 && p.body.len != 2 + 32) ||
			!(p.body.data[0] & REVOKER_CLASS))
			continue;
		f = &n->list[n->count++];
		memset(f, 0, sizeof(*f));
		f->len = (uint8_t)(p.body.len - 2);
		f->version = f->len == 20 ? 4 : 6;
		memcpy(f->octets, p.body.data + 2, f->len);
	}
}

static bool
names_somebody(const struct signature_info *sig)
{
	struct named n = {.count = 0};

	named_add(&n, sig);
	return n.count > 0;
}

/* By the primary's signatures on itself; each is verified, whatever the level
 * of the row. */
static void
named_find(struct revoking *r, const struct cert *cert, struct named *n)
{
	const struct component *c = &cert->primary;
	size_t i;

	n->count = 0;
	for (i = 0; i < c->sig_count; i++) {
		const struct signature *s = &c->sigs[i];

		if (s->malformed || !verify_is_self(cert, s) ||
			!names_somebody(&s->info))
			continue;
		if (verify_signature(cert, c, &s->info, &c->key, &r->budget) ==
			VERIFY_GOOD)
			named_add(n, &s->info);
	}
}

static const struct fingerprint *
named_maker(const struct named *n, const struct signature_info *sig)
{
	size_t i;

	for (i = 0; i < n->count; i++) {
		const struct fingerprint *f = &n->list[i];

		if (sig->has_issuer_fpr
				? sig->issuer_fpr.len == f->len &&
					  memcmp(sig->issuer_fpr.octets,
						  f->octets, f->len) == 0
				: sig->has_issuer &&
					  sig->issuer == fingerprint_key_id(f))
			return f;
	}
	return NULL;
}

/* ---- the revoker's key ------------------------------------------------ */

static void
revoker_read(struct revoking *r, struct revoker *it)
{
	struct arena *scratch = arena_new(REVOKERS_SCRATCH);
	struct store_query q = {.kind = QUERY_FINGERPRINT,
		.octets = bytes_make(it->fpr.octets, it->fpr.len)};
	struct cert_rows rows = {0};
	struct bytes body;
	struct cert *cert;

	if (store_find(r->session, &q, 1, scratch, &rows, NULL) == STATUS_OK &&
		rows.count == 1 && !rows.list[0].by_subkey &&
		rows.list[0].octets.len <= REVOKERS_OCTETS_MAX &&
		cert_read_stored(scratch, rows.list[0].octets, &cert, NULL) ==
			STATUS_OK &&
		arena_copy(r->arena, cert->primary.packet.body, &body) ==
			STATUS_OK)
		it->found = public_key_parse(body, &it->key, NULL) == STATUS_OK;
	arena_free(scratch);
}

/* NULL: it is not here, or was one too many. */
static const struct public_key *
revoker_key(struct revoking *r, const struct fingerprint *fpr)
{
	struct revoker *it;
	size_t i;

	for (i = 0; i < r->count; i++) {
		it = &r->known[i];
		if (it->fpr.len == fpr->len &&
			memcmp(it->fpr.octets, fpr->octets, fpr->len) == 0)
			return it->found ? &it->key : NULL;
	}
	if (r->count == REVOKERS_TRIES)
		return NULL;
	it = &r->known[r->count++];
	it->fpr = *fpr;
	revoker_read(r, it);
	return it->found ? &it->key : NULL;
}

/* ---- what they revoke ------------------------------------------------- */

static bool
is_foreign(const struct cert *cert, const struct signature *s, uint8_t type)
{
	return !s->malformed && s->info.type == type && s->info.exportable &&
	       !verify_is_self(cert, s);
}

/* The newest that counts; they are sorted by time. */
static const struct signature *
find_revocation(struct revoking *r, const struct cert *cert,
	const struct named *named, const struct component *c, uint8_t type,
	const struct public_key **by)
{
	const struct fingerprint *fpr;
	const struct public_key *key;
	size_t i;

	for (i = c->sig_count; i > 0; i--) {
		const struct signature *s = &c->sigs[i - 1];

		if (!is_foreign(cert, s, type))
			continue;
		fpr = named_maker(named, &s->info);
		key = fpr == NULL ? NULL : revoker_key(r, fpr);
		if (key == NULL || verify_signature(cert, c, &s->info, key,
					   &r->budget) != VERIFY_GOOD)
			continue;
		*by = key;
		return s;
	}
	return NULL;
}

static bool
has_foreign(const struct cert *cert, const struct component *c, uint8_t type)
{
	size_t i;

	for (i = 0; i < c->sig_count; i++)
		if (is_foreign(cert, &c->sigs[i], type))
			return true;
	return false;
}

static void
revoke_part(struct revoking *r, const struct cert *cert,
	const struct named *named, struct index_part *part, uint8_t type)
{
	const struct public_key *by = NULL;
	const struct signature *s;

	if (part->revoked || !has_foreign(cert, part->component, type))
		return;
	s = find_revocation(r, cert, named, part->component, type, &by);
	if (s == NULL)
		return;
	part->revoked = true;
	part->revocation = s;
	part->revoker = by->fpr;
}

static bool
is_needed(const struct index_cert *c)
{
	bool any = has_foreign(c->cert, &c->cert->primary, SIG_KEY_REVOCATION);
	size_t i;

	for (i = 0; !any && i < c->subkey_count; i++)
		any = has_foreign(c->cert, c->subkeys[i].component,
			SIG_SUBKEY_REVOCATION);
	return any;
}

bool
revokers_are_needed(const struct index_cert *certs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (is_needed(&certs[i]))
			return true;
	return false;
}

void
revoking_apply(struct revoking *r, struct index_cert *c)
{
	struct named named;
	size_t i;

	if (!is_needed(c))
		return;
	named_find(r, c->cert, &named);
	if (named.count == 0)
		return;
	revoke_part(r, c->cert, &named, &c->key, SIG_KEY_REVOCATION);
	c->revoked = c->key.revoked;
	for (i = 0; i < c->subkey_count; i++)
		revoke_part(r, c->cert, &named, &c->subkeys[i],
			SIG_SUBKEY_REVOCATION);
}

struct revoking *
revoking_new(struct store_session *s, struct arena *arena)
{
	struct revoking *r = arena_alloc(arena, sizeof(*r));

	if (r == NULL)
		return NULL;
	*r = (struct revoking){.session = s,
		.arena = arena,
		.budget = {REVOKERS_HASHED_MAX, REVOKERS_VERIFICATIONS}};
	r->known = arena_array(arena, REVOKERS_TRIES, sizeof(*r->known));
	return r->known == NULL ? NULL : r;
}

enum status
revokers_apply(struct store_session *s, struct index_cert *certs, size_t count,
	struct arena *arena)
{
	struct revoking *r = revoking_new(s, arena);
	size_t i;

	if (r == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < count; i++)
		revoking_apply(r, &certs[i]);
	return STATUS_OK;
}
