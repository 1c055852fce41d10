#include "mail/draft.h"
#include "pgp/armor.h"

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

enum status
draft_write(const struct peer_settings *peer, const struct compose_site *site,
	const struct compose_batch *batch, struct buf *out)
{
	if (peer_is_fed(peer))
		return armor_write(
			out, batch->parts, batch->part_count, NULL, true);
	return compose_incremental(site, batch, out);
}
