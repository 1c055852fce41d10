#include "ingest/row.h"

#include <string.h>

#include "base/clock.h"

static enum status
row_octets(struct arena *arena, const struct cert *cert, struct bytes *out)
{
	struct buf b = {0};
	enum status st;

	/* The size is known: the octets go straight where they stay. */
	b.data = arena_alloc(arena, cert->octets);
	b.cap = b.max = cert->octets;
	if (b.data == NULL)
		return STATUS_LIMIT;
	st = cert_write(cert, &b);
	if (st == STATUS_OK)
		*out = buf_view(&b);
	return st;
}

enum status
row_make(struct arena *arena, const struct cert *cert,
	const struct terms_rules *rules, struct row_made *made)
{
	struct cert_row *row = made->row;
	enum status st;

	memset(row, 0, sizeof(*row));
	row->id = cert->id;
	row->key_id = cert->primary.key.key_id;
	row->sks_digest = cert->sks_digest;
	row->level = (uint8_t)rules->level;
	row->flags = cert_flags(cert);
	row->updated = clock_wall_s();
	st = row_octets(arena, cert, &row->octets);
	if (st != STATUS_OK)
		return st;
	return terms_collect(arena, cert, rules, made->search, &made->spent);
}
