#include <string.h>

#include "cli/explain.h"
#include "pgp/armor.h"

static enum status
look_for_secret(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes octets = piece->octets;
	struct arena *arena = ctx;
	struct armor_block one = {.octets = octets};
	struct armor_blocks blocks = {&one, 1, 1};
	enum status st = STATUS_OK;
	struct packet p;
	size_t i;

	arena_reset(arena);
	if (octets.len == 0 || !(octets.data[0] & 0x80))
		st = armor_read(arena, octets, ARMOR_LENIENT, &blocks, err);
	for (i = 0; st == STATUS_OK && i < blocks.count; i++) {
		struct packet_reader in =
			packet_reader_of(blocks.list[i].octets, arena);

		while (packet_next(&in, &p, NULL) == STATUS_OK)
			if (p.tag == PACKET_SECRET_KEY ||
				p.tag == PACKET_SECRET_SUBKEY)
				return STATUS_REJECTED;
	}
	return st == STATUS_MALFORMED ? STATUS_OK : st;
}

static void
ignore_fault(void *ctx, const char *what)
{
	(void)ctx;
	(void)what;
}

static bool
names_secret(struct bytes text)
{
	static const char mark[] = "PRIVATE KEY BLOCK-";

	return text.len > 0 && !(text.data[0] & 0x80) &&
	       memmem(text.data, text.len, mark, sizeof(mark) - 1) != NULL;
}

enum status
explain_look_for_secret(struct bytes octets,
	const struct material_limits *limits, struct arena *arena,
	struct err *err)
{
	const struct material_sink look = {
		.piece = look_for_secret, .fault = ignore_fault, .ctx = arena};

	if (names_secret(octets))
		return STATUS_REJECTED;
	return material_cut(octets, limits, &look, err);
}
