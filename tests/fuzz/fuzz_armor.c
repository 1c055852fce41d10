/*
 * Any text gives at most 64 blocks, and what a block held survives being
 * written and read again, by the strict reader too.
 */
#include "fuzz_pgp.h"
#include "pgp/armor.h"

static void
check_round_trip(struct arena *arena, struct bytes octets)
{
	struct armor_blocks again;
	struct buf out;
	enum status st;

	if (octets.len == 0)
		return;
	buf_init(&out, 0);
	st = armor_write(&out, &octets, 1, NULL, true);
	assert(st == STATUS_OK);
	assert(out.len == armor_written_size(octets.len, NULL, true));
	st = armor_read(arena, buf_view(&out), ARMOR_STRICT, &again, NULL);
	assert(st == STATUS_OK && again.count == 1 && again.good == 1);
	assert(bytes_eq(again.list[0].octets, octets));
	(void)st;
	buf_done(&out);
}

static void
check(struct arena *arena, struct bytes text, enum armor_mode mode)
{
	struct armor_blocks blocks;
	enum status st;
	size_t i, good = 0;

	st = armor_read(arena, text, mode, &blocks, NULL);
	assert(st == STATUS_OK || st == STATUS_MALFORMED ||
		st == STATUS_REJECTED || st == STATUS_LIMIT);
	if (st != STATUS_OK)
		return;
	assert(blocks.count <= ARMOR_BLOCKS_MAX && blocks.good > 0);
	for (i = 0; i < blocks.count; i++) {
		good += blocks.list[i].status == STATUS_OK;
		check_round_trip(arena, blocks.list[i].octets);
	}
	assert(good == blocks.good);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();

	check(arena, bytes_make(data, size), ARMOR_LENIENT);
	check(arena, bytes_make(data, size), ARMOR_STRICT);
	check_round_trip(arena, bytes_make(data, size));
	arena_free(arena);
	return 0;
}
