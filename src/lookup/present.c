#include "lookup/present.h"

#include <string.h>

#include "lookup/redact.h"

static bool
present_is_served(const struct packet *p)
{
	struct signature_info info;

	return p->tag != PACKET_SIGNATURE ||
	       (signature_parse(p->body, &info, NULL) == STATUS_OK &&
		       info.exportable);
}

enum status
present_octets(struct arena *arena, const struct cert_row *row, bool redact,
	struct bytes *out, struct err *err)
{
	struct packet_reader in = packet_reader_of(row->octets, arena);
	struct packet p;
	enum status st;
	uint8_t *copy;
	bool hard = false;
	size_t n = 0;

	if (redact) {
		st = redact_row(arena, row, &hard, out, err);
		if (st != STATUS_OK || hard)
			return st;
	}

	if ((row->flags & CERT_HAS_UNSERVED) == 0) {
		*out = row->octets;
		return STATUS_OK;
	}
	copy = arena_alloc(arena, row->octets.len);
	if (copy == NULL)
		return STATUS_LIMIT;
	while ((st = packet_next(&in, &p, err)) == STATUS_OK) {
		if (!present_is_served(&p))
			continue;
		memcpy(copy + n, p.whole.data, p.whole.len);
		n += p.whole.len;
	}
	if (st != STATUS_NOT_FOUND)
		return st == STATUS_LIMIT ? st : STATUS_IO;
	*out = bytes_make(copy, n);
	return STATUS_OK;
}
