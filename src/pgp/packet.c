#include "pgp/packet.h"

#include <string.h>

#include "base/reader.h"

enum {
	BIT_PACKET = 0x80,
	BIT_NEW = 0x40,
	CHUNKS_MAX = 4096,
	OLD_TAG_MAX = 15,
	HEADER_MAX = 6
};

/* The length octets of a new-format header; `partial`: another one follows. */
static size_t
packet_new_length(struct reader *in, bool *partial)
{
	size_t l = reader_u8(in);

	*partial = false;
	if (l < 192)
		return l;
	if (l < 224)
		return ((l - 192) << 8) + reader_u8(in) + 192;
	if (l == 255)
		return reader_be32(in);
	*partial = true;
	return (size_t)1 << (l & 31);
}

static enum status
packet_cut(struct err *err, const struct packet_reader *r, uint8_t tag)
{
	err_set(err, "offset %zu: packet with tag %u is cut short", r->pos,
		(unsigned)tag);
	return STATUS_MALFORMED;
}

/* Walks the chunks once to learn their sum, so that nothing is allocated on
 * an announced length. */
static enum status
packet_measure_chunks(struct packet_reader *r, struct reader in, size_t first,
	uint8_t tag, size_t *total, struct err *err)
{
	size_t len = first, sum = 0;
	size_t chunks = 1;
	bool partial = true;

	for (;;) {
		reader_take(&in, len);
		if (in.failed)
			return packet_cut(err, r, tag);
		sum += len;
		if (!partial)
			break;
		chunks++;
		len = packet_new_length(&in, &partial);
	}
	*total = sum;
	if (chunks <= CHUNKS_MAX)
		return STATUS_OK;
	err_set(err, "offset %zu: packet of over %d chunks", r->pos,
		CHUNKS_MAX);
	r->pos = in.pos;
	return STATUS_UNSUPPORTED;
}

static enum status
packet_join_chunks(struct packet_reader *r, struct reader *in, size_t first,
	struct packet *p, struct err *err)
{
	size_t total = 0, len = first, at = 0;
	bool partial = true;
	uint8_t *joined;
	struct bytes chunk;
	enum status st;

	st = packet_measure_chunks(r, *in, first, p->tag, &total, err);
	if (st != STATUS_OK)
		return st;
	joined = arena_alloc(r->arena, total);
	if (!joined) {
		err_set(err, "offset %zu: no room to join chunks", r->pos);
		return STATUS_LIMIT;
	}
	for (;;) {
		chunk = reader_take(in, len);
		if (chunk.len)
			memcpy(joined + at, chunk.data, chunk.len);
		at += chunk.len;
		if (!partial)
			break;
		len = packet_new_length(in, &partial);
	}
	p->body = bytes_make(joined, total);
	return STATUS_OK;
}

static enum status
packet_read_new(struct packet_reader *r, struct reader *in, struct packet *p,
	struct err *err)
{
	bool partial;
	size_t len = packet_new_length(in, &partial);

	if (in->failed)
		return packet_cut(err, r, p->tag);
	if (partial)
		return packet_join_chunks(r, in, len, p, err);
	p->body = reader_take(in, len);
	return in->failed ? packet_cut(err, r, p->tag) : STATUS_OK;
}

static enum status
packet_read_old(struct packet_reader *r, struct reader *in, unsigned form,
	struct packet *p, struct err *err)
{
	size_t len;

	switch (form) {
	case 0:
		len = reader_u8(in);
		break;
	case 1:
		len = reader_be16(in);
		break;
	case 2:
		len = reader_be32(in);
		break;
	default: /* indeterminate: up to the end of the input */
		p->body = reader_rest(in);
		return STATUS_OK;
	}
	p->body = reader_take(in, len);
	return in->failed ? packet_cut(err, r, p->tag) : STATUS_OK;
}

struct packet_reader
packet_reader_of(struct bytes in, struct arena *arena)
{
	struct packet_reader r = {in, 0, arena};

	return r;
}

uint8_t
packet_peek_tag(const struct packet_reader *r)
{
	uint8_t first;

	if (r->pos >= r->in.len)
		return 0;
	first = r->in.data[r->pos];
	if (!(first & BIT_PACKET))
		return 0;
	return first & BIT_NEW ? first & 0x3f : (first >> 2) & 0x0f;
}

enum status
packet_next(struct packet_reader *r, struct packet *p, struct err *err)
{
	struct reader in = {r->in, r->pos, false};
	struct packet got = {0, {NULL, 0}, {NULL, 0}};
	enum status st;
	uint8_t first;

	if (r->pos >= r->in.len)
		return STATUS_NOT_FOUND;
	got.tag = packet_peek_tag(r);
	if (got.tag == 0) {
		err_set(err, "offset %zu: not a packet header", r->pos);
		return STATUS_MALFORMED;
	}
	first = reader_u8(&in);
	if (first & BIT_NEW)
		st = packet_read_new(r, &in, &got, err);
	else
		st = packet_read_old(r, &in, first & 3, &got, err);
	if (st == STATUS_UNSUPPORTED)
		*p = got;
	if (st != STATUS_OK)
		return st;
	got.whole = bytes_make(r->in.data + r->pos, in.pos - r->pos);
	r->pos = in.pos;
	*p = got;
	return STATUS_OK;
}

static size_t
packet_put_be(uint8_t *out, size_t value, size_t octets)
{
	size_t i;

	for (i = 0; i < octets; i++)
		out[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
	return octets;
}

static size_t
packet_write_new(uint8_t tag, size_t len, bool shortest, uint8_t out[6])
{
	out[0] = (uint8_t)(BIT_PACKET | BIT_NEW | tag);
	if (shortest && len < 192) {
		out[1] = (uint8_t)len;
		return 2;
	}
	if (shortest && len < 8384) {
		out[1] = (uint8_t)(((len - 192) >> 8) + 192);
		out[2] = (uint8_t)(len - 192);
		return 3;
	}
	out[1] = 255;
	return 2 + packet_put_be(out + 2, len, 4);
}

size_t
packet_write_header(uint8_t tag, size_t body_len, bool v6, uint8_t out[6])
{
	bool is_key = tag == PACKET_PUBLIC_KEY || tag == PACKET_PUBLIC_SUBKEY;
	size_t octets;
	uint8_t form;

	if (v6 || tag > OLD_TAG_MAX)
		return packet_write_new(tag, body_len, v6, out);
	if (body_len < 256 && !is_key) {
		form = 0;
		octets = 1;
	} else if (body_len < 65536) {
		form = 1;
		octets = 2;
	} else {
		form = 2;
		octets = 4;
	}
	out[0] = (uint8_t)(BIT_PACKET | tag << 2 | form);
	return 1 + packet_put_be(out + 1, body_len, octets);
}

enum status
packet_write(struct buf *out, uint8_t tag, struct bytes body, bool v6)
{
	uint8_t header[HEADER_MAX];
	size_t n, room;
	enum status st;

	if (body.len > UINT32_MAX)
		return STATUS_LIMIT;
	n = packet_write_header(tag, body.len, v6, header);
	if (__builtin_add_overflow(n, body.len, &room))
		return STATUS_LIMIT;
	/* Both or nothing: after this neither can fail. */
	st = buf_reserve(out, room);
	if (st != STATUS_OK)
		return st;
	memcpy(out->data + out->len, header, n);
	if (body.len)
		memcpy(out->data + out->len + n, body.data, body.len);
	out->len += room;
	return STATUS_OK;
}
