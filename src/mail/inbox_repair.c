#include "mail/inbox_state.h"

/* Peers write these among themselves; anybody else's are let go of. */
enum letter_fate
inbox_take_repair(struct inbox *b, const struct incoming *in, int peer)
{
	if (b->p.repair == NULL || peer < 0 || in->report)
		return FATE_TAKEN;
	return repair_take(b->p.repair, (size_t)peer, in->repair) == STATUS_OK
		       ? FATE_TAKEN
		       : FATE_LATER;
}

void
inbox_heard_range(struct inbox *b, const struct incoming *in, int peer)
{
	if (b->p.repair != NULL && peer >= 0)
		repair_heard(b->p.repair, (size_t)peer, &in->batch);
}
