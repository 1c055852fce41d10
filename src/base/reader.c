#include "base/reader.h"

static uint64_t
take_be(struct reader *r, size_t n)
{
	struct bytes b = reader_take(r, n);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < b.len; i++)
		v = v << 8 | b.data[i];
	return v;
}

struct reader
reader_of(struct bytes in)
{
	struct reader r = {.in = in};

	return r;
}

size_t
reader_left(const struct reader *r)
{
	return r->failed ? 0 : r->in.len - r->pos;
}

uint8_t
reader_u8(struct reader *r)
{
	return (uint8_t)take_be(r, 1);
}

uint16_t
reader_be16(struct reader *r)
{
	return (uint16_t)take_be(r, 2);
}

uint32_t
reader_be32(struct reader *r)
{
	return (uint32_t)take_be(r, 4);
}

uint64_t
reader_be64(struct reader *r)
{
	return take_be(r, 8);
}

struct bytes
reader_take(struct reader *r, size_t n)
{
	struct bytes b = {r->in.data, 0};

	if (r->failed || n > r->in.len - r->pos) {
		r->failed = true;
		return b;
	}
	if (n == 0)
		return b;
	b = bytes_make(r->in.data + r->pos, n);
	r->pos += n;
	return b;
}

struct bytes
reader_rest(struct reader *r)
{
	return reader_take(r, reader_left(r));
}

bool
reader_line(struct reader *r, struct bytes *line)
{
	size_t from = r->pos, end;

	if (reader_left(r) == 0)
		return false;
	for (end = from; end < r->in.len; end++)
		if (r->in.data[end] == '\n' || r->in.data[end] == '\r')
			break;
	*line = bytes_make(r->in.data + from, end - from);
	r->pos = end;
	if (end == r->in.len)
		return true;
	r->pos++;
	if (r->in.data[end] == '\r' && r->pos < r->in.len &&
		r->in.data[r->pos] == '\n')
		r->pos++;
	return true;
}
