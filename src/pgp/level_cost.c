#include "pgp/level_work.h"

/* What levelling may cost, told before any of it is done. */

struct costing {
	const struct cert *cert;
	size_t claim; /* what one verification by the primary costs */
	struct verify_budget most;
	size_t sigs, octets; /* and of their bodies */
	size_t parts;
	size_t lap; /* octets hashed for one signature tried everywhere, but its
		       own */
};

/* What is hashed around the packets themselves, at most. */
enum { COST_FRAME = 64 };

/* Looked at, and verified: hashed twice. Which of several bindings is the
 * best is asked of their back-signatures. Sizes are those of what stands in
 * memory, and costs are small: no sum or product of these overflows. */
static void
cost_part(struct costing *c, const struct component *part)
{
	size_t head = c->cert->primary.packet.body.len + part->packet.body.len;
	size_t i, octets, bindings = 0, back = 0;

	c->lap += head + COST_FRAME;
	c->sigs += part->sig_count;
	c->parts++;
	for (i = 0; i < part->sig_count; i++) {
		const struct signature *s = &part->sigs[i];

		c->octets += s->packet.body.len;
		octets = head + s->packet.body.len + COST_FRAME;
		c->most.octets += 2 * octets;
		if (verify_is_self(c->cert, s))
			c->most.operations += c->claim;
		if (s->info.type != SIG_SUBKEY_BINDING)
			continue;
		bindings++;
		back += VERIFY_BACK_MAX * octets;
	}
	if (part->packet.tag != PACKET_PUBLIC_SUBKEY || bindings < 2)
		return;
	c->most.octets += back;
	c->most.operations += bindings * VERIFY_BACK_MAX * pk_cost(&part->key);
}

static void
cost_list(struct costing *c, const struct component *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		cost_part(c, &list[i]);
}

/* As many as are looked after may have lost their way; they are taken to be
 * as long as the others. */
static size_t
cost_homes(const struct costing *c)
{
	if (c->sigs == 0)
		return 0;
	return 2 * (c->sigs < HOMELESS_MAX ? c->sigs : HOMELESS_MAX) *
	       (c->lap + c->parts * (c->octets / c->sigs));
}

void
level_cost(const struct cert *cert, struct verify_budget *most)
{
	struct costing c = {.cert = cert};

	c.claim = public_key_verifies(&cert->primary.key)
			  ? pk_cost(&cert->primary.key)
			  : 0;
	cost_part(&c, &cert->primary);
	cost_list(&c, cert->user_ids, cert->user_id_count);
	cost_list(&c, cert->attributes, cert->attribute_count);
	cost_list(&c, cert->subkeys, cert->subkey_count);
	c.most.octets += cost_homes(&c);
	*most = c.most;
}
