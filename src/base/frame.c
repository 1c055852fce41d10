#include "base/frame.h"

#include <poll.h>
#include <string.h>

#include "base/net.h"

enum {
	TAIL = FRAME_HEAD - 4, /* type and id: counted by the length */
	READ_SIZE = 64 * 1024,
	KEEP_MAX = 256 * 1024 /* an idle reader holds no more than this */
};

void
frame_reader_init(struct frame_reader *r, size_t max)
{
	*r = (struct frame_reader){.max = max};
}

void
frame_reader_done(struct frame_reader *r)
{
	buf_done(&r->in);
	r->used = 0;
}

static void
drop_used(struct frame_reader *r)
{
	if (r->used == 0)
		return;
	r->in.len -= r->used;
	if (r->in.len)
		memmove(r->in.data, r->in.data + r->used, r->in.len);
	r->used = 0;
	if (r->in.len == 0 && r->in.cap > KEEP_MAX)
		buf_done(&r->in);
}

enum status
frame_fill(struct frame_reader *r, int fd)
{
	enum status st;
	size_t got;

	drop_used(r);
	/* That much holds a whole frame, or one that frame_take refuses. */
	if (r->in.len >= FRAME_HEAD && r->in.len - FRAME_HEAD >= r->max)
		return STATUS_OK;
	/* Room for what a read may bring, whatever length was announced. */
	st = buf_reserve(&r->in, READ_SIZE);
	if (st != STATUS_OK)
		return st;
	st = net_read(fd, r->in.data + r->in.len, READ_SIZE, 0, &got);
	if (st == STATUS_TIMEOUT)
		return STATUS_OK;
	if (st == STATUS_OK)
		r->in.len += got;
	return st;
}

enum status
frame_take(struct frame_reader *r, struct frame *f)
{
	struct reader in = reader_of(buf_view(&r->in));
	struct frame next;
	uint32_t len;

	(void)reader_take(&in, r->used);
	len = reader_be32(&in);
	if (in.failed)
		return STATUS_NOT_FOUND;
	if (len < TAIL)
		return STATUS_MALFORMED;
	if (len - TAIL > r->max)
		return STATUS_LIMIT;
	next.type = reader_u8(&in);
	next.id = reader_be64(&in);
	next.payload = reader_take(&in, len - TAIL);
	if (in.failed)
		return STATUS_NOT_FOUND;
	r->used = in.pos;
	*f = next;
	return STATUS_OK;
}

enum status
frame_read(struct frame_reader *r, int fd, int64_t deadline_ms, struct frame *f)
{
	enum status st;

	while ((st = frame_take(r, f)) == STATUS_NOT_FOUND) {
		st = net_wait(fd, POLLIN, deadline_ms);
		if (st != STATUS_OK)
			return st;
		st = frame_fill(r, fd);
		if (st != STATUS_OK)
			return st;
	}
	return st;
}

static void
put_be(uint8_t *out, uint64_t v, unsigned int octets)
{
	while (octets-- > 0) {
		out[octets] = (uint8_t)v;
		v >>= 8;
	}
}

static enum status
write_head(uint8_t head[FRAME_HEAD], uint8_t type, uint64_t id, size_t len)
{
	if (len > UINT32_MAX - TAIL)
		return STATUS_LIMIT;
	put_be(head, len + TAIL, 4);
	head[4] = type;
	put_be(head + 5, id, 8);
	return STATUS_OK;
}

enum status
frame_put(struct buf *out, uint8_t type, uint64_t id, struct bytes payload)
{
	uint8_t head[FRAME_HEAD];
	enum status st = write_head(head, type, id, payload.len);
	size_t total;

	if (st != STATUS_OK)
		return st;
	if (__builtin_add_overflow(payload.len, FRAME_HEAD, &total))
		return STATUS_LIMIT;
	/* Room for all of it first: half a frame would spoil the stream. */
	st = buf_reserve(out, total);
	if (st == STATUS_OK)
		st = buf_put(out, bytes_make(head, sizeof head));
	if (st == STATUS_OK)
		st = buf_put(out, payload);
	return st;
}

enum status
frame_send(int fd, uint8_t type, uint64_t id, struct bytes payload,
	int64_t deadline_ms)
{
	uint8_t head[FRAME_HEAD + 4096];
	size_t with = payload.len;
	enum status st = write_head(head, type, id, payload.len);

	if (st != STATUS_OK)
		return st;
	if (with > sizeof head - FRAME_HEAD)
		with = sizeof head - FRAME_HEAD;
	if (with)
		memcpy(head + FRAME_HEAD, payload.data, with);
	st = net_write(fd, bytes_make(head, FRAME_HEAD + with), deadline_ms);
	if (st != STATUS_OK || with == payload.len)
		return st;
	return net_write(fd,
		bytes_make(payload.data + with, payload.len - with),
		deadline_ms);
}

enum status
frame_put_field(struct buf *payload, uint8_t name, struct bytes value)
{
	size_t total;
	enum status st;

	if (value.len > UINT32_MAX ||
		__builtin_add_overflow(value.len, 5, &total))
		return STATUS_LIMIT;
	st = buf_reserve(payload, total);
	if (st == STATUS_OK)
		st = buf_put_u8(payload, name);
	if (st == STATUS_OK)
		st = buf_put_be32(payload, (uint32_t)value.len);
	if (st == STATUS_OK)
		st = buf_put(payload, value);
	return st;
}

enum status
frame_put_number(struct buf *payload, uint8_t name, uint64_t value)
{
	uint8_t o[8];

	put_be(o, value, sizeof o);
	return frame_put_field(payload, name, bytes_make(o, sizeof o));
}

bool
frame_next_field(struct reader *r, uint8_t *name, struct bytes *value)
{
	struct bytes v;
	uint8_t n;

	if (reader_left(r) == 0)
		return false;
	n = reader_u8(r);
	v = reader_take(r, reader_be32(r));
	if (r->failed)
		return false;
	*name = n;
	*value = v;
	return true;
}

uint64_t
frame_number(struct bytes value)
{
	struct reader r = reader_of(value);

	return value.len == 8 ? reader_be64(&r) : 0;
}
