#include "lookup/signers.h"

#include <string.h>

#include "base/clock.h"
#include "pgp/level.h"

enum { SIGNERS_SCRATCH = 8 << 20 };

static bool
signer_is(const struct signer *s, const struct signature_info *sig)
{
	if (sig->has_issuer_fpr)
		return s->by_fpr && s->fpr.len == sig->issuer_fpr.len &&
		       memcmp(s->fpr.octets, sig->issuer_fpr.octets,
			       s->fpr.len) == 0;
	return !s->by_fpr && s->key_id == sig->issuer;
}

const struct signer *
signers_get(const struct signers *list, const struct signature_info *sig)
{
	size_t i;

	if (!sig->has_issuer_fpr && !sig->has_issuer)
		return NULL;
	for (i = 0; i < list->count; i++)
		if (signer_is(&list->list[i], sig))
			return &list->list[i];
	return NULL;
}

static void
gather_part(struct signers *all, const struct index_part *part)
{
	const struct signature_info *sig;
	struct signer *s;
	size_t i;

	for (i = 0; i < part->sig_count; i++) {
		sig = &part->sigs[i].sig->info;
		if (part->sigs[i].self ||
			(!sig->has_issuer_fpr && !sig->has_issuer) ||
			signers_get(all, sig) != NULL)
			continue;
		if (all->count == SIGNERS_MAX) {
			all->left++;
			continue;
		}
		s = &all->list[all->count++];
		memset(s, 0, sizeof(*s));
		s->by_fpr = sig->has_issuer_fpr;
		s->fpr = sig->issuer_fpr;
		s->key_id = sig->issuer;
	}
}

static void
gather(struct signers *all, const struct index_cert *c)
{
	size_t i;

	gather_part(all, &c->key);
	for (i = 0; i < c->user_id_count; i++)
		gather_part(all, &c->user_ids[i]);
	for (i = 0; i < c->attribute_count; i++)
		gather_part(all, &c->attributes[i]);
	for (i = 0; i < c->subkey_count; i++)
		gather_part(all, &c->subkeys[i]);
}

static void
take(struct signer *s, const struct index_cert *c, bool by_subkey,
	struct arena *arena)
{
	struct bytes body;

	if (c->user_id_count > 0 && c->user_ids[0].valid &&
		arena_copy(arena, c->user_ids[0].text, &s->user_id) !=
			STATUS_OK)
		s->user_id = bytes_make(NULL, 0);
	s->has_key = !by_subkey &&
		     arena_copy(arena, c->cert->primary.packet.body, &body) ==
			     STATUS_OK &&
		     public_key_parse(body, &s->key, NULL) == STATUS_OK;
}

/* Whatever goes wrong here, the page can do without the name. */
static enum status
find_one(struct store_session *session, struct signer *s, int64_t now,
	struct arena *arena)
{
	struct arena *scratch = arena_new(SIGNERS_SCRATCH);
	struct store_query q = {.kind = QUERY_KEY_ID, .number = s->key_id};
	struct cert_rows rows = {0};
	struct index_cert c;
	struct err err;
	enum status st;

	if (s->by_fpr) {
		q.kind = QUERY_FINGERPRINT;
		q.octets = bytes_make(s->fpr.octets, s->fpr.len);
	}
	st = store_find(session, &q, 1, scratch, &rows, &err);
	if (st == STATUS_OK && rows.total == 1 &&
		(!rows.list[0].by_subkey || rows.list[0].bound)) {
		s->found = true;
		s->cert = rows.list[0].id.fpr;
		if (rows.list[0].octets.len <= SIGNERS_OCTETS_MAX &&
			index_describe(scratch, &rows.list[0], now, false, &c,
				&err) == STATUS_OK)
			take(s, &c, rows.list[0].by_subkey, arena);
	}
	arena_free(scratch);
	return st;
}

enum status
signers_find(struct store_session *s, const struct index_cert *certs,
	size_t count, int64_t now, struct arena *arena, struct signers *out)
{
	int64_t end = clock_mono_ms() + SIGNERS_TIME_MS;
	struct signers all = {0};
	size_t i;

	all.list = arena_array(arena, SIGNERS_MAX, sizeof(*all.list));
	if (all.list == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < count; i++)
		gather(&all, &certs[i]);
	for (i = 0; s != NULL && i < all.count && clock_mono_ms() < end; i++)
		if (find_one(s, &all.list[i], now, arena) == STATUS_TIMEOUT)
			break;
	*out = all;
	return STATUS_OK;
}

enum verify_result
signers_judge(const struct signers *list, const struct index_cert *c,
	const struct index_part *part, const struct index_sig *sig,
	struct verify_budget *budget)
{
	const struct public_key *key = &c->cert->primary.key;
	const struct signer *known;

	if (sig->self && c->row->level != (uint8_t)LEVEL_SKS)
		return VERIFY_GOOD;
	if (!sig->self) {
		known = signers_get(list, &sig->sig->info);
		if (known == NULL || !known->has_key)
			return VERIFY_CANNOT;
		key = &known->key;
	}
	return verify_signature(
		c->cert, part->component, &sig->sig->info, key, budget);
}
