#include "pgp/level_work.h"

#include <string.h>

#include "pgp/subpacket.h"

/*
 * Certifications that the owner approved (1PA3PC): the newest 0x16 of a user
 * ID lists their digests; all of them, when several are equally new.
 */

enum { SUB_APPROVED = 37, UNHASHED_HEAD = 2, UNHASHED_HEAD_V6 = 4 };

static bool
approval_is_newest(const struct work_part *p, const struct work_sig *s)
{
	size_t i;

	if (s->verdict != VERDICT_KEPT || s->maker != MAKER_OWN ||
		s->sig->info.type != SIG_APPROVAL)
		return false;
	for (i = 0; i < p->count; i++) {
		const struct work_sig *o = p->sigs[i];

		if (o->verdict == VERDICT_KEPT && o->maker == MAKER_OWN &&
			o->sig->info.type == SIG_APPROVAL &&
			o->sig->info.created > s->sig->info.created)
			return false;
	}
	return true;
}

/* Over 0x88, the length, and the packet as if its unhashed area were empty. */
static bool
approval_digest(uint8_t hash, const struct signature *s,
	uint8_t out[CRYPTO_HASH_MAX], size_t *len)
{
	static const uint8_t zero[UNHASHED_HEAD_V6];
	const struct signature_info *i = &s->info;
	size_t head = i->version == 6 ? UNHASHED_HEAD_V6 : UNHASHED_HEAD;
	size_t before = i->hashed_part.len;
	size_t after = before + head + i->unhashed.len;
	struct bytes body = s->packet.body, parts[4];
	uint8_t frame[5] = {0x88};
	size_t n, k;

	if (i->version < 4 || after > body.len)
		return false;
	n = body.len - i->unhashed.len;
	for (k = 0; k < 4; k++)
		frame[1 + k] = (uint8_t)(n >> (24 - 8 * k));
	parts[0] = bytes_make(frame, sizeof(frame));
	parts[1] = i->hashed_part;
	parts[2] = bytes_make(zero, head);
	parts[3] = bytes_make(body.data + after, body.len - after);
	return crypto_hash(hash, parts, 4, out, len) == STATUS_OK;
}

static bool
approval_lists(
	const struct signature *approval, const uint8_t *digest, size_t len)
{
	struct reader in = reader_of(approval->info.hashed);
	struct subpacket p;
	size_t i;

	while (subpacket_next(&in, &p) == STATUS_OK) {
		if (p.type != SUB_APPROVED)
			continue;
		for (i = 0; i + len <= p.body.len; i += len)
			if (memcmp(p.body.data + i, digest, len) == 0)
				return true;
	}
	return false;
}

void
level_find_approved(struct work_part *p)
{
	uint8_t digest[CRYPTO_HASH_MAX];
	size_t i, k, len;

	for (i = 0; i < p->count; i++) {
		const struct signature *a = p->sigs[i]->sig;

		if (!approval_is_newest(p, p->sigs[i]))
			continue;
		for (k = 0; k < p->count; k++) {
			struct work_sig *s = p->sigs[k];

			if (s->maker == MAKER_OTHER && !s->approved &&
				approval_digest(a->info.hash_algorithm, s->sig,
					digest, &len))
				s->approved = approval_lists(a, digest, len);
		}
	}
}
