/*
 * reader.h - a bounds-checked cursor over octets
 *
 * A read past the end returns zero or an empty view and sets `failed`, which
 * sticks: a caller reads a whole structure and checks once.
 *
 * Memory:  borrows the octets it was given; views point into them.
 * Units:   octets. Big-endian, as everything in OpenPGP and our frames.
 */
#ifndef KEYPOST_BASE_READER_H
#define KEYPOST_BASE_READER_H

#include "base/bytes.h"

struct reader {
	struct bytes in;
	size_t pos;
	bool failed;
};

struct reader reader_of(struct bytes in);
size_t reader_left(const struct reader *r);
uint8_t reader_u8(struct reader *r);
uint16_t reader_be16(struct reader *r);
uint32_t reader_be32(struct reader *r);
uint64_t reader_be64(struct reader *r);
/* The next n octets, or an empty view and failure. */
struct bytes reader_take(struct reader *r, size_t n);
/* All that is left. */
struct bytes reader_rest(struct reader *r);
/* The next line without its LF, CRLF or CR; false at the end of input. */
bool reader_line(struct reader *r, struct bytes *line);

#endif
