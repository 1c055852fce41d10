#include "mail/draft.h"

enum status
draft_cut(struct arena *arena, const struct cert_row *row, struct bytes digests,
	enum delta_dialect dialect, struct buf *octets, struct err *err)
{
	struct cert *stored, *part;
	enum status st = cert_read_stored(arena, row->octets, &stored, err);

	if (st == STATUS_OK && digests.len == 0)
		st = cert_placed_digests(arena, stored, &digests);
	if (st == STATUS_OK)
		st = delta_cut(arena, stored, digests, dialect, &part);
	if (st == STATUS_OK)
		st = cert_write(part, octets);
	return st;
}
