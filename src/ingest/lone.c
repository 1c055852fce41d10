#include "ingest/lone.h"

#include <string.h>

#include "pgp/merge.h"
#include "pgp/verify.h"

static enum status
lone_find(struct store_session *s, const struct signature_info *info,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct store_query q = {.kind = QUERY_KEY_ID, .number = info->issuer};

	if (info->has_issuer_fpr) {
		q.kind = QUERY_FINGERPRINT;
		q.octets = bytes_make(
			info->issuer_fpr.octets, info->issuer_fpr.len);
	} else if (!info->has_issuer) {
		return STATUS_NOT_FOUND;
	}
	return store_find(s, &q, LONE_KEYS_MAX, arena, rows, err);
}

static bool
lone_is_by(const struct cert *cert, const struct signature_info *info,
	struct verify_budget *budget, bool *spent)
{
	enum verify_result r = verify_signature(
		cert, &cert->primary, info, &cert->primary.key, budget);

	*spent |= r == VERIFY_SPENT;
	return r == VERIFY_GOOD;
}

/* The key and its revocation, as if they had come together. */
static enum status
lone_join(struct arena *arena, const struct cert_limits *limits,
	const struct cert *cert, struct bytes sig, struct cert **out,
	struct err *err)
{
	bool v6 = cert->id.fpr.version == 6;
	struct cert_list list;
	struct buf b = {0};
	struct bytes octets;
	enum status st;

	st = packet_write(&b, PACKET_PUBLIC_KEY, cert->primary.packet.body, v6);
	if (st == STATUS_OK)
		st = packet_write(&b, PACKET_SIGNATURE, sig, v6);
	if (st == STATUS_OK)
		st = arena_copy(arena, buf_view(&b), &octets);
	buf_done(&b);
	memset(&list, 0, sizeof(list));
	if (st == STATUS_OK)
		st = cert_read(arena, octets, limits, &list, err);
	if (st == STATUS_OK && list.count != 1)
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK)
		*out = list.list[0];
	return st;
}

/* Among the keys of the same submission. */
static const struct cert *
lone_key_beside(struct submission_work *work, const struct signature_info *info)
{
	size_t i;

	for (i = 0; i < work->count; i++) {
		const struct cert *c = work->certs[i].cert;

		if (info->has_issuer_fpr
				? !fingerprint_eq(&c->id.fpr, &info->issuer_fpr)
				: c->primary.key.key_id != info->issuer)
			continue;
		if (lone_is_by(c, info, &work->budget, &work->spent))
			return c;
	}
	return NULL;
}

/* Among those stored; NOT_FOUND: none of them made it. */
static enum status
lone_key_stored(struct store_session *s, struct arena *arena,
	const struct signature_info *info, struct verify_budget *budget,
	bool *spent, const struct cert **key, struct err *err)
{
	struct cert_rows rows;
	struct cert *cert;
	enum status st;
	size_t i;

	st = lone_find(s, info, arena, &rows, err);
	for (i = 0; st == STATUS_OK && i < rows.count; i++) {
		st = cert_read_stored(arena, rows.list[i].octets, &cert, err);
		if (st == STATUS_OK && lone_is_by(cert, info, budget, spent)) {
			*key = cert;
			return STATUS_OK;
		}
	}
	return st == STATUS_OK ? STATUS_NOT_FOUND : st;
}

enum status
lone_make_whole(struct store_session *s, struct arena *arena, struct bytes sig,
	struct cert **out, struct err *err)
{
	struct verify_budget budget = {SIZE_MAX, LONE_KEYS_MAX * PK_COST_MAX};
	struct signature_info info;
	const struct cert *key;
	bool spent = false;
	enum status st;

	if (signature_parse(sig, &info, NULL) != STATUS_OK ||
		info.type != SIG_KEY_REVOCATION)
		return STATUS_NOT_FOUND;
	st = lone_key_stored(s, arena, &info, &budget, &spent, &key, err);
	if (st == STATUS_OK)
		st = lone_join(arena, &cert_limits_default, key, sig, out, err);
	return st;
}

/* One certificate is one in a submission, or the second would undo the first.
 */
static struct work_cert *
lone_beside(struct submission_work *work, const struct cert *cert)
{
	size_t i;

	for (i = 0; i < work->count; i++)
		if (cert_id_eq(&work->certs[i].cert->id, &cert->id))
			return &work->certs[i];
	return NULL;
}

static enum status
lone_settle(struct submission *sub, const struct work_cert *wc, size_t outcome)
{
	struct outcome *o = &sub->outcomes[outcome];

	o->kind = OUTCOME_UNCHANGED; /* until it is merged */
	o->verdict = VERDICT_KEPT;
	o->has_fpr = true;
	o->fpr = wc->cert->id.fpr;
	o->id = wc->cert->id;
	return cert_placed_digests(sub->arena, wc->cert, &o->came);
}

static enum status
lone_take(struct submission *sub, struct cert *cert, size_t outcome)
{
	struct submission_work *work = sub->work;
	struct work_cert *wc = lone_beside(work, cert);
	struct delta delta;
	enum status st;

	if (wc == NULL) {
		wc = &work->certs[work->count++];
		wc->state = WORK_TO_MERGE;
		wc->cert = cert;
		wc->outcome = outcome;
		return lone_settle(sub, wc, outcome);
	}
	st = merge_certs(sub->arena, wc->cert, cert, &wc->cert, &delta);
	if (st == STATUS_OK)
		st = lone_settle(sub, wc, outcome);
	if (st != STATUS_OK)
		return st;
	sub->outcomes[wc->outcome].came = sub->outcomes[outcome].came;
	if (outcome != wc->outcome)
		sub->outcomes[outcome].detail =
			"joined with its key in the same submission";
	return STATUS_OK;
}

/* NOT_FOUND: no key here made it. */
static enum status
lone_one(struct store_session *s, const struct policy *policy,
	struct submission *sub, const struct packet *sig, size_t outcome,
	struct err *err)
{
	struct cert_limits limits = policy_limits(policy, false);
	struct signature_info info;
	const struct cert *key;
	struct cert *cert;
	enum status st = STATUS_OK;

	if (signature_parse(sig->body, &info, NULL) != STATUS_OK)
		return STATUS_NOT_FOUND;
	key = lone_key_beside(sub->work, &info);
	if (key == NULL)
		st = lone_key_stored(s, sub->arena, &info, &sub->work->budget,
			&sub->work->spent, &key, err);
	if (st == STATUS_OK)
		st = lone_join(sub->arena, &limits, key, sig->body, &cert, err);
	if (st == STATUS_OK)
		st = lone_take(sub, cert, outcome);
	return st;
}

enum status
lone_resolve(struct store_session *s, const struct policy *policy,
	struct submission *sub, struct err *err)
{
	struct submission_work *work = sub->work;
	size_t i, n = work->lone_count;
	enum status st = STATUS_OK;

	work->lone_count = 0;
	for (i = 0; st == STATUS_OK && i < n && i < LONE_MAX; i++) {
		st = lone_one(s, policy, sub, &work->lone[i],
			work->lone_outcome + i, err);
		if (st == STATUS_NOT_FOUND)
			st = work->spent ? STATUS_LIMIT : STATUS_OK;
	}
	sub->too_dear = st == STATUS_LIMIT && work->spent;
	if (st == STATUS_LIMIT)
		err_set(err, "too many revocations without their keys at once");
	return st;
}
