#include "base/clock.h"
#include "mail/inbox_state.h"

/* What a letter has to show, by the peer's `auth`. */
static const enum auth_verdict least[] = {
	[PEER_AUTH_OPEN] = AUTH_NONE,
	[PEER_AUTH_LIST] = AUTH_LISTED,
	[PEER_AUTH_TRANSPORT] = AUTH_PROVEN,
	[PEER_AUTH_RESULTS] = AUTH_PROVEN,
	[PEER_AUTH_HMAC] = AUTH_PROVEN,
	[PEER_AUTH_OPENPGP] = AUTH_PROVEN,
};

/*
 * Peers write these among themselves; anybody else's are let go of, and so is
 * what does not prove that it is the peer's. A proof is used up when the letter
 * is taken: a copy is not answered again.
 */
enum letter_fate
inbox_take_repair(struct post *post, const char **why)
{
	struct inbox *b = post->b;
	const struct incoming *in = &post->in;

	*why = NULL;
	if (post->peer < 0 || in->report)
		return FATE_TAKEN;
	if (post->verdict < least[b->p.settings->peers[post->peer].auth]) {
		counter_add(b->unproven, 1);
		*why = "it does not prove that it is the peer's";
		return FATE_TAKEN;
	}
	if (repair_take(b->p.repair, (size_t)post->peer, in->repair) !=
		STATUS_OK)
		return FATE_LATER;
	if (post->has_proof)
		proofs_add(b->proofs, &post->proof, clock_wall_s());
	return FATE_TAKEN;
}

void
inbox_heard_range(struct inbox *b, const struct incoming *in, int peer)
{
	if (peer >= 0)
		repair_heard(b->p.repair, (size_t)peer, &in->batch);
}
