/*
 * The packets of any octets are those octets, in order and without a gap up to
 * where reading stops; each one written again reads as the same packet.
 */
#include "fuzz_pgp.h"

static void
check_written(struct arena *arena, const struct packet *p, bool v6)
{
	struct packet_reader in;
	struct packet again;
	struct buf out;
	enum status st;

	buf_init(&out, 0);
	st = packet_write(&out, p->tag, p->body, v6);
	assert(st == STATUS_OK);
	in = packet_reader_of(buf_view(&out), arena);
	st = packet_next(&in, &again, NULL);
	assert(st == STATUS_OK && again.tag == p->tag);
	assert(bytes_eq(again.body, p->body) && in.pos == out.len);
	(void)st;
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = fuzz_arena();
	struct packet_reader in =
		packet_reader_of(bytes_make(data, size), arena);
	struct packet p;
	size_t at = 0;
	enum status st;

	while ((st = packet_next(&in, &p, NULL)) == STATUS_OK) {
		assert(p.tag > 0 && p.tag < 64);
		assert(p.whole.data == data + at && p.whole.len > 0);
		assert(p.body.len < p.whole.len);
		at += p.whole.len;
		assert(in.pos == at && at <= size);
		check_written(arena, &p, false);
		check_written(arena, &p, true);
	}
	assert(st != STATUS_NOT_FOUND || at == size);
	assert(st == STATUS_NOT_FOUND || st == STATUS_MALFORMED ||
		st == STATUS_UNSUPPORTED || st == STATUS_LIMIT);
	/* One of too many chunks is passed over, another fault is not. */
	assert(st == STATUS_UNSUPPORTED ? in.pos > at && in.pos <= size
					: in.pos == at);
	arena_free(arena);
	return 0;
}
