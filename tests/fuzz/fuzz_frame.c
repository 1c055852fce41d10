/*
 * The daemon distrusts its child: octets as they come through a socket become
 * frames and fields, or an error. What is taken lies within what was given,
 * and writing it again gives the same octets.
 */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/net.h"

enum { MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk_fields(struct bytes payload)
{
	struct reader r = reader_of(payload);
	struct buf again = {0};
	struct bytes value;
	enum status st;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		(void)frame_number(value);
		st = frame_put_field(&again, name, value);
		assert(st == STATUS_OK);
	}
	assert(r.failed || bytes_eq(buf_view(&again), payload));
	buf_done(&again);
}

static enum status
take_all(struct frame_reader *r, struct buf *again)
{
	struct frame f;
	enum status st;

	while ((st = frame_take(r, &f)) == STATUS_OK) {
		assert(f.payload.len <= MAX);
		walk_fields(f.payload);
		st = frame_put(again, f.type, f.id, f.payload);
		assert(st == STATUS_OK);
	}
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = {0};
	struct frame_reader r;
	size_t at = 0, piece;
	enum status st;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
		return 0;
	frame_reader_init(&r, MAX);
	do {
		/* Odd pieces, so that frames are cut anywhere. */
		piece = size - at < 97 ? size - at : 97;
		st = net_write(pair[0], bytes_make(data + at, piece), 0);
		assert(st == STATUS_OK);
		at += piece;
		st = frame_fill(&r, pair[1]);
		assert(st == STATUS_OK);
		st = take_all(&r, &again);
		assert(r.in.len <= FRAME_HEAD + MAX + 97);
	} while (st == STATUS_NOT_FOUND && at < size);
	assert(again.len <= size);
	assert(again.len == 0 || memcmp(again.data, data, again.len) == 0);
	buf_done(&again);
	frame_reader_done(&r);
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}
