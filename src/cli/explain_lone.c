#include "cli/explain_lone.h"

#include "ingest/lone.h"

/* Told of with its key: neither of none nor of a certificate of the block. */
#define EXPLAIN_WITH_KEY (EXPLAIN_NONE - 1)

static enum status
write_cert(struct arena *arena, const struct cert *cert, struct bytes *octets)
{
	struct buf b = {0};
	enum status st = cert_write(cert, &b);

	if (st == STATUS_OK)
		st = arena_copy(arena, buf_view(&b), octets);
	buf_done(&b);
	return st;
}

enum status
explain_next_lone(struct store_session *s, struct arena *arena,
	struct explanation *all, struct bytes *octets, struct err *err)
{
	struct cert *whole;
	enum status st;
	size_t i;

	for (i = 0; s != NULL && i < all->count; i++) {
		struct explained *e = &all->list[i];

		if (e->cert != EXPLAIN_NONE || !e->is_sig)
			continue;
		st = lone_make_whole(s, arena, e->packet.body, &whole, err);
		if (st == STATUS_NOT_FOUND)
			continue;
		e->cert = EXPLAIN_WITH_KEY;
		return st == STATUS_OK ? write_cert(arena, whole, octets) : st;
	}
	return STATUS_NOT_FOUND;
}
