/*
 * A walk over any octets ends, and what it showed adds up to what it passed.
 */
#include "fuzz_pgp.h"
#include "pgp/subpacket.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader area = reader_of(bytes_make(data, size));
	struct subpacket s;
	size_t before = 0, head;
	enum status st;

	while ((st = subpacket_next(&area, &s)) == STATUS_OK) {
		assert(area.pos > before && area.pos <= size);
		/* One, two or five octets of length, and the type. */
		head = area.pos - before - s.body.len;
		assert(head == 2 || head == 3 || head == 6);
		assert(s.type < 128);
		before = area.pos;
	}
	assert(st == STATUS_MALFORMED ||
		(st == STATUS_NOT_FOUND && area.pos == size));
	return 0;
}
