#include "ingest/dropped.h"

#include <string.h>

#include "pgp/digest.h"

struct comparison {
	struct arena *arena;
	struct outcome *outcome;
	struct bytes kept;
};

/* What others say of a key is not the key's own; nor is what is no part. */
static bool
is_own(const struct outcome *o, enum verdict verdict,
	const struct dropped_packet *d)
{
	if (verdict == VERDICT_UNKNOWN_TAG || verdict == VERDICT_BAD_HEADER)
		return false;
	return !d->has_issuer || !o->has_fpr || o->fpr.version < 4 ||
	       d->issuer == fingerprint_key_id(&o->fpr);
}

static void
describe(struct dropped_packet *d, struct bytes body)
{
	struct signature_info info;

	if (d->tag != PACKET_SIGNATURE || body.len == 0 ||
		signature_parse(body, &info, NULL) != STATUS_OK)
		return;
	d->is_sig = true;
	d->sig_type = info.type;
	d->has_issuer = info.has_issuer;
	d->issuer = info.issuer;
}

enum status
dropped_add(struct arena *arena, struct outcome *o, enum verdict verdict,
	uint8_t tag, struct bytes body)
{
	struct dropped_packet d = {.verdict = verdict, .tag = tag};

	describe(&d, body);
	o->dropped++;
	o->lost[verdict]++;
	o->lost_own = o->lost_own || is_own(o, verdict, &d);
	if (o->verdict == VERDICT_KEPT)
		o->verdict = verdict;
	if (o->packet_count == DROPPED_TOLD_MAX)
		return STATUS_OK;
	if (o->packets == NULL)
		o->packets = arena_array(
			arena, DROPPED_TOLD_MAX, sizeof(*o->packets));
	if (o->packets == NULL)
		return STATUS_LIMIT;
	o->packets[o->packet_count++] = d;
	return STATUS_OK;
}

void
dropped_reset(struct outcome *o, size_t count)
{
	size_t i;

	o->dropped = count;
	if (o->packet_count > count)
		o->packet_count = count;
	o->verdict = VERDICT_KEPT;
	o->lost_own = false;
	o->detail = NULL;
	/* Reading describes all that it loses of a certificate. */
	memset(o->lost, 0, sizeof(o->lost));
	for (i = 0; i < o->packet_count; i++) {
		const struct dropped_packet *d = &o->packets[i];

		o->lost[d->verdict]++;
		o->lost_own = o->lost_own || is_own(o, d->verdict, d);
		if (o->verdict == VERDICT_KEPT)
			o->verdict = d->verdict;
	}
}

static enum status
compare(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct comparison *c = ctx;

	(void)under;
	if (digest_in(c->kept, placed))
		return STATUS_OK;
	return dropped_add(
		c->arena, c->outcome, VERDICT_OVER_LIMIT, p->tag, p->body);
}

enum status
dropped_compare(struct arena *arena, struct outcome *o, const struct cert *came,
	struct bytes kept)
{
	struct comparison c = {arena, o, kept};

	return cert_walk(came, compare, &c);
}
