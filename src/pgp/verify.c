#include "pgp/verify.h"

#include <string.h>

#include "pgp/subpacket.h"

enum {
	PARTS_MAX = 8,
	SUB_ISSUER = 16,
	SUB_ISSUER_FPR = 33,
	SUB_EMBEDDED = 32,
	FLAG_SIGN = 0x02,
	LEN_V5_TRAILER = 10,
	WORK_ALWAYS = 1024 * 1024,
	WORK_PER_OCTET = 32,
	WORK_MAX = 64 * 1024 * 1024
};

/* What is hashed for a signature, in pieces. */
struct hashing {
	struct bytes parts[PARTS_MAX];
	size_t count;
	uint8_t primary_head[5];
	uint8_t under_head[5];
	uint8_t trailer[LEN_V5_TRAILER];
};

/* Does an area name the key, by ID or by fingerprint? */
static bool
verify_issuer_in(struct bytes area, const struct public_key *key)
{
	const struct fingerprint *f = &key->fpr;
	struct reader in = reader_of(area), body;
	struct subpacket s;

	while (subpacket_next(&in, &s) == STATUS_OK) {
		body = reader_of(s.body);
		if (s.type == SUB_ISSUER && s.body.len >= 8 &&
			reader_be64(&body) == key->key_id)
			return true;
		if (s.type == SUB_ISSUER_FPR &&
			s.body.len == 1 + (size_t)f->len &&
			s.body.data[0] == f->version &&
			memcmp(s.body.data + 1, f->octets, f->len) == 0)
			return true;
	}
	return false;
}

/* Does it name the primary, or nobody? */
static bool
verify_names_primary(const struct cert *cert, const struct signature_info *info)
{
	const struct public_key *key = &cert->primary.key;

	if (!info->has_issuer && !info->has_issuer_fpr)
		return true;
	if (info->has_issuer_fpr &&
		fingerprint_eq(&info->issuer_fpr, &key->fpr))
		return true;
	if (info->has_issuer && info->issuer == key->key_id)
		return true;
	return info->many_issuers &&
	       (verify_issuer_in(info->hashed, key) ||
		       verify_issuer_in(info->unhashed, key));
}

bool
verify_is_self(const struct cert *cert, const struct signature *sig)
{
	if (sig->malformed)
		return false;
	return sig->info.type == SIG_APPROVAL ||
	       sig->info.type == SIG_SUBKEY_BINDING ||
	       verify_names_primary(cert, &sig->info);
}

static void
verify_add(struct hashing *h, const void *data, size_t len)
{
	h->parts[h->count++] = bytes_make(data, len);
}

static size_t
verify_head(uint8_t out[5], uint8_t mark, size_t len, size_t octets)
{
	size_t i;

	out[0] = mark;
	for (i = 0; i < octets; i++)
		out[1 + i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
	return 1 + octets;
}

/* A version 5 key is hashed in its own way also by a version 4 signature. */
static void
verify_add_key(struct hashing *h, uint8_t head[5], uint8_t sig_version,
	const struct component *c)
{
	size_t len = c->packet.body.len, n;

	if (sig_version == 6)
		n = verify_head(head, 0x9b, len, 4);
	else if (sig_version == 5 || c->key.fpr.version == 5)
		n = verify_head(head, 0x9a, len, 4);
	else
		n = verify_head(head, 0x99, len, 2);
	verify_add(h, head, n);
	verify_add(h, c->packet.body.data, len);
}

static void
verify_add_text(
	struct hashing *h, uint8_t sig_version, const struct component *c)
{
	size_t len = c->packet.body.len;
	uint8_t mark = c->packet.tag == PACKET_USER_ID ? 0xb4 : 0xd1;

	if (sig_version > 3)
		verify_add(h, h->under_head,
			verify_head(h->under_head, mark, len, 4));
	verify_add(h, c->packet.body.data, len);
}

static void
verify_add_trailer(struct hashing *h, const struct signature_info *info)
{
	size_t len = info->hashed_part.len, octets;
	size_t i;

	verify_add(h, info->hashed_part.data, len);
	if (info->version < 4)
		return;
	octets = info->version == 5 ? 8 : 4;
	h->trailer[0] = info->version;
	h->trailer[1] = 0xff;
	for (i = 0; i < octets; i++)
		h->trailer[2 + i] =
			(uint8_t)((uint64_t)len >> (8 * (octets - 1 - i)));
	verify_add(h, h->trailer, 2 + octets);
}

bool
verify_type_fits(uint8_t type, uint8_t tag)
{
	static const uint8_t texts[] = {SIG_GENERIC_CERT, SIG_PERSONA_CERT,
		SIG_CASUAL_CERT, SIG_POSITIVE_CERT, SIG_APPROVAL,
		SIG_CERT_REVOCATION};

	if (tag == PACKET_USER_ID || tag == PACKET_USER_ATTRIBUTE)
		return memchr(texts, type, sizeof(texts));
	if (tag == PACKET_PUBLIC_SUBKEY)
		return type == SIG_SUBKEY_BINDING ||
		       type == SIG_SUBKEY_REVOCATION ||
		       type == SIG_PRIMARY_BINDING;
	return type == SIG_DIRECT_KEY || type == SIG_KEY_REVOCATION;
}

size_t
verify_work(const struct cert *cert)
{
	if (cert->octets > (WORK_MAX - WORK_ALWAYS) / WORK_PER_OCTET)
		return WORK_MAX;
	return WORK_ALWAYS + cert->octets * WORK_PER_OCTET;
}

static bool
verify_spend(size_t *work, const struct hashing *h)
{
	size_t i, octets = 0;

	if (work == NULL)
		return true;
	for (i = 0; i < h->count; i++)
		octets += h->parts[i].len;
	if (octets > *work) {
		*work = 0;
		return false;
	}
	*work -= octets;
	return true;
}

struct hash {
	uint8_t octets[CRYPTO_HASH_MAX];
	size_t len;
};

/* SPENT, IMPLAUSIBLE, or CANNOT: only a key could tell more. */
static enum verify_result
verify_hash(const struct cert *cert, const struct component *under,
	const struct signature_info *info, size_t *work, struct hash *out)
{
	struct hashing h = {.count = 0};

	if (info->version == 6)
		verify_add(&h, info->salt.data, info->salt.len);
	verify_add_key(&h, h.primary_head, info->version, &cert->primary);
	if (under->packet.tag == PACKET_PUBLIC_SUBKEY)
		verify_add_key(&h, h.under_head, info->version, under);
	else if (under->packet.tag != PACKET_PUBLIC_KEY)
		verify_add_text(&h, info->version, under);
	verify_add_trailer(&h, info);
	if (!verify_spend(work, &h))
		return VERIFY_SPENT;
	if (crypto_hash(info->hash_algorithm, h.parts, h.count, out->octets,
		    &out->len) != STATUS_OK)
		return VERIFY_IMPLAUSIBLE;
	return memcmp(out->octets, info->left, sizeof(info->left)) == 0
		       ? VERIFY_CANNOT
		       : VERIFY_IMPLAUSIBLE;
}

static bool
verify_agrees(const struct cert *cert, const struct component *under,
	const struct signature_info *info, size_t *work)
{
	struct hash h;

	return verify_hash(cert, under, info, work, &h) == VERIFY_CANNOT;
}

enum verify_result
verify_signature(const struct cert *cert, const struct component *under,
	const struct signature_info *sig, const struct public_key *signer,
	struct verify_budget *budget)
{
	enum verify_result r;
	struct hash h;
	size_t cost;

	r = verify_hash(cert, under, sig, &budget->octets, &h);
	if (r != VERIFY_CANNOT || !public_key_verifies(signer))
		return r;
	cost = pk_cost(signer);
	if (budget->operations < cost)
		return VERIFY_SPENT;
	budget->operations -= cost;
	switch (pk_verify(signer, sig, bytes_make(h.octets, h.len))) {
	case PK_GOOD:
		return VERIFY_GOOD;
	case PK_BAD:
		return VERIFY_BAD;
	default:
		return VERIFY_CANNOT;
	}
}

bool
verify_is_own(const struct cert *cert, const struct component *under,
	const struct signature_info *sig, struct verify_budget *budget)
{
	const struct public_key *key = &cert->primary.key;

	if (key->fpr.version == 6 && sig->version != 6)
		return false;
	switch (verify_signature(cert, under, sig, key, budget)) {
	case VERIFY_GOOD:
		return true;
	case VERIFY_CANNOT:
		return !public_key_verifies(key);
	default:
		return false;
	}
}

int
verify_gravity(const struct signature_info *revocation)
{
	if (revocation->has_reason && revocation->reason == REASON_COMPROMISED)
		return 2;
	return !revocation->has_reason || revocation->reason == REASON_NONE;
}

bool
verify_is_hard_revocation(const struct signature_info *sig)
{
	return verify_gravity(sig) > 0;
}

bool
verify_is_plausible(const struct cert *cert, const struct component *under,
	const struct signature *sig, size_t *work)
{
	/* 0x19 is made by the subkey and is only ever embedded. */
	return !sig->malformed && sig->info.type != SIG_PRIMARY_BINDING &&
	       verify_type_fits(sig->info.type, under->packet.tag) &&
	       verify_agrees(cert, under, &sig->info, work);
}

static bool
verify_back_in(const struct cert *cert, const struct component *sub,
	struct bytes area, size_t *work)
{
	struct reader in = reader_of(area);
	struct signature_info info;
	struct subpacket s;

	while (subpacket_next(&in, &s) == STATUS_OK) {
		if (s.type == SUB_EMBEDDED &&
			signature_parse(s.body, &info, NULL) == STATUS_OK &&
			info.type == SIG_PRIMARY_BINDING &&
			verify_agrees(cert, sub, &info, work))
			return true;
	}
	return false;
}

enum verify_result
verify_back_signature(const struct cert *cert, const struct component *sub,
	const struct signature *binding, struct verify_budget *budget)
{
	const struct bytes areas[] = {
		binding->info.hashed, binding->info.unhashed};
	enum verify_result r, best = VERIFY_BAD;
	struct signature_info info;
	struct subpacket s;
	struct reader in;
	size_t i, asked = 0;

	for (i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		in = reader_of(areas[i]);
		while (asked < VERIFY_BACK_MAX &&
			subpacket_next(&in, &s) == STATUS_OK) {
			if (s.type != SUB_EMBEDDED ||
				signature_parse(s.body, &info, NULL) !=
					STATUS_OK ||
				info.type != SIG_PRIMARY_BINDING)
				continue;
			r = verify_signature(
				cert, sub, &info, &sub->key, budget);
			if (r == VERIFY_GOOD || r == VERIFY_SPENT)
				return r;
			if (r == VERIFY_CANNOT)
				best = r;
			asked += r != VERIFY_IMPLAUSIBLE;
		}
	}
	return best;
}

bool
verify_is_bound(
	const struct cert *cert, const struct component *sub, size_t *work)
{
	const struct signature *s;
	bool signs;
	size_t i;

	for (i = 0; i < sub->sig_count; i++) {
		s = &sub->sigs[i];
		if (s->malformed || s->info.type != SIG_SUBKEY_BINDING ||
			!verify_names_primary(cert, &s->info) ||
			!verify_is_plausible(cert, sub, s, work))
			continue;
		signs = s->info.has_flags && s->info.flags & FLAG_SIGN;
		if (!signs || verify_back_in(cert, sub, s->info.hashed, work) ||
			verify_back_in(cert, sub, s->info.unhashed, work))
			return true;
	}
	return false;
}
