#include "ingest/tombstone_rules.h"

#include "pgp/cert_build.h"
#include "pgp/user_id.h"

enum tombstone_rule
tombstones_of_key(const struct tombstones *t, struct bytes fingerprint)
{
	enum tombstone_kind kind;
	struct digest id;

	if (!tombstones_have_keys(t))
		return RULE_NONE;
	id = tombstone_key_id(t, fingerprint);
	if (!tombstones_find(t, &id, &kind))
		return RULE_NONE;
	return kind == TOMBSTONE_ERASE ? RULE_ERASE : RULE_BLOCK;
}

static enum tombstone_rule
of_fingerprint(const struct tombstones *t, const struct fingerprint *f)
{
	return tombstones_of_key(t, bytes_make(f->octets, f->len));
}

enum tombstone_rule
tombstones_of_primary(const struct tombstones *t, const struct cert_id *id)
{
	return of_fingerprint(t, &id->fpr);
}

enum tombstone_rule
tombstones_of_cert(const struct tombstones *t, const struct cert *cert)
{
	enum tombstone_rule worst, one;

	if (!tombstones_have_keys(t))
		return RULE_NONE;
	worst = of_fingerprint(t, &cert->id.fpr);
	for (size_t i = 0; worst != RULE_ERASE && i < cert->subkey_count; i++) {
		one = of_fingerprint(t, &cert->subkeys[i].key.fpr);
		worst = one > worst ? one : worst;
	}
	return worst;
}

/* ---- parts ------------------------------------------------------------ */

static bool
has(const struct tombstones *t, struct digest id)
{
	enum tombstone_kind kind;

	return tombstones_find(t, &id, &kind);
}

/* A full arena cannot tell: it does not stay, and the level fails anyway. */
static bool
bans_user_id(const struct tombstone_ban *b, struct bytes body)
{
	struct bytes text, email;
	enum status st;

	if (has(b->t, tombstone_user_id_id(b->t, body)))
		return true;
	st = user_id_text(b->arena, body, &text);
	if (st == STATUS_OK)
		st = user_id_email(b->arena, text, &email);
	if (st == STATUS_OK)
		st = user_id_email_key(b->arena, email, &email);
	if (st != STATUS_OK)
		return st == STATUS_LIMIT;
	return has(b->t, tombstone_email_id(b->t, email));
}

static bool
bans(const void *ctx, const struct component *under,
	const struct signature *sig)
{
	const struct tombstone_ban *b = ctx;
	struct digest hash;

	if (sig == NULL)
		return has(b->t, tombstone_packet_id(b->t, &under->digest)) ||
		       (under->packet.tag == PACKET_USER_ID &&
			       bans_user_id(b, under->packet.body));
	if (has(b->t, tombstone_packet_id(b->t, &sig->digest)))
		return true;
	level_signature_hash(sig, &hash);
	return has(b->t, tombstone_sig_id(b->t, &hash));
}

bool
tombstones_ban(const struct tombstones *t, struct arena *arena,
	struct tombstone_ban *out)
{
	*out = (struct tombstone_ban){{bans, out}, t, arena};
	return tombstones_have_parts(t);
}

/* ---- a blocked certificate -------------------------------------------- */

static bool
revokes_itself(const struct cert *cert, const struct signature *sig,
	struct verify_budget *budget, bool *spent)
{
	enum verify_result r;

	if (sig->malformed || sig->info.type != SIG_KEY_REVOCATION ||
		!sig->info.exportable || !verify_is_self(cert, sig))
		return false;
	r = verify_signature(
		cert, &cert->primary, &sig->info, &cert->primary.key, budget);
	*spent |= r == VERIFY_SPENT;
	return r == VERIFY_GOOD;
}

enum status
tombstone_reduce(struct arena *arena, const struct cert *cert,
	struct verify_budget *budget, bool *spent, struct cert **out)
{
	const struct component *p = &cert->primary;
	struct cert *left = arena_alloc(arena, sizeof(*left));
	struct signature *sigs =
		arena_array(arena, p->sig_count, sizeof(*sigs));
	size_t i, n = 0;

	if (left == NULL || sigs == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < p->sig_count; i++)
		if (revokes_itself(cert, &p->sigs[i], budget, spent))
			sigs[n++] = p->sigs[i];
	*left = (struct cert){.id = cert->id, .primary = *p};
	left->primary.sigs = sigs;
	left->primary.sig_count = n;
	cert_build_totals(left);
	*out = n > 0 ? left : NULL;
	return n > 0 ? cert_digest(arena, left) : STATUS_OK;
}
